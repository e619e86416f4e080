// What is kept and compared of a credential: its SHA-256. So neither memory nor the time that a
// comparison takes says anything about it.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace bifrost::governance {

using CredentialDigest = std::array<std::uint8_t, 32>;

// Nothing: there is no memory for it. Thread-safe.
[[nodiscard]] std::optional<CredentialDigest> credential_digest(std::string_view credential);

}  // namespace bifrost::governance
