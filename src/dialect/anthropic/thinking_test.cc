#include "dialect/anthropic/thinking.h"

#include <gtest/gtest.h>

namespace bifrost::dialect::anthropic {
namespace {

using Kind = ThinkingPlan::Kind;

struct Planned {
  ThinkingPlan plan;
  std::vector<std::string> dropped;
};

Planned plan(std::string_view model, llm::Reasoning reasoning, std::string dialect = "openai_chat",
             std::optional<std::int64_t> max_tokens = {}) {
  llm::Request request;
  request.dialect = std::move(dialect);
  request.reasoning = std::move(reasoning);
  request.max_tokens = max_tokens;
  Dropped dropped(request);
  Planned planned{.plan = plan_thinking(request, model_traits(model), false, dropped),
                  .dropped = {}};
  planned.dropped = dropped.take().lost;
  return planned;
}

TEST(Thinking, EffortIsABudgetForOlderModels) {
  EXPECT_EQ(plan("claude-sonnet-4-5", {.effort = "minimal"}).plan.budget, 1024);
  EXPECT_EQ(plan("claude-sonnet-4-5", {.effort = "low"}).plan.budget, 1024);
  EXPECT_EQ(plan("claude-sonnet-4-5", {.effort = "medium"}).plan.budget, 4096);
  EXPECT_EQ(plan("claude-sonnet-4-5", {.effort = "high"}).plan.budget, 16384);
  EXPECT_EQ(plan("claude-sonnet-4-5", {.effort = "max"}).plan.budget, 32768);
  EXPECT_EQ(plan("claude-sonnet-4-5", {.effort = "low"}).plan.effort, "");
}

TEST(Thinking, EffortStaysEffortForNewerModels) {
  const Planned planned = plan("claude-opus-4-6", {.effort = "medium"});
  EXPECT_EQ(planned.plan.kind, Kind::kAdaptive);
  EXPECT_EQ(planned.plan.effort, "medium");
  EXPECT_EQ(plan("claude-opus-4-6", {.effort = "minimal"}).plan.effort, "low");
  EXPECT_EQ(plan("claude-opus-4-6", {.effort = "xhigh"}).plan.effort, "high");
  EXPECT_EQ(plan("claude-opus-4-7", {.effort = "xhigh"}).plan.effort, "xhigh");
}

TEST(Thinking, ABudgetIsKeptWhereOneIsTaken) {
  EXPECT_EQ(plan("claude-sonnet-4-6", {.budget_tokens = 3000}).plan.kind, Kind::kBudget);
  EXPECT_EQ(plan("claude-sonnet-4-6", {.budget_tokens = 3000}).plan.budget, 3000);
  EXPECT_EQ(plan("claude-opus-4-8", {.budget_tokens = 3000}).plan.kind, Kind::kAdaptive);
  EXPECT_EQ(plan("claude-opus-4-8", {.budget_tokens = 3000}).plan.effort, "medium");
}

TEST(Thinking, ABudgetIsNeverTooSmall) {
  EXPECT_EQ(plan("claude-sonnet-4-5", {.budget_tokens = -1}).plan.budget, 1024);
  EXPECT_EQ(plan("claude-sonnet-4-5", {.budget_tokens = 5}).plan.budget, 1024);
}

TEST(Thinking, TheLimitOfTheAnswerIsRaisedAboveTheBudget) {
  const Planned raised = plan("claude-sonnet-4-5", {.effort = "high"}, "openai_chat", 500);
  EXPECT_EQ(raised.plan.budget, 16384);
  EXPECT_EQ(raised.plan.max_tokens, 16884);
  const Planned kept = plan("claude-sonnet-4-5", {.effort = "low"}, "openai_chat", 2000);
  EXPECT_EQ(kept.plan.max_tokens, 2000);
}

TEST(Thinking, ABudgetBeyondTheModelIsCut) {
  const Planned planned =
      plan("claude-opus-4-1", {.budget_tokens = 1'000'000}, "openai_chat", 900'000);
  EXPECT_EQ(planned.plan.max_tokens, 32000);
  EXPECT_LT(planned.plan.budget, planned.plan.max_tokens);
  EXPECT_GE(planned.plan.budget, 1024);
}

TEST(Thinking, IsSwitchedOffAsTheModelKnowsIt) {
  EXPECT_EQ(plan("claude-sonnet-4-5", {.effort = "none"}).plan.kind, Kind::kDisabled);
  EXPECT_EQ(plan("claude-opus-5", {.budget_tokens = 0}).plan.kind, Kind::kDisabled);
  EXPECT_EQ(plan("claude-sonnet-5-5", {.effort = "none"}).plan.kind, Kind::kBetweenTools);
  EXPECT_EQ(plan("claude-3-5-haiku", {.effort = "none"}).plan.kind, Kind::kUnset);
  const Planned never = plan("claude-fable-5", {.effort = "none"});
  EXPECT_EQ(never.plan.kind, Kind::kUnset);
  EXPECT_EQ(never.plan.effort, "low");
  EXPECT_EQ(never.dropped, std::vector<std::string>{"reasoning_effort"});
}

TEST(Thinking, IsNamedAsDroppedByModelsThatCannot) {
  const Planned planned = plan("claude-3-5-sonnet", {.effort = "high"});
  EXPECT_EQ(planned.plan.kind, Kind::kUnset);
  EXPECT_EQ(planned.dropped, std::vector<std::string>{"reasoning_effort"});
}

TEST(Thinking, YieldsToAForcedTool) {
  llm::Request request;
  request.reasoning = llm::Reasoning{.effort = "high"};
  Dropped dropped(request);
  const ThinkingPlan planned =
      plan_thinking(request, model_traits("claude-sonnet-4-5"), true, dropped);
  EXPECT_FALSE(planned.on());
  EXPECT_EQ(dropped.take().lost, std::vector<std::string>{"reasoning_effort"});
}

TEST(Thinking, ThoughtsAreShownToCallersOfOtherDialects) {
  EXPECT_EQ(plan("claude-opus-4-8", {.effort = "high"}).plan.display, "summarized");
  EXPECT_EQ(plan("claude-sonnet-4-5", {.effort = "high"}).plan.display, "");
  EXPECT_EQ(plan("claude-opus-4-8", {.adaptive = true}, "anthropic").plan.display, "");
}

TEST(Thinking, NativeEffortAloneDoesNotSwitchItOn) {
  const Planned planned = plan("claude-opus-4-8", {.effort = "low"}, "anthropic");
  EXPECT_EQ(planned.plan.kind, Kind::kUnset);
  EXPECT_EQ(planned.plan.effort, "low");
}

TEST(Thinking, MaxTokensDefaultToTheModels) {
  const llm::Request request;
  Dropped dropped(request);
  EXPECT_EQ(plan_thinking(request, model_traits("claude-haiku-4-5"), false, dropped).max_tokens,
            64000);
}

}  // namespace
}  // namespace bifrost::dialect::anthropic
