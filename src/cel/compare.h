// Which values are equal, and which go before others. Numbers compare by what they are worth,
// whatever their types; what is of two kinds is not equal.
#pragma once

#include "cel/value.h"

#include <compare>
#include <optional>

namespace bifrost::cel {

// Counts what a comparison looks at, so that a caller can bound it.
class Effort {
 public:
  explicit Effort(std::size_t left) : left_(left) {}
  // False: there is nothing left, and what follows is worth nothing.
  bool spend(std::size_t steps) {
    if (left_ < steps) {
      left_ = 0;
      return false;
    }
    left_ -= steps;
    return true;
  }
  // Of a text that is looked at as a whole.
  bool spend_text(std::size_t bytes) { return spend(1 + bytes / kBytesAStep); }
  [[nodiscard]] std::size_t left() const { return left_; }

 private:
  static constexpr std::size_t kBytesAStep = 64;
  std::size_t left_;
};

[[nodiscard]] bool equal(const Value& a, const Value& b, Effort& effort);

// Nothing: the two have no order. Unordered: one is no number.
[[nodiscard]] std::optional<std::partial_ordering> order(const Value& a, const Value& b);

// A whole number, whatever its type; nothing for other values, and for what no int64 is.
[[nodiscard]] std::optional<std::int64_t> whole_number(const Value& value);

}  // namespace bifrost::cel
