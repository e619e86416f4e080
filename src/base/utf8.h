// UTF-8 (RFC 3629), one sequence at a time.
#pragma once

#include <cstddef>
#include <string_view>

namespace bifrost {

// Length of the valid sequence that a text, which is not empty, begins with; 0 when it begins with
// none.
[[nodiscard]] std::size_t utf8_sequence(std::string_view text);

}  // namespace bifrost
