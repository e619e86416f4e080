#include "cel/compare.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

namespace bifrost::cel {
namespace {

// An integer against a double goes by the double next to it, as the specification's tests have it.
double as_double(auto number) { return static_cast<double>(number); }

std::partial_ordering against(std::int64_t a, std::uint64_t b) {
  if (a < 0) return std::partial_ordering::less;
  return static_cast<std::uint64_t>(a) <=> b;
}

// Nothing: one of them is no number.
std::optional<std::partial_ordering> order_numbers(const Value& a, const Value& b) {
  if (const auto* x = a.get<std::int64_t>()) {
    if (const auto* y = b.get<std::int64_t>()) return *x <=> *y;
    if (const auto* y = b.get<std::uint64_t>()) return against(*x, *y);
    if (const auto* y = b.get<double>()) return as_double(*x) <=> *y;
  } else if (const auto* u = a.get<std::uint64_t>()) {
    if (const auto* y = b.get<std::int64_t>()) return 0 <=> against(*y, *u);
    if (const auto* y = b.get<std::uint64_t>()) return *u <=> *y;
    if (const auto* y = b.get<double>()) return as_double(*u) <=> *y;
  } else if (const auto* d = a.get<double>()) {
    if (const auto* y = b.get<std::int64_t>()) return *d <=> as_double(*y);
    if (const auto* y = b.get<std::uint64_t>()) return *d <=> as_double(*y);
    if (const auto* y = b.get<double>()) return *d <=> *y;
  }
  return std::nullopt;
}

bool equal_lists(const List& a, const List& b, Effort& effort) {
  return a.size == b.size &&
         std::equal(a.begin(), a.end(), b.begin(),
                    [&](const Value& x, const Value& y) { return equal(x, y, effort); });
}

bool equal_maps(const Map& a, const Map& b, Effort& effort) {
  if (a.size() != b.size()) return false;
  for (std::size_t i = 0; i < a.size(); ++i) {
    const auto [key, value] = a.at(i);
    const auto other = b.find(key);
    if (!other || !equal(value, *other, effort)) return false;
  }
  return true;
}

}  // namespace

bool equal(const Value& a, const Value& b, Effort& effort) {
  if (!effort.spend(1)) return false;
  if (const auto numbers = order_numbers(a, b)) return *numbers == 0;
  if (a.type() != b.type()) return false;
  switch (a.type()) {
    case Type::kNull:
      return true;
    case Type::kBool:
      return *a.get<bool>() == *b.get<bool>();
    case Type::kString: {
      const std::string_view text = *a.get<std::string_view>();
      return effort.spend_text(text.size()) && text == *b.get<std::string_view>();
    }
    case Type::kBytes: {
      const std::string_view octets = a.get<Bytes>()->octets;
      return effort.spend_text(octets.size()) && octets == b.get<Bytes>()->octets;
    }
    case Type::kList:
      return equal_lists(*a.get<List>(), *b.get<List>(), effort);
    case Type::kMap:
      return equal_maps(*a.map(), *b.map(), effort);
    case Type::kInt:
    case Type::kUint:
    case Type::kDouble:
      break;  // numbers have been looked at
  }
  return false;
}

std::optional<std::partial_ordering> order(const Value& a, const Value& b) {
  if (const auto numbers = order_numbers(a, b)) return numbers;
  if (a.type() != b.type()) return std::nullopt;
  switch (a.type()) {
    case Type::kBool:
      return *a.get<bool>() <=> *b.get<bool>();
    case Type::kString:
      return *a.get<std::string_view>() <=> *b.get<std::string_view>();
    case Type::kBytes:
      return a.get<Bytes>()->octets <=> b.get<Bytes>()->octets;
    default:
      return std::nullopt;
  }
}

std::optional<std::int64_t> whole_number(const Value& value) {
  if (const auto* whole = value.get<std::int64_t>()) return *whole;
  if (const auto* positive = value.get<std::uint64_t>()) {
    if (std::cmp_greater(*positive, std::numeric_limits<std::int64_t>::max())) return std::nullopt;
    return static_cast<std::int64_t>(*positive);
  }
  if (const auto* real = value.get<double>()) {
    constexpr double kTwo63 = 9223372036854775808.0;
    if (!(*real >= -kTwo63 && *real < kTwo63) || std::trunc(*real) != *real) return std::nullopt;
    return static_cast<std::int64_t>(*real);
  }
  return std::nullopt;
}

}  // namespace bifrost::cel
