// Makes JSON readable for people, and differences of it readable for reviewers.
#pragma once

#include <string>
#include <string_view>

namespace bifrost::config {

// Two spaces a level, one member or element a line, a line break at the end. `json` is valid.
[[nodiscard]] std::string indented(std::string_view json);

}  // namespace bifrost::config
