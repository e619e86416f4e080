#include "dialect/anthropic/model_traits.h"

#include <gtest/gtest.h>

namespace bifrost::dialect::anthropic {
namespace {

TEST(ModelTraits, KnowsHowEachGenerationThinks) {
  struct Case {
    std::string_view model;
    ThinkingSupport thinking;
    ThinkingOff off;
  };
  constexpr Case kCases[] = {
      {"claude-2.1", ThinkingSupport::kNone, ThinkingOff::kDisabled},
      {"claude-3-opus-latest", ThinkingSupport::kNone, ThinkingOff::kDisabled},
      {"claude-3-5-haiku-20241022", ThinkingSupport::kNone, ThinkingOff::kDisabled},
      {"claude-3-7-sonnet-20250219", ThinkingSupport::kBudget, ThinkingOff::kDisabled},
      {"claude-sonnet-4-0", ThinkingSupport::kBudget, ThinkingOff::kDisabled},
      {"claude-opus-4-20250514", ThinkingSupport::kBudget, ThinkingOff::kDisabled},
      {"claude-opus-4@20250514", ThinkingSupport::kBudget, ThinkingOff::kDisabled},
      {"us.anthropic.claude-sonnet-4-5-20250929-v1:0", ThinkingSupport::kBudget,
       ThinkingOff::kDisabled},
      {"claude-opus-4-6", ThinkingSupport::kBudgetOrAdaptive, ThinkingOff::kDisabled},
      {"anthropic/claude-4.6-sonnet", ThinkingSupport::kBudgetOrAdaptive, ThinkingOff::kDisabled},
      {"claude-opus-4-7", ThinkingSupport::kAdaptive, ThinkingOff::kDisabled},
      {"claude-sonnet-5", ThinkingSupport::kAdaptive, ThinkingOff::kDisabled},
      {"claude-sonnet-5-5", ThinkingSupport::kAdaptive, ThinkingOff::kBetweenTools},
      {"claude-opus-5-5", ThinkingSupport::kAdaptive, ThinkingOff::kNever},
      {"claude-fable-5", ThinkingSupport::kAdaptive, ThinkingOff::kNever},
      {"claude-mythos-preview", ThinkingSupport::kAdaptive, ThinkingOff::kNever},
      {"MiniMax-M2", ThinkingSupport::kBudget, ThinkingOff::kDisabled},
  };
  for (const Case& each : kCases) {
    EXPECT_EQ(model_traits(each.model).thinking, each.thinking) << each.model;
    EXPECT_EQ(model_traits(each.model).thinking_off, each.off) << each.model;
  }
}

TEST(ModelTraits, KnowsWhichLevelsOfEffortAModelTakes) {
  EXPECT_FALSE(model_traits("claude-sonnet-4-5").effort);
  EXPECT_TRUE(model_traits("claude-opus-4-5").effort);
  EXPECT_FALSE(model_traits("claude-opus-4-5").effort_max);
  EXPECT_TRUE(model_traits("claude-opus-4-6").effort_max);
  EXPECT_FALSE(model_traits("claude-opus-4-6").effort_xhigh);
  EXPECT_TRUE(model_traits("claude-opus-4-7").effort_xhigh);
  EXPECT_TRUE(model_traits("deepseek-chat").effort_with_budget);
}

TEST(ModelTraits, KnowsWhoRefusesSampling) {
  EXPECT_TRUE(model_traits("claude-sonnet-4-6").sampling);
  EXPECT_FALSE(model_traits("claude-opus-4-8").sampling);
  EXPECT_FALSE(model_traits("claude-sonnet-4-0").one_sampling);
  EXPECT_TRUE(model_traits("claude-opus-4-1").one_sampling);
}

TEST(ModelTraits, KnowsTheLimitsOfAnswers) {
  EXPECT_EQ(model_traits("claude-3-haiku-20240307").output_tokens_max, 4096);
  EXPECT_EQ(model_traits("claude-3-5-sonnet-20241022").output_tokens_max, 8192);
  EXPECT_EQ(model_traits("claude-opus-4-1").output_tokens_max, 32000);
  EXPECT_EQ(model_traits("claude-haiku-4-5").output_tokens_max, 64000);
  EXPECT_EQ(model_traits("claude-opus-4-6").output_tokens_max, 128000);
  EXPECT_EQ(model_traits("gpt-oss").output_tokens_max, 8192);
}

TEST(ModelTraits, TakesAnyName) {
  for (const std::string_view name : {"", "claude", "claude-", "claude-----", "claude-99-99-99",
                                      "claude-999999999999999999999", "-.:/@_"}) {
    EXPECT_GT(model_traits(name).output_tokens_max, 0) << name;
  }
}

}  // namespace
}  // namespace bifrost::dialect::anthropic
