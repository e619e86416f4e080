#include "config/duration.h"

#include "base/strings.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>

namespace bifrost::config {
namespace {

struct Unit {
  std::string_view name;
  double milliseconds;
};

// Longer names first, so that "ms" is not read as "m".
constexpr std::array kUnits = {
    Unit{"ns", 1e-6}, Unit{"us", 1e-3}, Unit{"\u00b5s", 1e-3}, Unit{"ms", 1.0},
    Unit{"s", 1e3},   Unit{"m", 6e4},   Unit{"h", 3.6e6},
};

bool in_number(char c) { return (c >= '0' && c <= '9') || c == '.'; }

// Takes one piece such as "1.5h" from the front of the text.
std::optional<double> take_piece(std::string_view& text) {
  const auto* const number_end = std::ranges::find_if_not(text, in_number);
  const auto length = static_cast<std::size_t>(number_end - text.begin());
  const auto number = parse_double(text.substr(0, length));
  if (!number) return std::nullopt;
  text.remove_prefix(length);
  for (const Unit& unit : kUnits) {
    if (!text.starts_with(unit.name)) continue;
    text.remove_prefix(unit.name.size());
    return *number * unit.milliseconds;
  }
  return std::nullopt;
}

}  // namespace

std::optional<std::chrono::milliseconds> parse_duration(std::string_view text) {
  if (text == "0") return std::chrono::milliseconds(0);
  if (text.empty()) return std::nullopt;
  double total = 0;
  while (!text.empty()) {
    const auto piece = take_piece(text);
    if (!piece) return std::nullopt;
    total += *piece;
  }
  if (!(total <= static_cast<double>(kDurationMax.count()))) return std::nullopt;
  const auto rounded = static_cast<std::int64_t>(std::llround(total));
  return std::chrono::milliseconds(total > 0 ? std::max<std::int64_t>(rounded, 1) : 0);
}

std::string format_duration(std::chrono::milliseconds duration) {
  struct Part {
    std::int64_t milliseconds;
    std::string_view name;
  };
  constexpr std::array kParts = {Part{3'600'000, "h"}, Part{60'000, "m"}, Part{1000, "s"},
                                 Part{1, "ms"}};
  std::int64_t left = std::max<std::int64_t>(duration.count(), 0);
  if (left == 0) return "0s";
  std::string out;
  for (const Part& part : kParts) {
    if (left >= part.milliseconds) {
      out += std::to_string(left / part.milliseconds);
      out += part.name;
    }
    left %= part.milliseconds;
  }
  return out;
}

}  // namespace bifrost::config
