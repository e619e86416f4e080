// An expression of the Common Expression Language (https://cel.dev), compiled.
//
//   BF_TRY(const Program program, Program::compile(R"(model.startsWith("gpt-"))", names));
//   Evaluation evaluation(program, variables);
//   const Outcome outcome = evaluation.run();
//
// The language without what needs declared types: no messages, timestamps, durations, enums, type
// values, and no extensions. The pattern of `matches` is a literal. What is left is what
// src/cel/README.md says, and behaves as the specification's own conformance tests say.
#pragma once

#include "base/result.h"

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace bifrost::cel {

struct Code;

// Immutable, safe from any thread, and cheap to copy.
class Program {
 public:
  static constexpr std::size_t kBytesMax = 4096;  // of an expression
  static constexpr std::size_t kNestingMax = 64;

  // Fails with kInvalidRequest; the message begins with the place: "line 1, column 7: ...".
  static Result<Program> compile(std::string_view text,
                                 std::span<const std::string_view> variables);

  // Does it ask for this variable anywhere? By its place among those it was compiled with.
  [[nodiscard]] bool uses(std::size_t variable) const;
  // Can it be anything but a bool, whatever the variables are?
  [[nodiscard]] bool is_condition() const;

  [[nodiscard]] const Code& code() const { return *code_; }

 private:
  explicit Program(std::shared_ptr<const Code> code) : code_(std::move(code)) {}

  std::shared_ptr<const Code> code_;  // never null
};

// Another text that compiles to the same program, with all brackets.
[[nodiscard]] std::string print(const Program& program);

}  // namespace bifrost::cel
