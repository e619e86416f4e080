#include "dialect/gemini/refusals.h"

#include "base/strings.h"
#include "dialect/gemini/spelling.h"
#include "dialect/gemini/thinking.h"

#include <algorithm>
#include <array>
#include <string>
#include <utility>

namespace bifrost::dialect::gemini {
namespace {

using enum Parameter;

// "Penalty is not enabled for models/gemini-2.5-flash"; 2.0 takes them.
// https://github.com/vercel/ai/issues/8943, https://github.com/google-gemini/cookbook/issues/1290
constexpr Parameters kPenalties = {kPresencePenalty, kFrequencyPenalty};
// "Function calling with a response mime type: 'application/json' is unsupported", and "Tool use
// with …" of Google's own tools; 3 takes both.
// https://github.com/googleapis/python-genai/issues/706,
// https://github.com/alphaXiv/agents/issues/3
constexpr Parameters kJson = {kResponseFormat};

// "Thinking level is not supported for this model": a number is wanted there.
// https://github.com/RooCodeInc/Roo-Code/issues/10700, of Pro and Vertex
// https://github.com/juspay/neurolink/pull/1707
constexpr Parameters kLevel = {kThinkingLevel};

struct Family {
  std::string_view prefix;
  Refusals refusals;
};

// The first row that fits counts. Whether a model can think is for thinking_rules to say.
constexpr std::array kFamilies = std::to_array<Family>({
    {"gemini-1", {.with_tools = kJson}},
    {"gemini-2.0", {.with_tools = kJson}},
    {"gemini-2.5", {.always = kPenalties | kLevel, .with_tools = kJson}},
    {"gemini-3", {.always = kPenalties}},
    // "JSON mode is not enabled for models/gemma-3-27b-it"
    {"gemma-3", {.always = kJson}},
});

constexpr std::array kNames = std::to_array<ParameterName>({
    {"temperature", kTemperature},
    {"topP", kTopP},
    {"topK", kTopK},
    {"presencePenalty", kPresencePenalty},
    {"frequencyPenalty", kFrequencyPenalty},
    {"responseLogprobs", kLogprobs},
    {"logprobs", kTopLogprobs},
    {"stopSequences", kStop},
    {"thinkingConfig", kReasoning},
    {"responseMimeType", kResponseFormat},
    {"responseSchema", kResponseFormat},
    {"responseJsonSchema", kResponseFormat},
    {"_responseJsonSchema", kResponseFormat},
});

// Of a configuration that stays otherwise.
void collect_level(const json::Member& config, json::Value thinking,
                   std::vector<RefusedMember>& found) {
  const json::Value level = field(thinking, "thinkingLevel");
  if (!level) return;
  RefusedMember refused = refused_inside(config, level);
  refused.path = std::string(config.key).append(".").append(thinking.key());
  refused.path.append(".").append(level.key());
  found.push_back(std::move(refused));
}

void collect(const json::Member& config, Parameters refused, std::vector<RefusedMember>& found) {
  const auto parsed = json::Document::parse(config.value);
  if (!parsed || !parsed->root().is_object()) return;
  for (const json::Value child : parsed->root().children()) {
    const auto known = std::ranges::find_if(
        kNames, [&](const ParameterName& each) { return is_field(child.raw_key(), each.name); });
    if (known == kNames.end()) continue;
    if (!refused.contains(known->parameter)) {
      const bool thinks = known->parameter == kReasoning && refused.contains(kThinkingLevel);
      if (thinks) collect_level(config, child, found);
      continue;
    }
    // Free text is what a model writes anyway.
    if (child.is_set() && !child.equals("text/plain")) {
      found.push_back(refused_inside(config, child));
    }
  }
}

}  // namespace

Refusals refusals(std::string_view model) {
  const std::string name = ascii_lower(model.substr(model.rfind('/') + 1));
  const auto row = std::ranges::find_if(
      kFamilies, [&](const Family& family) { return name.starts_with(family.prefix); });
  Refusals refused = row == kFamilies.end() ? Refusals{} : row->refusals;
  if (thinking_rules(model).control == ThinkingRules::Control::kNone) {
    // "Thinking is not supported by this model": https://github.com/googleapis/js-genai/issues/681
    refused.always = refused.always | Parameters{kReasoning};
  }
  return refused;
}

std::vector<RefusedMember> refused_members(const RequestFacts& facts,
                                           const EncodeOptions& options) {
  const Parameters refused =
      refusals(options.model).of({.tools = has_elements(facts.value_of("tools"))});
  std::vector<RefusedMember> found;
  if (refused.empty()) return found;
  for (const json::Member& member : facts.members) {
    if (!is_field(member.key, "generationConfig") || options.flavor.removes(member.key)) continue;
    collect(member, refused, found);
  }
  return found;
}

}  // namespace bifrost::dialect::gemini
