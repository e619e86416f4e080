#include "cel/functions.h"

#include <algorithm>
#include <array>

namespace bifrost::cel {
namespace {

constexpr std::array<Function, 12> kFunctions = {{
    {.name = "size", .op = Op::kSize, .operands = 1, .alone = true, .on_value = true},
    {.name = "startsWith", .op = Op::kStartsWith, .operands = 2, .on_value = true},
    {.name = "endsWith", .op = Op::kEndsWith, .operands = 2, .on_value = true},
    {.name = "contains", .op = Op::kContains, .operands = 2, .on_value = true},
    {.name = "matches", .op = Op::kMatches, .operands = 2, .alone = true, .on_value = true},
    {.name = "bool", .op = Op::kToBool, .operands = 1, .alone = true},
    {.name = "bytes", .op = Op::kToBytes, .operands = 1, .alone = true},
    {.name = "double", .op = Op::kToDouble, .operands = 1, .alone = true},
    {.name = "int", .op = Op::kToInt, .operands = 1, .alone = true},
    {.name = "string", .op = Op::kToString, .operands = 1, .alone = true},
    {.name = "uint", .op = Op::kToUint, .operands = 1, .alone = true},
    {.name = "dyn", .op = Op::kDyn, .operands = 1, .alone = true},
}};

constexpr std::array<Macro, 7> kMacros = {{
    {.name = "all", .op = Op::kAll, .arguments = 2},
    {.name = "exists", .op = Op::kExists, .arguments = 2},
    {.name = "exists_one", .op = Op::kExistsOne, .arguments = 2},
    {.name = "existsOne", .op = Op::kExistsOne, .arguments = 2},
    {.name = "filter", .op = Op::kFilter, .arguments = 2},
    {.name = "map", .op = Op::kTransform, .arguments = 2},
    {.name = "map", .op = Op::kFilteredTransform, .arguments = 3},
}};

constexpr std::array<Operator, 14> kOperators = {{
    {.sign = "||", .op = Op::kOr, .level = 0},
    {.sign = "&&", .op = Op::kAnd, .level = 1},
    {.sign = "==", .op = Op::kEqual, .level = 2},
    {.sign = "!=", .op = Op::kNotEqual, .level = 2},
    {.sign = "<", .op = Op::kLess, .level = 2},
    {.sign = "<=", .op = Op::kLessEqual, .level = 2},
    {.sign = ">", .op = Op::kGreater, .level = 2},
    {.sign = ">=", .op = Op::kGreaterEqual, .level = 2},
    {.sign = "in", .op = Op::kIn, .level = 2},
    {.sign = "+", .op = Op::kAdd, .level = 3},
    {.sign = "-", .op = Op::kSubtract, .level = 3},
    {.sign = "*", .op = Op::kMultiply, .level = 4},
    {.sign = "/", .op = Op::kDivide, .level = 4},
    {.sign = "%", .op = Op::kModulo, .level = 4},
}};

constexpr std::array<std::string_view, 21> kReserved = {
    "true",     "false",   "null",      "in",       "as",  "break",  "const",
    "continue", "else",    "for",       "function", "if",  "import", "let",
    "loop",     "package", "namespace", "return",   "var", "void",   "while"};

}  // namespace

const Function* find_function(std::string_view name) {
  const auto* found = std::ranges::find(kFunctions, name, &Function::name);
  return found == kFunctions.end() ? nullptr : found;
}

const Macro* find_macro(std::string_view name, std::size_t arguments) {
  const auto* found = std::ranges::find_if(kMacros, [&](const Macro& macro) {
    return macro.name == name && macro.arguments == arguments;
  });
  return found == kMacros.end() ? nullptr : found;
}

const Function* find_function(Op op) {
  const auto* found = std::ranges::find(kFunctions, op, &Function::op);
  return found == kFunctions.end() ? nullptr : found;
}

const Macro* find_macro(Op op) {
  const auto* found = std::ranges::find(kMacros, op, &Macro::op);
  return found == kMacros.end() ? nullptr : found;
}

std::span<const Operator> binary_operators() { return kOperators; }

bool is_reserved(std::string_view name) {
  return std::ranges::find(kReserved, name) != kReserved.end();
}

}  // namespace bifrost::cel
