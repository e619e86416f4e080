#include "dialect/gemini/thinking.h"

#include <gtest/gtest.h>

namespace bifrost::dialect::gemini {
namespace {

struct EffortCase {
  std::string_view model;
  std::string_view effort;
  std::string_view level;  // empty: none is written
  std::optional<std::int64_t> budget;
  std::optional<bool> include_thoughts;
};

class EffortTest : public testing::TestWithParam<EffortCase> {};

TEST_P(EffortTest, IsWrittenAsTheModelTakesIt) {
  const EffortCase& c = GetParam();
  const ThinkingConfig config =
      thinking_config({.effort = std::string(c.effort)}, thinking_rules(c.model));
  EXPECT_EQ(config.level, c.level);
  EXPECT_EQ(config.budget, c.budget);
  EXPECT_EQ(config.include_thoughts, c.include_thoughts);
}

constexpr std::optional<std::int64_t> kNoBudget;
constexpr std::optional<bool> kUnsaid;

INSTANTIATE_TEST_SUITE_P(
    Models, EffortTest,
    testing::Values(EffortCase{"gemini-3-pro-preview", "minimal", "LOW", kNoBudget, true},
                    EffortCase{"gemini-3-pro-preview", "medium", "HIGH", kNoBudget, true},
                    EffortCase{"gemini-3.1-pro-preview", "medium", "MEDIUM", kNoBudget, true},
                    EffortCase{"gemini-3-flash-preview", "none", "MINIMAL", kNoBudget, kUnsaid},
                    EffortCase{"gemini-3-flash-preview", "minimal", "MINIMAL", kNoBudget, true},
                    EffortCase{"gemini-3-flash-preview", "xhigh", "HIGH", kNoBudget, true},
                    EffortCase{"publishers/google/models/gemini-4-ultra", "medium", "MEDIUM",
                               kNoBudget, true},
                    EffortCase{"gemini-2.5-flash", "none", "", 0, kUnsaid},
                    EffortCase{"gemini-2.5-flash", "low", "", 1'024, true},
                    EffortCase{"gemini-2.5-flash-preview-09-2025", "medium", "", 8'192, true},
                    EffortCase{"gemini-2.5-flash", "max", "", 24'576, true},
                    EffortCase{"gemini-2.5-pro", "none", "", 128, kUnsaid},
                    EffortCase{"gemini-2.5-pro", "max", "", 32'768, true},
                    EffortCase{"gemini-2.0-flash", "high", "", kNoBudget, kUnsaid},
                    EffortCase{"gemma-3-27b-it", "high", "", kNoBudget, kUnsaid},
                    EffortCase{"gemini-flash-latest", "low", "", 1'024, true}));

struct BudgetCase {
  std::string_view model;
  std::int64_t asked;
  std::optional<std::int64_t> budget;
  std::string_view level;
};

class BudgetTest : public testing::TestWithParam<BudgetCase> {};

TEST_P(BudgetTest, StaysWithinTheModelsBounds) {
  const BudgetCase& c = GetParam();
  const ThinkingConfig config =
      thinking_config({.budget_tokens = c.asked}, thinking_rules(c.model));
  EXPECT_EQ(config.budget, c.budget);
  EXPECT_EQ(config.level, c.level);
}

INSTANTIATE_TEST_SUITE_P(Models, BudgetTest,
                         testing::Values(BudgetCase{"gemini-2.5-flash", 0, 0, ""},
                                         BudgetCase{"gemini-2.5-flash", -1, -1, ""},
                                         BudgetCase{"gemini-2.5-flash-lite", 1, 512, ""},
                                         BudgetCase{"gemini-2.5-pro", 0, 128, ""},
                                         BudgetCase{"gemini-2.5-pro", 32'769, 32'768, ""},
                                         BudgetCase{"gemini-3-pro", 0, kNoBudget, "LOW"},
                                         BudgetCase{"gemini-3-flash", 2'048, 2'048, ""}));

TEST(ThinkingTest, LevelAndBudgetNeverGoTogether) {
  const ThinkingConfig config =
      thinking_config({.effort = "low", .budget_tokens = 4'096}, thinking_rules("gemini-3-flash"));
  EXPECT_EQ(config.level, "LOW");
  EXPECT_FALSE(config.budget);
}

TEST(ThinkingTest, TheCallerDecidesWhetherThoughtsAreShown) {
  const ThinkingConfig config = thinking_config({.effort = "low", .include_thoughts = false},
                                                thinking_rules("gemini-2.5-pro"));
  EXPECT_EQ(config.include_thoughts, false);
}

}  // namespace
}  // namespace bifrost::dialect::gemini
