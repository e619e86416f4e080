// From words to a program.
#pragma once

#include "base/result.h"
#include "cel/code.h"
#include "cel/functions.h"
#include "cel/lexer.h"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace bifrost::cel {

class Parser {
 public:
  // Fails with kInvalidRequest and the place, as Program::compile does.
  static Result<Code> parse(std::string_view text, std::span<const std::string_view> variables);

 private:
  using Index = std::uint32_t;  // of a node
  class Nested;

  Parser(std::string_view text, std::span<const std::string_view> variables);

  Result<void> advance();
  // Goes on behind the sign, where it stands here.
  Result<bool> accept(std::string_view sign);
  Result<void> expect(std::string_view sign, std::string_view why);

  Result<Index> expression();
  Result<Index> binary(int level);
  Result<Index> chain(Index first, const Operator& sign, std::size_t place);
  Result<Index> unary();
  Result<Index> member();
  Result<Index> after_dot(Index value);
  Result<Index> primary();
  Result<Index> name();
  Result<Index> number(bool negative);
  Result<Index> list();
  Result<Index> map();

  Result<Index> call(const Token& name);
  Result<Index> call_on(Index value, const Token& name);
  Result<Index> call_of(const Function& function, const Token& name, std::vector<Index> operands);
  Result<Index> has_macro(const Token& name);
  Result<Index> macro_on(Index range, const Token& name);
  Result<Index> variable(const Token& name);
  // What stands in brackets up to `end`; the opening one has been read.
  Result<std::vector<Index>> listed(std::string_view end);

  Result<Index> add(Op op, std::size_t place, std::span<const Index> operands,
                    std::size_t detail = 0);
  Result<Index> add_constant(std::size_t place, Value value);
  std::uint32_t constant(Value value);
  std::uint32_t text_constant(std::string text);
  // A list of constants is one itself, made once and not with each run.
  Value constant_list(std::span<const Index> elements);
  [[nodiscard]] const Operator* operator_here() const;
  [[nodiscard]] Error fault(std::size_t place, std::string_view what) const;
  [[nodiscard]] Error unexpected(std::string_view wanted) const;

  std::string_view text_;
  std::span<const std::string_view> variables_;
  Lexer lexer_;
  Token here_;
  Code code_;
  std::vector<std::size_t> heights_;      // of nodes
  std::vector<std::string_view> locals_;  // of the macros around
  std::size_t nesting_ = 0;
};

}  // namespace bifrost::cel
