// How much a model may think: our effort and budget, and Google's two controls.
//
// Gemini 3 and later take `thinkingLevel`, 2.5 takes `thinkingBudget`, older ones take neither, and
// a request with both is refused. Which model takes what is read from its name.
#pragma once

#include "llm/request.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace bifrost::dialect::gemini {

struct ThinkingRules {
  enum class Control : std::uint8_t { kNone, kBudget, kLevel };
  Control control = Control::kNone;
  // of kBudget
  std::int64_t budget_min = 0;
  std::int64_t budget_max = 0;
  bool can_be_off = false;
  // of kLevel; LOW and HIGH are known to all
  bool has_minimal = false;
  bool has_medium = false;
};

[[nodiscard]] ThinkingRules thinking_rules(std::string_view model);

// What is written to thinkingConfig.
struct ThinkingConfig {
  std::optional<std::int64_t> budget;
  std::string_view level;
  std::optional<bool> include_thoughts;

  [[nodiscard]] bool empty() const { return !budget && level.empty() && !include_thoughts; }
};

[[nodiscard]] ThinkingConfig thinking_config(const llm::Reasoning& reasoning,
                                             const ThinkingRules& rules);

// Gemini 3 and later: function calls of the history must be signed, and a function's answer may
// hold images and files.
[[nodiscard]] bool is_gemini_3_or_later(std::string_view model);

}  // namespace bifrost::dialect::gemini
