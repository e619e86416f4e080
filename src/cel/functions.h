// The names that expressions call.
#pragma once

#include "cel/code.h"

#include <cstddef>
#include <span>
#include <string_view>

namespace bifrost::cel {

struct Function {
  std::string_view name;
  Op op;
  std::size_t operands;   // with what it is called on
  bool alone = false;     // size(x)
  bool on_value = false;  // x.size()
};

struct Macro {
  std::string_view name;
  Op op;
  std::size_t arguments;  // in brackets, the name of the element first
};

// Null: there is none of this name.
[[nodiscard]] const Function* find_function(std::string_view name);
[[nodiscard]] const Macro* find_macro(std::string_view name, std::size_t arguments);

// The first that does this.
[[nodiscard]] const Function* find_function(Op op);
[[nodiscard]] const Macro* find_macro(Op op);

// Signs between two operands; those of a higher level hold them closer.
struct Operator {
  std::string_view sign;
  Op op;
  int level;
};
[[nodiscard]] std::span<const Operator> binary_operators();

// May a variable have this name?
[[nodiscard]] bool is_reserved(std::string_view name);

}  // namespace bifrost::cel
