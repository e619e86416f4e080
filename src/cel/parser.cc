#include "cel/parser.h"

#include "base/strings.h"
#include "base/try.h"
#include "cel/literal.h"
#include "cel/program.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>
#include <optional>
#include <utility>

namespace bifrost::cel {

// What stands inside of something else, as long as this lives.
class Parser::Nested {
 public:
  explicit Nested(Parser& parser) : parser_(parser) { ++parser_.nesting_; }
  ~Nested() { --parser_.nesting_; }
  Nested(const Nested&) = delete;
  Nested& operator=(const Nested&) = delete;

 private:
  Parser& parser_;
};

Parser::Parser(std::string_view text, std::span<const std::string_view> variables)
    : text_(text), variables_(variables), lexer_(text) {}

Result<Code> Parser::parse(std::string_view text, std::span<const std::string_view> variables) {
  Parser parser(text, variables);
  BF_TRY_VOID(parser.advance());
  BF_TRY(parser.code_.root, parser.expression());
  if (parser.here_.word != Word::kEnd) return parser.unexpected("an operator, or the end");
  parser.code_.text = text;
  parser.code_.variables.assign(variables.begin(), variables.end());
  return std::move(parser.code_);
}

Error Parser::fault(std::size_t place, std::string_view what) const {
  return fault_at(text_, place, what);
}

Error Parser::unexpected(std::string_view wanted) const {
  const std::string found =
      here_.word == Word::kEnd ? std::string("the expression ends") : quoted(here_.text, 40);
  return fault(here_.place, found + " where " + std::string(wanted) + " was expected");
}

Result<void> Parser::advance() {
  BF_TRY(here_, lexer_.next());
  return {};
}

Result<bool> Parser::accept(std::string_view sign) {
  if (!here_.is(sign)) return false;
  BF_TRY_VOID(advance());
  return true;
}

Result<void> Parser::expect(std::string_view sign, std::string_view why) {
  BF_TRY(const bool there, accept(sign));
  if (there) return {};
  return unexpected("\"" + std::string(sign) + "\" " + std::string(why));
}

Result<Parser::Index> Parser::add(Op op, std::size_t place, std::span<const Index> operands,
                                  std::size_t detail) {
  std::size_t height = 1;
  for (const Index operand : operands) height = std::max(height, heights_[operand] + 1);
  if (height > Program::kNestingMax) return fault(place, "nested too deeply");
  code_.nodes.push_back({.op = op,
                         .place = static_cast<std::uint32_t>(place),
                         .detail = static_cast<std::uint32_t>(detail),
                         .first = static_cast<std::uint32_t>(code_.operands.size()),
                         .count = static_cast<std::uint32_t>(operands.size())});
  code_.operands.insert(code_.operands.end(), operands.begin(), operands.end());
  heights_.push_back(height);
  return static_cast<Index>(code_.nodes.size() - 1);
}

std::uint32_t Parser::constant(Value value) {
  code_.constants.push_back(value);
  return static_cast<std::uint32_t>(code_.constants.size() - 1);
}

std::uint32_t Parser::text_constant(std::string text) {
  const auto& kept = code_.texts.emplace_back(std::make_unique<const std::string>(std::move(text)));
  return constant(Value(std::string_view(*kept)));
}

Result<Parser::Index> Parser::add_constant(std::size_t place, Value value) {
  return add(Op::kConstant, place, {}, constant(value));
}

const Operator* Parser::operator_here() const {
  const bool word_in = here_.word == Word::kName && here_.text == "in";
  if (here_.word != Word::kSign && !word_in) return nullptr;
  const auto operators = binary_operators();
  const auto found = std::ranges::find(operators, here_.text, &Operator::sign);
  return found == operators.end() ? nullptr : &*found;
}

Result<Parser::Index> Parser::expression() {
  const Nested nested(*this);
  if (nesting_ > Program::kNestingMax) return fault(here_.place, "nested too deeply");
  BF_TRY(const Index condition, binary(0));
  const std::size_t place = here_.place;
  BF_TRY(const bool question, accept("?"));
  if (!question) return condition;
  BF_TRY(const Index yes, binary(0));
  BF_TRY_VOID(expect(":", "and what holds otherwise"));
  BF_TRY(const Index no, expression());
  return add(Op::kConditional, place, std::array{condition, yes, no});
}

Result<Parser::Index> Parser::binary(int level) {
  BF_TRY(Index left, unary());
  for (const Operator* sign = operator_here(); sign != nullptr && sign->level >= level;
       sign = operator_here()) {
    const std::size_t place = here_.place;
    if (sign->op == Op::kOr || sign->op == Op::kAnd) {
      BF_TRY(left, chain(left, *sign, place));
      continue;
    }
    BF_TRY_VOID(advance());
    BF_TRY(const Index right, binary(sign->level + 1));
    BF_TRY(left, add(sign->op, place, std::array{left, right}));
  }
  return left;
}

// a || b || c as one, however long: it is no deeper for that.
Result<Parser::Index> Parser::chain(Index first, const Operator& sign, std::size_t place) {
  std::vector<Index> operands = {first};
  while (operator_here() == &sign) {
    BF_TRY_VOID(advance());
    BF_TRY(const Index next, binary(sign.level + 1));
    operands.push_back(next);
  }
  return add(sign.op, place, operands);
}

Result<Parser::Index> Parser::unary() {
  const std::size_t place = here_.place;
  for (const auto& [sign, op] : {std::pair("!", Op::kNot), std::pair("-", Op::kNegate)}) {
    std::size_t count = 0;
    for (;; ++count) {
      BF_TRY(const bool more, accept(sign));
      if (!more) break;
    }
    if (count == 0) continue;
    // The smallest integer has no positive counterpart: its minus belongs to it. Zero would lose
    // it.
    const bool is_zero = here_.word == Word::kInt && parse_signed(here_.text, false) == 0;
    const bool signed_number =
        op == Op::kNegate && !is_zero && (here_.word == Word::kInt || here_.word == Word::kDouble);
    if (signed_number) --count;
    BF_TRY(Index value, signed_number ? number(true) : member());
    for (; count > 0; --count) {
      BF_TRY(value, add(op, place, std::array{value}));
    }
    return value;
  }
  return member();
}

Result<Parser::Index> Parser::member() {
  BF_TRY(Index value, primary());
  for (;;) {
    const std::size_t place = here_.place;
    BF_TRY(const bool dot, accept("."));
    if (dot) {
      BF_TRY(value, after_dot(value));
      continue;
    }
    BF_TRY(const bool bracket, accept("["));
    if (!bracket) return value;
    BF_TRY(const Index index, expression());
    BF_TRY_VOID(expect("]", "after the index"));
    BF_TRY(value, add(Op::kIndex, place, std::array{value, index}));
  }
}

Result<Parser::Index> Parser::after_dot(Index value) {
  const Token name = here_;
  const bool literal =
      name.text == "in" || name.text == "true" || name.text == "false" || name.text == "null";
  const bool quoted_name = name.word == Word::kQuotedName;
  if (!quoted_name && (name.word != Word::kName || literal)) return unexpected("a name");
  BF_TRY_VOID(advance());
  if (quoted_name) {
    return add(Op::kSelect, name.place, std::array{value}, text_constant(std::string(name.text)));
  }
  BF_TRY(const bool called, accept("("));
  if (called) return call_on(value, name);
  return add(Op::kSelect, name.place, std::array{value}, text_constant(std::string(name.text)));
}

Result<Parser::Index> Parser::primary() {
  Token token = here_;
  switch (token.word) {
    case Word::kInt:
    case Word::kUint:
    case Word::kDouble:
      return number(false);
    case Word::kName:
      return name();
    case Word::kString: {
      BF_TRY_VOID(advance());
      return add(Op::kConstant, token.place, {}, text_constant(std::move(token.decoded)));
    }
    case Word::kBytes: {
      BF_TRY_VOID(advance());
      const std::uint32_t text = text_constant(std::move(token.decoded));
      return add_constant(token.place, Value(Bytes{code_.text_constant(text)}));
    }
    case Word::kQuotedName:
    case Word::kSign:
    case Word::kEnd:
      break;
  }
  if (token.is("[")) return list();
  if (token.is("{")) return map();
  BF_TRY(const bool dot, accept("."));  // ".a" is what "a" is outside of everything
  if (dot && here_.word == Word::kName) return name();
  if (dot) return unexpected("a name");
  BF_TRY(const bool bracket, accept("("));
  if (!bracket) return unexpected("a value");
  BF_TRY(const Index inside, expression());
  BF_TRY_VOID(expect(")", "after what it opened"));
  return inside;
}

Result<Parser::Index> Parser::number(bool negative) {
  const Token token = here_;
  BF_TRY_VOID(advance());
  std::optional<Value> value;
  if (token.word == Word::kInt) {
    if (const auto whole = parse_signed(token.text, negative)) value = Value(*whole);
  } else if (token.word == Word::kUint) {
    if (const auto whole = parse_magnitude(token.text)) value = Value(*whole);
  } else {
    // What is too small for any other double is 0.
    const double real = std::strtod(std::string(token.text).c_str(), nullptr);
    if (std::isfinite(real)) value = Value(negative ? -real : real);
  }
  if (!value) return fault(token.place, "this number is too large");
  return add_constant(token.place, *value);
}

Result<Parser::Index> Parser::list() {
  const std::size_t place = here_.place;
  BF_TRY_VOID(advance());
  BF_TRY(const std::vector<Index> elements, listed("]"));
  const bool constants = std::ranges::all_of(
      elements, [&](Index each) { return code_.nodes[each].op == Op::kConstant; });
  if (constants) return add_constant(place, constant_list(elements));
  return add(Op::kList, place, elements);
}

Value Parser::constant_list(std::span<const Index> elements) {
  auto values = std::make_unique<Value[]>(elements.size());
  for (std::size_t i = 0; i < elements.size(); ++i) {
    values[i] = code_.constants[code_.nodes[elements[i]].detail];
  }
  const Value list(List{.items = values.get(), .size = elements.size()});
  code_.lists.push_back(std::move(values));
  return list;
}

Result<Parser::Index> Parser::map() {
  const std::size_t place = here_.place;
  BF_TRY_VOID(advance());
  std::vector<Index> pairs;
  for (;;) {
    BF_TRY(const bool over, accept("}"));
    if (over) break;
    BF_TRY(const Index key, expression());
    BF_TRY_VOID(expect(":", "after the key"));
    BF_TRY(const Index value, expression());
    pairs.insert(pairs.end(), {key, value});
    BF_TRY(const bool more, accept(","));
    if (more) continue;
    BF_TRY_VOID(expect("}", "at the end of the map"));
    break;
  }
  return add(Op::kMap, place, pairs);
}

Result<std::vector<Parser::Index>> Parser::listed(std::string_view end) {
  std::vector<Index> out;
  for (;;) {
    BF_TRY(const bool over, accept(end));
    if (over) return out;
    BF_TRY(const Index element, expression());
    out.push_back(element);
    BF_TRY(const bool more, accept(","));
    if (more) continue;
    BF_TRY_VOID(expect(end, "or a comma"));
    return out;
  }
}

}  // namespace bifrost::cel
