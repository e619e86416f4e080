#include "dialect/openai_chat/model_traits.h"

#include "base/strings.h"

#include <array>
#include <string>

namespace bifrost::dialect::openai_chat {
namespace {

using enum Parameter;
using Way = ThinkingOff::Way;

// OpenAI's models that reason: "currently unsupported".
// https://learn.microsoft.com/azure/ai-foundry/openai/how-to/reasoning
// https://platform.openai.com/docs/guides/reasoning
constexpr Parameters kSampling = {kTemperature, kTopP,        kPresencePenalty, kFrequencyPenalty,
                                  kLogprobs,    kTopLogprobs, kLogitBias};
// https://github.com/langchain-ai/langchain/issues/29704,
// https://github.com/UKGovernmentBEIS/inspect_ai/issues/1023 and, of o3 and o4-mini,
// https://github.com/tensorzero/tensorzero/issues/2805
constexpr Refusals kO1 = {.always = kSampling | Parameters{kParallelToolCalls}};
// `stop`: "Not supported with latest reasoning models o3 and o4-mini" (reference of chats).
constexpr Refusals kO3 = {.always = kSampling | Parameters{kParallelToolCalls, kStop}};
// `stop`: https://github.com/huggingface/smolagents/issues/1671, of 5.2 pull 1895 there.
constexpr Refusals kGpt5 = {.always = kSampling | Parameters{kStop}};
// "Only supported when using GPT-5.2 with reasoning effort set to none", which it is by default.
// https://platform.openai.com/docs/guides/latest-model
constexpr Refusals kThinksWhenTold = {.always = {kStop}, .thinking = kSampling};
// "Function tools with reasoning_effort are not supported for gpt-5.4 in /v1/chat/completions".
// https://github.com/pipecat-ai/pipecat/issues/4043,
// https://github.com/openai/openai-openapi/issues/541. Of 5.6 it is no refusal of a parameter: it
// wants to be told "none" there, https://github.com/BerriAI/litellm/pull/34569.
constexpr Refusals kThinksWithoutTools = {
    .always = {kStop}, .thinking = kSampling, .told_with_tools = {kReasoning}};
// The same with another default: https://github.com/BerriAI/litellm/pull/34210 (5.5) and what
// https://github.com/itzcrazykns/vane/issues/1173 (5.6) and others saw of it.
constexpr Refusals kThinksUnlessTold = {
    .always = {kStop, kLogitBias}, .thinking = kSampling, .thinks_unless_told = true};
// "Unrecognized request argument supplied: reasoning_effort"
// https://github.com/umputun/tg-spam/issues/304
constexpr Refusals kPlain = {.always = {kReasoning}};
// https://github.com/vercel/ai/pull/5647
constexpr Refusals kSearch = {
    .always = {kReasoning, kTemperature, kTopP, kPresencePenalty, kFrequencyPenalty}};

// "Adding them in the request would result in an error." Which models take an effort stands there
// too, by name: a higher version does not mean that one does.
// https://docs.x.ai/docs/guides/reasoning
constexpr Refusals kGrok = {.always = {kPresencePenalty, kFrequencyPenalty, kStop}};
constexpr Refusals kGrokWithoutEffort = {
    .always = {kPresencePenalty, kFrequencyPenalty, kStop, kReasoning}};

// Sampling has no effect on it and is no error.
// https://api-docs.deepseek.com/guides/reasoning_model
constexpr Refusals kDeepSeekReasoner = {.always = {kLogprobs, kTopLogprobs}};

// All that is known of a family of models, a row each.
struct Family {
  std::string_view pattern;  // the name's beginning; behind a '*', what it holds further on
  ThinkingOff off = {};
  Refusals refusals = {};
};

// The first row that fits counts, so the longer name goes before the shorter one.
// https://platform.openai.com/docs/guides/reasoning and the page of each model
constexpr std::array kFamilies = std::to_array<Family>({
    {"gpt-5-pro", {Way::kUnknown}, kGpt5},  // takes "high" only
    {"gpt-5-codex", {Way::kWord, "low"}, kGpt5},
    {"gpt-5-chat", {Way::kNeverThinks}, kPlain},
    {"gpt-5.1-codex", {Way::kWord, "low"}, kGpt5},
    {"gpt-5.1-chat", {Way::kUnknown}, kGpt5},
    {"gpt-5.1", {Way::kWord, "none"}, kThinksWhenTold},
    {"gpt-5.2-pro", {Way::kWord, "medium"}, kGpt5},
    {"gpt-5.2-codex", {Way::kWord, "low"}, kGpt5},
    {"gpt-5.2-chat", {Way::kUnknown}, kGpt5},
    {"gpt-5.2", {Way::kWord, "none"}, kThinksWhenTold},
    {"gpt-5.4", {Way::kWord, "none"}, kThinksWithoutTools},
    {"gpt-5.", {Way::kWord, "none"}, kThinksUnlessTold},
    {"gpt-5", {Way::kWord, "minimal"}, kGpt5},
    // They take no effort at all.
    {"o1-mini", {Way::kUnknown}, {.always = kSampling | Parameters{kReasoning}}},
    {"o1-preview", {Way::kUnknown}, {.always = kSampling | Parameters{kReasoning}}},
    {"o1", {Way::kWord, "low"}, kO1},
    {"o3-mini", {Way::kWord, "low"}, kO1},
    {"o3", {Way::kWord, "low"}, kO3},
    {"o4", {Way::kWord, "low"}, kO3},
    {"codex", {Way::kWord, "low"}, {.always = kSampling}},
    {"gpt-oss", {Way::kWord, "low"}},
    {"chatgpt-4o", {Way::kNeverThinks}, kPlain},
    {"gpt-4o*-search-preview", {Way::kNeverThinks}, kSearch},
    {"gpt-4", {Way::kNeverThinks}, kPlain},
    {"gpt-3.5", {Way::kNeverThinks}, kPlain},
    {"davinci", {Way::kNeverThinks}, kPlain},
    {"babbage", {Way::kNeverThinks}, kPlain},
    {"grok-3-mini", {}, kGrok},
    {"grok-3", {}, kPlain},
    {"grok-4*non-reasoning", {}, kPlain},
    {"grok-4.20-multi-agent", {}, kGrok},
    {"grok-4.20", {}, kGrokWithoutEffort},
    {"grok-4.1", {}, kGrokWithoutEffort},
    {"grok-4.", {}, kGrok},
    {"grok-4", {}, kGrokWithoutEffort},
    {"grok-code", {}, kGrokWithoutEffort},
    {"grok-build", {}, kGrokWithoutEffort},
    {"deepseek-reasoner", {}, kDeepSeekReasoner},
});

bool fits(std::string_view pattern, std::string_view name) {
  const auto star = pattern.find('*');
  const std::string_view beginning = pattern.substr(0, star);
  if (!name.starts_with(beginning)) return false;
  return star == std::string_view::npos ||
         name.find(pattern.substr(star + 1), beginning.size()) != std::string_view::npos;
}

const Family& family_of(std::string_view model) {
  static constexpr Family kUnknown{};
  // Hosts write the maker before the name: "openai/gpt-oss-120b". Tuned: "ft:gpt-4o-mini:us::1".
  const std::string lower = ascii_lower(model.substr(model.rfind('/') + 1));
  std::string_view name = lower;
  if (name.starts_with("ft:")) name.remove_prefix(3);
  for (const Family& family : kFamilies) {
    if (fits(family.pattern, name)) return family;
  }
  return kUnknown;
}

}  // namespace

ThinkingOff thinking_off(std::string_view model) { return family_of(model).off; }

Refusals refusals(std::string_view model) { return family_of(model).refusals; }

}  // namespace bifrost::dialect::openai_chat
