// Passwords as they are kept: stretched by Argon2id, so that whoever reads one has to try all.
//
// A kept password is the text form of the algorithm's reference implementation,
// "$argon2id$v=19$m=19456,t=2,p=1$salt$hash". Parameters of new ones: OWASP's for servers.
//
// Source: RFC 9106 (Argon2).
#pragma once

#include "base/result.h"

#include <string>
#include <string_view>

namespace bifrost::governance {

inline constexpr std::string_view kPasswordHashPrefix = "$argon2id$";

[[nodiscard]] bool is_password_hash(std::string_view text);
// What is wrong with the text of a hash, such as one that would need more memory than a password is
// worth; empty: nothing.
[[nodiscard]] std::string_view password_hash_problem(std::string_view hash);

// The same of what may be a password in clear, too: hashes of other algorithms are none.
[[nodiscard]] std::string_view kept_password_problem(std::string_view text);

// Both take 19 MiB and a core for some hundredths of a second, so they are not for a loop.
// Fails with kBusy when there is no memory.
[[nodiscard]] Result<std::string> hash_password(std::string_view password);
[[nodiscard]] bool opens_password_hash(std::string_view password, const std::string& hash);

}  // namespace bifrost::governance
