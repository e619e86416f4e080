// How many values a JSON text holds, without an index over them: what a decoded form of it will
// weigh is known by that and by its size.
#pragma once

#include <cstddef>
#include <string_view>

namespace bifrost::json {

// Never fewer than there are, and one more for each empty container. Of what is no JSON some
// number that is no larger than its size allows. Strings go sixteen bytes at a time.
[[nodiscard]] std::size_t count_values(std::string_view text);

}  // namespace bifrost::json
