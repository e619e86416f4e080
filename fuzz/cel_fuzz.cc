// Expressions: whatever is written, compiling and running end, and what is printed of a program
// means the same.
#include "base/assert.h"
#include "cel/evaluation.h"
#include "cel/program.h"
#include "fuzz/checks/checks.h"

#include <array>
#include <string>
#include <utility>

namespace {

using namespace bifrost;

class Headers final : public cel::Map {
 public:
  [[nodiscard]] std::optional<cel::Value> find(const cel::Value& key) const override {
    const auto* name = key.get<std::string_view>();
    if (name == nullptr || *name != "x-tier") return std::nullopt;
    return cel::Value(std::string_view("gold"));
  }
  [[nodiscard]] std::size_t size() const override { return 1; }
  [[nodiscard]] std::pair<cel::Value, cel::Value> at(std::size_t /*index*/) const override {
    return {cel::Value(std::string_view("x-tier")), cel::Value(std::string_view("gold"))};
  }
};

class Variables final : public cel::Variables {
 public:
  static constexpr std::array<std::string_view, 3> kNames = {"model", "headers", "budget_used"};
  [[nodiscard]] std::optional<cel::Value> get(std::size_t variable) const override {
    if (variable == 0) return cel::Value(std::string_view("gpt-4o"));
    return variable == 1 ? cel::Value(headers_) : cel::Value(72.5);
  }

 private:
  Headers headers_;
};

// What of an outcome can be compared with that of another run.
std::string told(const cel::Outcome& outcome) {
  if (!outcome) return "fails: " + std::string(outcome.error().reason);
  std::string text(cel::type_name(outcome->type()));
  if (const auto* truth = outcome->get<bool>()) return text + (*truth ? " true" : " false");
  if (const auto* whole = outcome->get<std::int64_t>()) return text + std::to_string(*whole);
  if (const auto* letters = outcome->get<std::string_view>()) text.append(*letters);
  if (const auto* list = outcome->get<cel::List>()) text += std::to_string(list->size);
  return text;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const Variables variables;
  const std::string_view text = fuzz::text_of(data, size);
  const auto program = cel::Program::compile(text, Variables::kNames);
  if (!program) {
    BF_ASSERT(program.error().code == ErrorCode::kInvalidRequest);
    BF_ASSERT(!program.error().message.empty());
    return 0;
  }
  cel::Evaluation run(*program, variables);
  const cel::Outcome outcome = run.run();
  BF_ASSERT(run.steps() <= cel::Evaluation::kStepsMax);
  if (!outcome) BF_ASSERT(!describe(*program, outcome.error()).empty());

  // All its brackets may make it too long, or too deep.
  const auto again = cel::Program::compile(print(*program), Variables::kNames);
  if (!again) {
    BF_ASSERT(again.error().message.contains("nested too deeply") ||
              again.error().message.contains("may have at most"));
    return 0;
  }
  cel::Evaluation second(*again, variables);
  BF_ASSERT(told(second.run()) == told(outcome));
  BF_ASSERT(print(*again) == print(*program));
  return 0;
}
