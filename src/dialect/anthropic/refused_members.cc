#include "dialect/anthropic/refused_members.h"

#include "base/strings.h"
#include "dialect/anthropic/model_traits.h"

#include <algorithm>
#include <array>
#include <string_view>

namespace bifrost::dialect::anthropic {
namespace {

using Thinking = Asked::Thinking;

constexpr std::array kNames = std::to_array<ParameterName>({
    {"temperature", Parameter::kTemperature},
    {"top_p", Parameter::kTopP},
    {"top_k", Parameter::kTopK},
    {"thinking", Parameter::kReasoning},
});

Thinking thinking_of(const RequestFacts& facts) {
  const auto thinking = json::Document::parse(facts.value_of("thinking"));
  if (!thinking || !thinking->root().is_object()) return Thinking::kUnsaid;
  const json::Value type = thinking->root()["type"];
  return type.equals("enabled") || type.equals("adaptive") ? Thinking::kOn : Thinking::kOff;
}

// Thinking leaves little freedom, but some: see write_sampling in encode_request.cc.
bool stands_beside_thinking(const json::Member& member, Parameter parameter) {
  const auto number = parse_double(member.value);
  if (!number) return false;
  if (parameter == Parameter::kTemperature) return *number == 1.0;
  return parameter == Parameter::kTopP && *number >= 0.95;
}

void take_effort(const RequestFacts& facts, std::vector<RefusedMember>& taken) {
  const auto config = std::ranges::find(facts.members, "output_config", &json::Member::key);
  if (config == facts.members.end()) return;
  const auto parsed = json::Document::parse(config->value);
  if (!parsed) return;
  const json::Value effort = parsed->root()["effort"];
  if (effort.is_set()) taken.push_back(refused_inside(*config, effort));
}

}  // namespace

std::vector<RefusedMember> take_refused(RequestFacts& facts, const EncodeOptions& options) {
  const Refusals refusals = anthropic::refusals(options.model);
  Asked asked{.temperature = is_set(facts.value_of("temperature"))};
  const Parameters anyway = refusals.of(asked);
  asked.thinking = thinking_of(facts);
  const Parameters refused = refusals.of(asked);
  const auto takes = [&](const json::Member& member, Parameter parameter) {
    if (!refused.contains(parameter) || !is_set(member.value)) return false;
    // A model that cannot think may be told not to.
    if (parameter == Parameter::kReasoning) return asked.thinking == Thinking::kOn;
    return anyway.contains(parameter) || !stands_beside_thinking(member, parameter);
  };
  std::vector<RefusedMember> taken;
  std::erase_if(facts.members, [&](const json::Member& member) {
    const auto known = std::ranges::find(kNames, member.key, &ParameterName::name);
    if (known == kNames.end() || !takes(member, known->parameter)) return false;
    taken.push_back(refused_whole(member));
    return true;
  });
  if (refused.contains(Parameter::kOutputEffort) && !options.flavor.removes("output_config")) {
    take_effort(facts, taken);
  }
  return taken;
}

}  // namespace bifrost::dialect::anthropic
