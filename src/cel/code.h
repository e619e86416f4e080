// What a program is made of: a tree of nodes in one array, operands before their operators.
//
// For the parts of this folder; everybody else has Program.
#pragma once

#include "base/pattern.h"
#include "cel/value.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace bifrost::cel {

enum class Op : std::uint8_t {
  kConstant,  // detail: which one
  kVariable,  // detail: which one
  kLocal,     // detail: which of the names that macros around it give
  kList,
  kMap,     // key, value, key, value ...
  kSelect,  // detail: the constant that is the field's name
  kHas,     // the same
  kIndex,

  kConditional,
  kOr,   // of two operands or more
  kAnd,  // the same
  kNot,
  kNegate,
  kEqual,
  kNotEqual,
  kLess,
  kLessEqual,
  kGreater,
  kGreaterEqual,
  kIn,
  kAdd,
  kSubtract,
  kMultiply,
  kDivide,
  kModulo,

  kSize,
  kStartsWith,
  kEndsWith,
  kContains,
  kMatches,  // of the text alone; detail: which pattern
  kToBool,
  kToBytes,
  kToDouble,
  kToInt,
  kToString,
  kToUint,
  kDyn,

  // A range, then what is asked of each element; detail: its local.
  kAll,
  kExists,
  kExistsOne,
  kFilter,
  kTransform,          // with what becomes of it
  kFilteredTransform,  // a condition, and what becomes of those
};

struct Node {
  Op op = Op::kConstant;
  std::uint32_t place = 0;  // in the text, for messages
  std::uint32_t detail = 0;
  std::uint32_t first = 0;  // of its operands
  std::uint32_t count = 0;
};

struct Code {
  std::string text;  // as it was written
  std::vector<Node> nodes;
  std::vector<std::uint32_t> operands;  // nodes
  std::uint32_t root = 0;
  std::vector<Value> constants;
  std::vector<std::string> variables;  // their names
  std::vector<Pattern> patterns;
  std::vector<std::string> pattern_texts;
  // What constants view.
  std::vector<std::unique_ptr<const std::string>> texts;
  std::vector<std::unique_ptr<const Value[]>> lists;

  [[nodiscard]] std::span<const std::uint32_t> operands_of(const Node& node) const {
    return std::span(operands).subspan(node.first, node.count);
  }
  [[nodiscard]] std::string_view text_constant(std::uint32_t index) const {
    return *constants[index].get<std::string_view>();
  }
};

}  // namespace bifrost::cel
