// The version of this program.
#pragma once

#include <string_view>

namespace bifrost {

[[nodiscard]] std::string_view version();     // "0.1.0"
[[nodiscard]] std::string_view user_agent();  // how providers see us: "bifrost/0.1.0"

}  // namespace bifrost
