#include "dialect/openai_responses/refused_members.h"

#include "dialect/openai_chat/model_traits.h"
#include "dialect/openai_responses/functions.h"
#include "json/document.h"

#include <array>
#include <string_view>

namespace bifrost::dialect::openai_responses {
namespace {

using Thinking = Asked::Thinking;

constexpr std::array kNames = std::to_array<ParameterName>({
    {"temperature", Parameter::kTemperature},
    {"top_p", Parameter::kTopP},
    {"top_logprobs", Parameter::kTopLogprobs},
    {"parallel_tool_calls", Parameter::kParallelToolCalls},
    {"reasoning", Parameter::kReasoning},
});

Thinking thinking_of(const RequestFacts& facts) {
  const auto reasoning = json::Document::parse(facts.value_of("reasoning"));
  if (!reasoning) return Thinking::kUnsaid;
  const json::Value effort = reasoning->root()["effort"];
  if (!effort.is_set()) return Thinking::kUnsaid;
  return effort.equals("none") ? Thinking::kOff : Thinking::kOn;
}

}  // namespace

Refusals refusals(std::string_view model) {
  Refusals known = openai_chat::refusals(model);
  known.told_with_tools = {};  // of chats only, where OpenAI says to use Responses instead
  return known;
}

std::vector<RefusedMember> take_refused(RequestFacts& facts, const EncodeOptions& options) {
  const Parameters refused = refusals(options.model)
                                 .of({.thinking = thinking_of(facts),
                                      .tools = has_elements(facts.value_of("tools")),
                                      .temperature = is_set(facts.value_of("temperature"))});
  return take_named(facts, kNames, refused);
}

}  // namespace bifrost::dialect::openai_responses
