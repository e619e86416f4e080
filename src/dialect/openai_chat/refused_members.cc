#include "dialect/openai_chat/refused_members.h"

#include "dialect/openai_chat/model_traits.h"
#include "json/document.h"

#include <array>
#include <string_view>

namespace bifrost::dialect::openai_chat {
namespace {

using Thinking = Asked::Thinking;

constexpr std::array kNames = std::to_array<ParameterName>({
    {"temperature", Parameter::kTemperature},
    {"top_p", Parameter::kTopP},
    {"top_k", Parameter::kTopK},
    {"presence_penalty", Parameter::kPresencePenalty},
    {"frequency_penalty", Parameter::kFrequencyPenalty},
    {"logprobs", Parameter::kLogprobs},
    {"top_logprobs", Parameter::kTopLogprobs},
    {"logit_bias", Parameter::kLogitBias},
    {"stop", Parameter::kStop},
    {"parallel_tool_calls", Parameter::kParallelToolCalls},
    {"reasoning_effort", Parameter::kReasoning},
    {"reasoning", Parameter::kReasoning},
    {"response_format", Parameter::kResponseFormat},
});

Thinking thinking_of(const RequestFacts& facts) {
  const std::string_view word = facts.value_of("reasoning_effort");
  if (is_set(word)) return word == "\"none\"" ? Thinking::kOff : Thinking::kOn;
  const auto reasoning = json::Document::parse(facts.value_of("reasoning"));
  if (!reasoning || !reasoning->root().is_object()) return Thinking::kUnsaid;
  const json::Value effort = reasoning->root()["effort"];
  if (effort.is_set()) return effort.equals("none") ? Thinking::kOff : Thinking::kOn;
  const json::Value budget = reasoning->root()["max_tokens"];
  if (budget.is_set()) return budget.integer() == 0 ? Thinking::kOff : Thinking::kOn;
  return Thinking::kUnsaid;
}

}  // namespace

std::vector<RefusedMember> take_refused(RequestFacts& facts, const EncodeOptions& options) {
  const Parameters refused = refusals(options.model)
                                 .of({.thinking = thinking_of(facts),
                                      .tools = has_elements(facts.value_of("tools")),
                                      .temperature = is_set(facts.value_of("temperature"))});
  return take_named(facts, kNames, refused);
}

}  // namespace bifrost::dialect::openai_chat
