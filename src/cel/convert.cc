#include "cel/convert.h"

#include "base/strings.h"
#include "base/utf8.h"
#include "cel/arithmetic.h"
#include "cel/literal.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <limits>
#include <utility>

namespace bifrost::cel {
namespace {

using Outcome = std::expected<Converted, std::string_view>;

constexpr std::string_view kNoRoom = "the number is too large for this type";
constexpr std::string_view kNoNumber = "the text is no such number";
constexpr double kTwo63 = 9223372036854775808.0;
constexpr double kTwo64 = 18446744073709551616.0;

std::unexpected<std::string_view> failed(std::string_view why) { return std::unexpected(why); }

bool is_decimal(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

Outcome to_int(const Value& value) {
  if (value.get<std::int64_t>() != nullptr) return value;
  if (const auto* positive = value.get<std::uint64_t>()) {
    if (std::cmp_greater(*positive, std::numeric_limits<std::int64_t>::max())) {
      return failed(kNoRoom);
    }
    return Value(static_cast<std::int64_t>(*positive));
  }
  if (const auto* real = value.get<double>()) {
    // Both ends are left out: what lies beyond them is rounded to them.
    if (!(*real > -kTwo63 && *real < kTwo63)) return failed(kNoRoom);
    return Value(static_cast<std::int64_t>(*real));
  }
  if (const auto* text = value.get<std::string_view>()) {
    const bool negative = text->starts_with('-');
    const std::string_view digits = negative ? text->substr(1) : *text;
    const auto whole = is_decimal(digits) ? parse_signed(digits, negative) : std::nullopt;
    return whole ? Outcome(Value(*whole)) : failed(kNoNumber);
  }
  return failed(kNoOverload);
}

Outcome to_uint(const Value& value) {
  if (value.get<std::uint64_t>() != nullptr) return value;
  if (const auto* whole = value.get<std::int64_t>()) {
    return *whole < 0 ? Outcome(failed(kNoRoom)) : Value(static_cast<std::uint64_t>(*whole));
  }
  if (const auto* real = value.get<double>()) {
    if (!(*real >= 0 && *real < kTwo64)) return failed(kNoRoom);
    return Value(static_cast<std::uint64_t>(*real));
  }
  if (const auto* text = value.get<std::string_view>()) {
    const auto whole = is_decimal(*text) ? parse_magnitude(*text) : std::nullopt;
    return whole ? Outcome(Value(*whole)) : failed(kNoNumber);
  }
  return failed(kNoOverload);
}

Outcome to_double(const Value& value) {
  if (value.get<double>() != nullptr) return value;
  if (const auto* whole = value.get<std::int64_t>()) return Value(static_cast<double>(*whole));
  if (const auto* whole = value.get<std::uint64_t>()) return Value(static_cast<double>(*whole));
  if (const auto* text = value.get<std::string_view>()) {
    const auto real = parse_double(*text);
    return real ? Outcome(Value(*real)) : failed(kNoNumber);
  }
  return failed(kNoOverload);
}

Outcome to_bool(const Value& value) {
  static constexpr std::array<std::string_view, 5> kYes = {"1", "t", "true", "TRUE", "True"};
  static constexpr std::array<std::string_view, 5> kNo = {"0", "f", "false", "FALSE", "False"};
  if (value.get<bool>() != nullptr) return value;
  const auto* text = value.get<std::string_view>();
  if (text == nullptr) return failed(kNoOverload);
  if (std::ranges::find(kYes, *text) != kYes.end()) return Value(true);
  if (std::ranges::find(kNo, *text) != kNo.end()) return Value(false);
  return failed("the text is neither true nor false");
}

bool is_utf8(std::string_view text) {
  while (!text.empty()) {
    const std::size_t length = utf8_sequence(text);
    if (length == 0) return false;
    text.remove_prefix(length);
  }
  return true;
}

std::string number_text(auto number) {
  std::array<char, 32> room;
  const auto [end, error] = std::to_chars(room.data(), room.data() + room.size(), number);
  return {room.data(), end};
}

Outcome to_text(const Value& value) {
  if (value.get<std::string_view>() != nullptr) return value;
  if (const auto* truth = value.get<bool>()) {
    return Value(std::string_view(*truth ? "true" : "false"));
  }
  if (const auto* whole = value.get<std::int64_t>()) return MadeText{number_text(*whole)};
  if (const auto* whole = value.get<std::uint64_t>()) return MadeText{number_text(*whole)};
  if (const auto* real = value.get<double>()) return MadeText{number_text(*real)};
  if (const auto* bytes = value.get<Bytes>()) {
    return is_utf8(bytes->octets) ? Outcome(Value(bytes->octets))
                                  : failed("the bytes are no UTF-8 text");
  }
  return failed(kNoOverload);
}

Outcome to_bytes(const Value& value) {
  if (value.get<Bytes>() != nullptr) return value;
  const auto* text = value.get<std::string_view>();
  return text == nullptr ? Outcome(failed(kNoOverload)) : Value(Bytes{*text});
}

}  // namespace

std::expected<Converted, std::string_view> convert(Op op, const Value& value) {
  switch (op) {
    case Op::kToBool:
      return to_bool(value);
    case Op::kToBytes:
      return to_bytes(value);
    case Op::kToDouble:
      return to_double(value);
    case Op::kToInt:
      return to_int(value);
    case Op::kToString:
      return to_text(value);
    case Op::kToUint:
      return to_uint(value);
    default:
      return value;
  }
}

}  // namespace bifrost::cel
