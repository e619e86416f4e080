// SHA-256 as hexadecimal text: by what stands in a database, texts are told apart.
#pragma once

#include <string>
#include <string_view>

namespace bifrost::store {

[[nodiscard]] std::string sha256(std::string_view text);
// HMAC (RFC 2104) with it.
[[nodiscard]] std::string hmac_sha256(std::string_view key, std::string_view text);

}  // namespace bifrost::store
