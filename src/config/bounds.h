// The bounds of a setting in words.
#pragma once

#include "config/facts.h"

#include <string>

namespace bifrost::config {

// 3 and 2.5 and 1000000.
[[nodiscard]] std::string show_number(double number);

// "at least 1", "at most 5s", "between 1 and 100"; empty when there are none.
[[nodiscard]] std::string show_bounds(const Facts& facts);

}  // namespace bifrost::config
