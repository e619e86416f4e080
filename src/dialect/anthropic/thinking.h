// How much thinking to ask a model for, and what that does to the rest of the request.
//
// Effort of other dialects as a budget, for models that take no effort:
//
//   minimal, low   1024
//   medium         4096
//   high          16384
//   xhigh, max    32768
//
// A budget is at least 1024 and less than max_tokens, which is raised when it is too small; a
// budget of -1 ("the model decides") is 1024 where there is no adaptive thinking.
#pragma once

#include "dialect/anthropic/model_traits.h"
#include "dialect/dropped.h"
#include "llm/request.h"

#include <cstdint>
#include <string>
#include <vector>

namespace bifrost::dialect::anthropic {

inline constexpr std::int64_t kBudgetMin = 1024;

struct ThinkingPlan {
  enum class Kind : std::uint8_t { kUnset, kDisabled, kBetweenTools, kAdaptive, kBudget };
  Kind kind = Kind::kUnset;
  std::int64_t budget = 0;      // of kBudget
  std::string display;          // empty: the model's default
  std::string effort;           // of output_config; empty: the model's default
  std::int64_t max_tokens = 0;  // of the whole answer

  [[nodiscard]] bool on() const { return kind == Kind::kAdaptive || kind == Kind::kBudget; }
};

// Names what the model cannot do in `dropped`. `forces_tool`: the answer has to be a tool's call.
[[nodiscard]] ThinkingPlan plan_thinking(const llm::Request& request, const ModelTraits& traits,
                                         bool forces_tool, Dropped& dropped);

}  // namespace bifrost::dialect::anthropic
