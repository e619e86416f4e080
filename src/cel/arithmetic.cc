#include "cel/arithmetic.h"

#include <limits>

namespace bifrost::cel {
namespace {

using Result = std::expected<Value, std::string_view>;

constexpr std::string_view kOverflow = "the result is too large";
constexpr std::string_view kByZero = "this divides by zero";

template <class Integer>
Result of_integers(Op op, Integer a, Integer b) {
  Integer out = 0;
  switch (op) {
    case Op::kAdd:
      if (__builtin_add_overflow(a, b, &out)) return std::unexpected(kOverflow);
      return Value(out);
    case Op::kSubtract:
      if (__builtin_sub_overflow(a, b, &out)) return std::unexpected(kOverflow);
      return Value(out);
    case Op::kMultiply:
      if (__builtin_mul_overflow(a, b, &out)) return std::unexpected(kOverflow);
      return Value(out);
    default:
      break;
  }
  if (b == 0) return std::unexpected(kByZero);
  if constexpr (std::numeric_limits<Integer>::is_signed) {
    if (b == -1) {  // the one quotient without room, and its remainder with it
      if (a == std::numeric_limits<Integer>::min()) return std::unexpected(kOverflow);
      return Value(op == Op::kDivide ? -a : Integer{0});
    }
  }
  if (op == Op::kDivide) return Value(a / b);
  if (op == Op::kModulo) return Value(a % b);
  return std::unexpected(kNoOverload);
}

Result of_doubles(Op op, double a, double b) {
  switch (op) {
    case Op::kAdd:
      return Value(a + b);
    case Op::kSubtract:
      return Value(a - b);
    case Op::kMultiply:
      return Value(a * b);
    case Op::kDivide:
      return Value(a / b);
    default:
      return std::unexpected(kNoOverload);
  }
}

}  // namespace

Result calculate(Op op, const Value& a, const Value& b) {
  const auto* x = a.get<std::int64_t>();
  const auto* y = b.get<std::int64_t>();
  if (x != nullptr && y != nullptr) return of_integers(op, *x, *y);
  const auto* u = a.get<std::uint64_t>();
  const auto* v = b.get<std::uint64_t>();
  if (u != nullptr && v != nullptr) return of_integers(op, *u, *v);
  const auto* d = a.get<double>();
  const auto* e = b.get<double>();
  if (d != nullptr && e != nullptr) return of_doubles(op, *d, *e);
  return std::unexpected(kNoOverload);
}

Result negate(const Value& value) {
  if (const auto* whole = value.get<std::int64_t>()) {
    return of_integers<std::int64_t>(Op::kSubtract, 0, *whole);
  }
  if (const auto* real = value.get<double>()) return Value(-*real);
  return std::unexpected(kNoOverload);
}

}  // namespace bifrost::cel
