#include "catalog/decimal.h"

#include "base/strings.h"

#include <algorithm>
#include <limits>
#include <string>

namespace bifrost::catalog {
namespace {

constexpr std::size_t kDigitsMax = 18;  // that surely fit
constexpr std::int64_t kExponentMax = 1'000;

bool all_digits(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

// Of "e-06": -6. Nothing: it is no exponent.
std::optional<std::int64_t> exponent_of(std::string_view text) {
  if (text.starts_with('+')) text.remove_prefix(1);
  const std::string_view digits = text.starts_with('-') ? text.substr(1) : text;
  if (digits.empty() || !all_digits(digits)) return std::nullopt;
  const auto value = parse_int(text);
  if (!value || *value < -kExponentMax || *value > kExponentMax) return std::nullopt;
  return value;
}

std::optional<Scaled> raised(std::int64_t value, std::int64_t tens) {
  for (; tens > 0 && value > 0; --tens) {
    if (value > std::numeric_limits<std::int64_t>::max() / 10) return std::nullopt;
    value *= 10;
  }
  Scaled out{.value = value};
  std::int64_t last = 0;  // digit that was dropped; those behind it do not change the half up
  for (; tens < 0 && (out.value > 0 || last > 0); ++tens) {
    last = out.value % 10;
    out.exact = out.exact && last == 0;
    out.value /= 10;
  }
  if (last >= 5) ++out.value;
  return out;
}

}  // namespace

std::optional<Scaled> scaled(std::string_view decimal, int power) {
  const std::size_t e = std::min(decimal.find_first_of("eE"), decimal.size());
  const std::string_view number = decimal.substr(0, e);
  std::int64_t exponent = 0;
  if (e < decimal.size()) {
    const auto told = exponent_of(decimal.substr(e + 1));
    if (!told) return std::nullopt;
    exponent = *told;
  }
  const std::size_t dot = std::min(number.find('.'), number.size());
  const std::string_view whole = number.substr(0, dot);
  const std::string_view rest = dot < number.size() ? number.substr(dot + 1) : std::string_view();
  if (whole.empty() || (dot < number.size() && rest.empty())) return std::nullopt;
  if (!all_digits(whole) || !all_digits(rest)) return std::nullopt;
  std::string digits = std::string(whole) + std::string(rest);
  digits.erase(0, std::min(digits.find_first_not_of('0'), digits.size()));
  if (digits.empty()) return Scaled{};
  if (digits.size() > kDigitsMax) return std::nullopt;
  return raised(parse_int(digits).value_or(0),
                power + exponent - static_cast<std::int64_t>(rest.size()));
}

}  // namespace bifrost::catalog
