// One run of a program. Ends after kStepsMax steps at the latest, whatever the program and its
// variables are: a node is a step, and so is each 64 bytes of text that is looked at.
#pragma once

#include "cel/compare.h"
#include "cel/program.h"
#include "cel/value.h"

#include <cstddef>
#include <cstdint>
#include <expected>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace bifrost::cel {

struct Node;

// Why there is no value. Usual, and so cheap: a field that is not there is one.
struct Failure {
  std::string_view reason;  // of a literal
  std::uint32_t place = 0;  // in the program's text
};

using Outcome = std::expected<Value, Failure>;

// "line 1, column 7: there is no such key"
[[nodiscard]] std::string describe(const Program& program, const Failure& failure);

// What a program is run on. Asked only for what the program comes to.
class Variables {
 public:
  virtual ~Variables() = default;
  // By its place among those that the program was compiled with. Good as long as the evaluation.
  // Nothing: nobody knows it this time, and whatever asks for it fails.
  [[nodiscard]] virtual std::optional<Value> get(std::size_t variable) const = 0;
};

class Evaluation {
 public:
  static constexpr std::size_t kStepsMax = 10'000;

  // Both outlive it.
  Evaluation(const Program& program, const Variables& variables, std::size_t steps_max = kStepsMax);
  Evaluation(const Evaluation&) = delete;
  Evaluation& operator=(const Evaluation&) = delete;
  ~Evaluation();

  // Good as long as this is.
  [[nodiscard]] Outcome run();
  [[nodiscard]] std::size_t steps() const { return steps_max_ - effort_.left(); }

 private:
  class Arena;
  // How far a macro has come.
  struct MacroRun {
    bool decided = false;
    std::optional<Failure> failed;
    std::size_t found = 0;
    std::vector<Value> made;
  };

  Outcome evaluate(std::uint32_t index);
  Outcome operand(const Node& node, std::size_t which);

  Outcome variable(const Node& node);
  Outcome make_list(const Node& node);
  Outcome make_map(const Node& node);
  Outcome select(const Node& node);
  Outcome has(const Node& node);
  Outcome index_of(const Node& node);
  Outcome in(const Node& node);
  Outcome conditional(const Node& node);
  Outcome logic(const Node& node, bool decisive);
  Outcome unary(const Node& node);
  Outcome equality(const Node& node);
  Outcome comparison(const Node& node);
  Outcome arithmetic(const Node& node);
  Outcome joined(const Node& node, const Value& left, const Value& right);
  Outcome size(const Node& node);
  Outcome search(const Node& node);
  Outcome matches(const Node& node);
  Outcome conversion(const Node& node);
  Outcome macro(const Node& node);
  void macro_step(const Node& node, MacroRun& run);

  static std::unexpected<Failure> fail(const Node& node, std::string_view reason);
  static std::unexpected<Failure> too_long(const Node& node);
  std::optional<Value> look_up(const Map& map, const Value& key);
  // Fails when there are no steps left for so much text.
  Outcome spend_text(const Node& node, std::size_t bytes);
  Arena& arena();

  const Code& code_;
  const Variables& variables_;
  const std::size_t steps_max_;
  Effort effort_;
  std::vector<Value> locals_;     // of the macros that are being run, the outer ones first
  std::unique_ptr<Arena> arena_;  // null until something is made
};

}  // namespace bifrost::cel
