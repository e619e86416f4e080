#include "base/assert.h"
#include "cel/code.h"
#include "cel/functions.h"
#include "cel/program.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <utility>

namespace bifrost::cel {
namespace {

class Printer {
 public:
  explicit Printer(const Code& code) : code_(code) {}

  std::string print() && {
    put(code_.root);
    return std::move(out_);
  }

 private:
  void put(std::uint32_t index) {
    const Node& node = code_.nodes[index];
    switch (node.op) {
      case Op::kConstant:
        return put_constant(code_.constants[node.detail]);
      case Op::kVariable:
        out_ += code_.variables[node.detail];
        return;
      case Op::kLocal:
        return put_local(node.detail);
      case Op::kList:
        return put_list(node, '[', ']');
      case Op::kMap:
        return put_map(node);
      case Op::kSelect:
        return put_field(node);
      case Op::kHas:
        out_ += "has(";
        put_field(node);
        out_ += ')';
        return;
      case Op::kIndex:
        put_operand(node, 0);
        out_ += '[';
        put_operand(node, 1);
        out_ += ']';
        return;
      case Op::kConditional:
        return put_between(node, {"?", ":"});
      case Op::kNot:
        return put_unary(node, '!');
      case Op::kNegate:
        return put_unary(node, '-');
      default:
        break;
    }
    const auto operators = binary_operators();
    const auto sign = std::ranges::find(operators, node.op, &Operator::op);
    if (sign != operators.end()) return put_between(node, {sign->sign, sign->sign});
    put_call(node);
  }

  void put_operand(const Node& node, std::size_t which) { put(code_.operands[node.first + which]); }

  // What is no field of its own name, so that nothing is hidden by it.
  void put_local(std::uint32_t local) { out_ += "local_" + std::to_string(local); }

  void put_between(const Node& node, std::array<std::string_view, 2> signs) {
    out_ += '(';
    for (std::size_t i = 0; i < node.count; ++i) {
      if (i > 0) out_.append(" ").append(signs[i == 1 ? 0 : 1]).append(" ");
      put_operand(node, i);
    }
    out_ += ')';
  }

  void put_unary(const Node& node, char sign) {
    out_ += '(';
    out_ += sign;
    put_operand(node, 0);
    out_ += ')';
  }

  void put_field(const Node& node) {
    put_operand(node, 0);
    out_.append(".`").append(code_.text_constant(node.detail)).append("`");
  }

  void put_list(const Node& node, char begin, char end) {
    out_ += begin;
    for (std::size_t i = 0; i < node.count; ++i) {
      if (i > 0) out_ += ", ";
      put_operand(node, i);
    }
    out_ += end;
  }

  void put_map(const Node& node) {
    out_ += '{';
    for (std::size_t i = 0; i < node.count; i += 2) {
      if (i > 0) out_ += ", ";
      put_operand(node, i);
      out_ += ": ";
      put_operand(node, i + 1);
    }
    out_ += '}';
  }

  void put_call(const Node& node) {
    const Function* function = find_function(node.op);
    if (function != nullptr && function->alone && node.op != Op::kMatches) {
      out_ += function->name;
      return put_list(node, '(', ')');
    }
    put_operand(node, 0);
    out_ += '.';
    out_ += function != nullptr ? function->name : find_macro(node.op)->name;
    out_ += '(';
    if (function == nullptr) put_local(node.detail);
    if (node.op == Op::kMatches) put_text(code_.pattern_texts[node.detail], "");
    for (std::size_t i = 1; i < node.count; ++i) {
      if (i > 1 || function == nullptr) out_ += ", ";
      put_operand(node, i);
    }
    out_ += ')';
  }

  void put_constant(const Value& value) {
    switch (value.type()) {
      case Type::kNull:
        out_ += "null";
        return;
      case Type::kBool:
        out_ += *value.get<bool>() ? "true" : "false";
        return;
      case Type::kInt:
        return put_number(*value.get<std::int64_t>(), "");
      case Type::kUint:
        return put_number(*value.get<std::uint64_t>(), "u");
      case Type::kDouble:
        return put_double(*value.get<double>());
      case Type::kString:
        return put_text(*value.get<std::string_view>(), "");
      case Type::kBytes:
        return put_text(value.get<Bytes>()->octets, "b");
      case Type::kList:
        out_ += '[';
        for (const Value& item : *value.get<List>()) {
          if (&item != value.get<List>()->items) out_ += ", ";
          put_constant(item);
        }
        out_ += ']';
        return;
      case Type::kMap:
        break;
    }
    BF_ASSERT(false);  // maps are made when a program runs
  }

  void put_number(auto number, std::string_view suffix) {
    std::array<char, 32> room;
    const auto [end, error] = std::to_chars(room.data(), room.data() + room.size(), number);
    const bool negative = number < 0;
    out_ += negative ? "(" : "";
    out_.append(room.data(), end).append(suffix);
    out_ += negative ? ")" : "";
  }

  void put_double(double number) {
    std::array<char, 32> room;
    const auto [end, error] = std::to_chars(room.data(), room.data() + room.size(), number);
    const std::string_view text(room.data(), end);
    const bool whole = text.find_first_of(".e") == std::string_view::npos;
    out_ += std::signbit(number) ? "(" : "";
    out_.append(text).append(whole ? ".0" : "");
    out_ += std::signbit(number) ? ")" : "";
  }

  // Whatever is no plain letter as an octal escape in bytes; texts have only quotes, backslashes
  // and line ends escaped, since their other bytes belong to characters.
  void put_text(std::string_view text, std::string_view prefix) {
    out_.append(prefix) += '"';
    for (const char c : text) {
      const auto byte = static_cast<unsigned char>(c);
      if (c == '"' || c == '\\') {
        out_ += '\\';
        out_ += c;
      } else if (byte < 0x20 || (byte >= 0x7F && !prefix.empty())) {
        out_ += '\\';
        for (const int shift : {6, 3, 0}) out_ += static_cast<char>('0' + ((byte >> shift) & 7));
      } else {
        out_ += c;
      }
    }
    out_ += '"';
  }

  const Code& code_;
  std::string out_;
};

}  // namespace

std::string print(const Program& program) { return Printer(program.code()).print(); }

}  // namespace bifrost::cel
