// SHA-256 as hexadecimal text: by what stands in a database, texts are told apart.
#pragma once

#include <string>
#include <string_view>

namespace bifrost::store {

[[nodiscard]] std::string sha256(std::string_view text);

}  // namespace bifrost::store
