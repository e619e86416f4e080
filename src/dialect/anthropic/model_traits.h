// What a Claude model takes, read from its name.
//
// The API refuses a whole request for one setting that the model does not know, so a translator
// has to know the generations apart. Source: the provider's model overview, migration guides and
// extended-thinking pages. Names come in every spelling of the clouds that host them:
// "claude-opus-4-6", "claude-4.6-opus", "claude-3-7-sonnet-20250219",
// "anthropic.claude-sonnet-4-5-20250929-v1:0", "claude-opus-4@20250514".
//
//   generation            thinking                     off              sampling  effort
//   up to 3.5             none                         -                yes       no
//   3.7 to 4.5            budget                       disabled         yes       opus 4.5
//   4.6                   budget or adaptive           disabled         yes       up to max
//   4.7 to 5              adaptive                     disabled         no        with xhigh
//   sonnet from 5.5       adaptive                     between_tools    no        with xhigh
//   opus from 5.5,        adaptive                     never            no        with xhigh
//   fable, mythos
//   not a Claude          budget                       disabled         yes       passed on
#pragma once

#include "dialect/refusals.h"

#include <cstdint>
#include <string_view>

namespace bifrost::dialect::anthropic {

enum class ThinkingSupport : std::uint8_t { kNone, kBudget, kBudgetOrAdaptive, kAdaptive };

// How thinking is switched off.
enum class ThinkingOff : std::uint8_t { kDisabled, kBetweenTools, kNever };

struct ModelTraits {
  ThinkingSupport thinking = ThinkingSupport::kBudget;
  ThinkingOff thinking_off = ThinkingOff::kDisabled;
  bool effort = true;               // takes output_config.effort
  bool effort_max = true;           // and its level "max"
  bool effort_xhigh = true;         // and its level "xhigh"
  bool effort_with_budget = false;  // wants the effort beside a budget
  bool sampling = true;             // takes temperature, top_p and top_k
  bool one_sampling = false;        // temperature or top_p, not both
  bool hides_thoughts = false;      // returns thinking without text unless `display` asks for it
  std::int64_t output_tokens_max = 8192;
};

[[nodiscard]] ModelTraits model_traits(std::string_view model);

// The same as what a passing request is refused for. Nothing of models that are no Claude.
[[nodiscard]] Refusals refusals(std::string_view model);

}  // namespace bifrost::dialect::anthropic
