// Decimal numbers as texts write them, and integers.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace bifrost::catalog {

struct Scaled {
  std::int64_t value = 0;  // the nearest
  bool exact = true;
};

// A number of JSON ("2.5e-06") times ten to the power. Nothing: it is no such number, is negative,
// has more than 18 digits, or its product does not fit.
[[nodiscard]] std::optional<Scaled> scaled(std::string_view decimal, int power);

}  // namespace bifrost::catalog
