// Variables, functions and macros: what names mean.
#include "base/strings.h"
#include "base/try.h"
#include "cel/parser.h"

#include <algorithm>
#include <array>
#include <utility>

namespace bifrost::cel {

Result<Parser::Index> Parser::name() {
  const Token token = here_;
  BF_TRY_VOID(advance());
  if (token.text == "null") return add_constant(token.place, Value());
  if (token.text == "true") return add_constant(token.place, Value(true));
  if (token.text == "false") return add_constant(token.place, Value(false));
  if (is_reserved(token.text)) {
    return fault(token.place, quoted(token.text) + " is a reserved word");
  }
  BF_TRY(const bool called, accept("("));
  if (called) return call(token);
  if (here_.is("{")) return fault(token.place, "messages are not supported");
  return variable(token);
}

// The names of macros hide those around them, and variables.
Result<Parser::Index> Parser::variable(const Token& name) {
  const auto local = std::ranges::find(locals_.rbegin(), locals_.rend(), name.text);
  if (local != locals_.rend()) {
    return add(Op::kLocal, name.place, {}, static_cast<std::size_t>(locals_.rend() - local - 1));
  }
  const auto found = std::ranges::find(variables_, name.text);
  if (found != variables_.end()) {
    return add(Op::kVariable, name.place, {}, static_cast<std::size_t>(found - variables_.begin()));
  }
  std::string what = "there is no " + quoted(name.text);
  if (const auto near = nearest(name.text, variables_))
    what += "; did you mean " + quoted(*near) + "?";
  return fault(name.place, what);
}

Result<Parser::Index> Parser::call(const Token& name) {
  if (name.text == "has") return has_macro(name);
  BF_TRY(std::vector<Index> operands, listed(")"));
  const Function* function = find_function(name.text);
  if (function == nullptr || !function->alone) {
    return fault(name.place, "there is no function " + quoted(name.text));
  }
  return call_of(*function, name, std::move(operands));
}

Result<Parser::Index> Parser::call_on(Index value, const Token& name) {
  const Function* function = find_function(name.text);
  if (function == nullptr || !function->on_value) return macro_on(value, name);
  BF_TRY(std::vector<Index> operands, listed(")"));
  operands.insert(operands.begin(), value);
  return call_of(*function, name, std::move(operands));
}

Result<Parser::Index> Parser::call_of(const Function& function, const Token& name,
                                      std::vector<Index> operands) {
  if (operands.size() != function.operands) {
    return fault(name.place, quoted(name.text) + " takes " + std::to_string(function.operands) +
                                 ", with what it is called on, and not " +
                                 std::to_string(operands.size()));
  }
  if (function.op != Op::kMatches) return add(function.op, name.place, operands);
  // Whoever could write the pattern in a request would have it compiled there.
  const Node& written = code_.nodes[operands.back()];
  const auto* text = written.op == Op::kConstant
                         ? code_.constants[written.detail].get<std::string_view>()
                         : nullptr;
  if (text == nullptr) {
    return fault(written.place, "the pattern of matches has to be a text in quotes");
  }
  auto pattern = Pattern::compile(*text);
  if (!pattern) return fault(written.place, pattern.error().message);
  code_.patterns.push_back(*std::move(pattern));
  code_.pattern_texts.emplace_back(*text);
  return add(Op::kMatches, name.place, std::array{operands.front()}, code_.patterns.size() - 1);
}

Result<Parser::Index> Parser::has_macro(const Token& name) {
  BF_TRY(const std::vector<Index> arguments, listed(")"));
  // As it was parsed, it would read the field.
  if (arguments.size() != 1 || code_.nodes[arguments.front()].op != Op::kSelect) {
    return fault(name.place, "\"has\" takes a field: has(a.b)");
  }
  code_.nodes[arguments.front()].op = Op::kHas;
  return arguments.front();
}

Result<Parser::Index> Parser::macro_on(Index range, const Token& name) {
  const Token element = here_;
  const Macro* macro = find_macro(name.text, 2);
  if (macro == nullptr) return fault(name.place, "there is no function " + quoted(name.text));
  if (element.word != Word::kName || is_reserved(element.text)) {
    return unexpected("a name for each element");
  }
  BF_TRY_VOID(advance());
  BF_TRY_VOID(expect(",", "and what is asked of " + std::string(element.text)));
  locals_.push_back(element.text);
  BF_TRY(const std::vector<Index> asked, listed(")"));
  locals_.pop_back();
  macro = find_macro(name.text, 1 + asked.size());
  if (macro == nullptr) {
    return fault(name.place, quoted(name.text) + " takes a name and what is asked of it");
  }
  std::vector<Index> operands = {range};
  operands.insert(operands.end(), asked.begin(), asked.end());
  return add(macro->op, name.place, operands, locals_.size());
}

}  // namespace bifrost::cel
