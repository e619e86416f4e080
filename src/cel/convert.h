// int(), double(), string() and their like.
#pragma once

#include "cel/code.h"
#include "cel/value.h"

#include <expected>
#include <string>
#include <string_view>
#include <variant>

namespace bifrost::cel {

// A value, or a text that somebody has to keep.
struct MadeText {
  std::string text;
};
using Converted = std::variant<Value, MadeText>;

// Fails with the reason.
[[nodiscard]] std::expected<Converted, std::string_view> convert(Op op, const Value& value);

}  // namespace bifrost::cel
