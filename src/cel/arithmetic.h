// Arithmetic of numbers. No wrap-around: what has no room is a failure, with its reason.
#pragma once

#include "cel/code.h"
#include "cel/value.h"

#include <expected>
#include <string_view>

namespace bifrost::cel {

inline constexpr std::string_view kNoOverload = "this cannot be done with values of these types";

// Both of one type: int, uint or double.
[[nodiscard]] std::expected<Value, std::string_view> calculate(Op op, const Value& a,
                                                               const Value& b);
[[nodiscard]] std::expected<Value, std::string_view> negate(const Value& value);

}  // namespace bifrost::cel
