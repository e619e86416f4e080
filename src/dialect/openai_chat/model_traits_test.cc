#include "dialect/openai_chat/model_traits.h"

#include <gtest/gtest.h>

namespace bifrost::dialect::openai_chat {
namespace {

using enum Parameter;
using Thinking = Asked::Thinking;

constexpr Asked kUnsaid{};
constexpr Asked kOff{.thinking = Thinking::kOff};
constexpr Asked kOn{.thinking = Thinking::kOn};
constexpr Asked kOnWithTools{.thinking = Thinking::kOn, .tools = true};
constexpr Asked kOffWithTools{.thinking = Thinking::kOff, .tools = true};
constexpr Parameters kSampling = {kTemperature, kTopP,        kPresencePenalty, kFrequencyPenalty,
                                  kLogprobs,    kTopLogprobs, kLogitBias};

struct Case {
  std::string_view model;
  Asked asked;
  Parameters refused;
};

class RefusalsTest : public testing::TestWithParam<Case> {};

TEST_P(RefusalsTest, AreThoseOfTheFamily) {
  EXPECT_EQ(refusals(GetParam().model).of(GetParam().asked), GetParam().refused);
}

INSTANTIATE_TEST_SUITE_P(
    Reasoning, RefusalsTest,
    testing::Values(Case{"o1", kUnsaid, kSampling | Parameters{kParallelToolCalls}},
                    Case{"o1-mini-2024-09-12", kUnsaid, kSampling | Parameters{kReasoning}},
                    Case{"o3-mini", kOn, kSampling | Parameters{kParallelToolCalls}},
                    Case{"o3", kUnsaid, kSampling | Parameters{kParallelToolCalls, kStop}},
                    Case{"ft:o4-mini-2025-04-16:us::1", kUnsaid,
                         kSampling | Parameters{kParallelToolCalls, kStop}},
                    Case{"openai/GPT-5-mini", kUnsaid, kSampling | Parameters{kStop}},
                    Case{"gpt-5-nano", kOff, kSampling | Parameters{kStop}},
                    Case{"gpt-5.2-codex", kOff, kSampling | Parameters{kStop}},
                    Case{"gpt-5.1-chat-latest", kUnsaid, kSampling | Parameters{kStop}},
                    Case{"gpt-5.1", kUnsaid, {kStop}}, Case{"gpt-5.2-2025-12-11", kOff, {kStop}},
                    Case{"gpt-5.4-mini", kOn, kSampling | Parameters{kStop}},
                    Case{"gpt-5.4", kOnWithTools, {kStop, kReasoning}},
                    Case{"gpt-5.4", kOffWithTools, {kStop}},
                    Case{"gpt-5.2", kOnWithTools, kSampling | Parameters{kStop}},
                    Case{"gpt-5.6-sol", kUnsaid, kSampling | Parameters{kStop}},
                    Case{"gpt-5.5", kOff, {kStop, kLogitBias}},
                    Case{"deepseek-reasoner", kUnsaid, {kLogprobs, kTopLogprobs}}));

INSTANTIATE_TEST_SUITE_P(
    Plain, RefusalsTest,
    testing::Values(Case{"gpt-5-chat-latest", kUnsaid, {kReasoning}},
                    Case{"gpt-4o", kUnsaid, {kReasoning}}, Case{"gpt-4.1-nano", kOn, {kReasoning}},
                    Case{"gpt-3.5-turbo", kUnsaid, {kReasoning}},
                    Case{"gpt-4o-mini-search-preview-2025-03-11",
                         kUnsaid,
                         {kReasoning, kTemperature, kTopP, kPresencePenalty, kFrequencyPenalty}},
                    Case{"grok-3", kUnsaid, {kReasoning}},
                    Case{"grok-4-fast-non-reasoning", kUnsaid, {kReasoning}}));

INSTANTIATE_TEST_SUITE_P(
    Grok, RefusalsTest,
    testing::Values(
        Case{"grok-3-mini-fast", kOn, {kPresencePenalty, kFrequencyPenalty, kStop}},
        Case{"x-ai/grok-4", kUnsaid, {kPresencePenalty, kFrequencyPenalty, kStop, kReasoning}},
        Case{"grok-4-1-fast-reasoning",
             kUnsaid,
             {kPresencePenalty, kFrequencyPenalty, kStop, kReasoning}},
        Case{"grok-4.20-0309-reasoning",
             kUnsaid,
             {kPresencePenalty, kFrequencyPenalty, kStop, kReasoning}},
        Case{"grok-4.20-multi-agent", kUnsaid, {kPresencePenalty, kFrequencyPenalty, kStop}},
        Case{"grok-4.3", kUnsaid, {kPresencePenalty, kFrequencyPenalty, kStop}}));

INSTANTIATE_TEST_SUITE_P(Unknown, RefusalsTest,
                         testing::Values(Case{"", kOn, {}}, Case{"m", kOn, {}},
                                         Case{"openai/gpt-oss-120b", kOn, {}},
                                         Case{"deepseek-chat", kOn, {}},
                                         Case{"claude-opus-4-7", kOn, {}}));

// Two columns of one row say it: whoever never thinks takes no effort.
TEST(ModelTraits, WhoNeverThinksRefusesAnEffort) {
  for (const std::string_view model : {"gpt-5-chat", "chatgpt-4o-latest", "gpt-4", "babbage-002"}) {
    EXPECT_EQ(thinking_off(model).way, ThinkingOff::Way::kNeverThinks) << model;
    EXPECT_TRUE(refusals(model).always.contains(kReasoning)) << model;
  }
  EXPECT_EQ(thinking_off("gpt-5.4-mini").effort, "none");
  EXPECT_EQ(thinking_off("grok-4").way, ThinkingOff::Way::kUnknown);
}

}  // namespace
}  // namespace bifrost::dialect::openai_chat
