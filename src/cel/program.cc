#include "cel/program.h"

#include "base/try.h"
#include "cel/code.h"
#include "cel/parser.h"

#include <algorithm>
#include <utility>

namespace bifrost::cel {

Result<Program> Program::compile(std::string_view text,
                                 std::span<const std::string_view> variables) {
  if (text.size() > kBytesMax) {
    return client_error(ErrorCode::kInvalidRequest,
                        "an expression may have at most " + std::to_string(kBytesMax) +
                            " bytes, and this one has " + std::to_string(text.size()));
  }
  BF_TRY(Code code, Parser::parse(text, variables));
  return Program(std::make_shared<const Code>(std::move(code)));
}

bool Program::uses(std::size_t variable) const {
  return std::ranges::any_of(code_->nodes, [&](const Node& node) {
    return node.op == Op::kVariable && node.detail == variable;
  });
}

bool Program::is_condition() const {
  const Node& root = code_->nodes[code_->root];
  switch (root.op) {
    case Op::kConstant:
      return code_->constants[root.detail].type() == Type::kBool;
    case Op::kList:
    case Op::kMap:
    case Op::kNegate:
    case Op::kAdd:
    case Op::kSubtract:
    case Op::kMultiply:
    case Op::kDivide:
    case Op::kModulo:
    case Op::kSize:
    case Op::kToBytes:
    case Op::kToDouble:
    case Op::kToInt:
    case Op::kToString:
    case Op::kToUint:
    case Op::kFilter:
    case Op::kTransform:
    case Op::kFilteredTransform:
      return false;
    default:
      return true;
  }
}

}  // namespace bifrost::cel
