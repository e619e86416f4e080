#include "dialect/anthropic/thinking.h"

#include <algorithm>
#include <string_view>

namespace bifrost::dialect::anthropic {
namespace {

using Kind = ThinkingPlan::Kind;

std::int64_t budget_of(std::string_view effort) {
  if (effort == "minimal" || effort == "low") return kBudgetMin;
  if (effort == "high") return 16384;
  if (effort == "xhigh" || effort == "max") return 32768;
  return 4096;
}

std::string_view effort_of(std::int64_t budget) {
  if (budget < 0) return {};
  if (budget <= 2048) return "low";
  return budget <= 8192 ? "medium" : "high";
}

std::string wire_effort(std::string_view effort, const ModelTraits& traits) {
  if (effort == "minimal") return "low";
  if (effort == "xhigh" && !traits.effort_xhigh) return "high";
  if (effort == "max" && !traits.effort_max) return "high";
  return std::string(effort);
}

bool is_off(const llm::Reasoning& reasoning) {
  return reasoning.effort == "none" || reasoning.budget_tokens == 0;
}

// Does the request ask for thinking, rather than for an effort that also governs plain answers?
bool wants_thinking(const llm::Request& request, const llm::Reasoning& reasoning) {
  if (reasoning.adaptive || reasoning.budget_tokens) return true;
  if (request.dialect == "anthropic") return false;  // it says so with `thinking`
  return !reasoning.effort.empty() || reasoning.include_thoughts.value_or(false) ||
         !reasoning.summary.empty();
}

void plan_off(const llm::Reasoning& reasoning, const ModelTraits& traits, ThinkingPlan& plan,
              Dropped& dropped) {
  if (traits.thinking == ThinkingSupport::kNone) return;  // it never thinks
  switch (traits.thinking_off) {
    case ThinkingOff::kDisabled:
      plan.kind = Kind::kDisabled;
      break;
    case ThinkingOff::kBetweenTools:
      plan.kind = Kind::kBetweenTools;
      break;
    case ThinkingOff::kNever:
      // The least that the model does.
      plan.effort = "low";
      dropped.field("reasoning_effort");
      return;
  }
  if (traits.effort && !reasoning.effort.empty() && reasoning.effort != "none") {
    plan.effort = wire_effort(reasoning.effort, traits);
  }
}

void plan_budget(std::int64_t budget, const ModelTraits& traits, ThinkingPlan& plan) {
  plan.kind = Kind::kBudget;
  plan.budget = std::max(budget, kBudgetMin);
  if (plan.max_tokens > plan.budget) return;
  // The caller's limit stays as the room for the answer, as far as the model has it.
  const std::int64_t limit = std::max(traits.output_tokens_max, 2 * kBudgetMin);
  plan.max_tokens = std::min(plan.budget + std::max<std::int64_t>(plan.max_tokens, 1), limit);
  plan.budget = std::clamp(plan.budget, kBudgetMin, std::max(limit - kBudgetMin, kBudgetMin));
}

std::string display_of(const llm::Request& request, const llm::Reasoning& reasoning,
                       const ModelTraits& traits) {
  if (reasoning.include_thoughts) {
    if (request.dialect != "anthropic" && !traits.hides_thoughts) return {};
    return *reasoning.include_thoughts ? "summarized" : "omitted";
  }
  // Callers of other dialects expect to see the text.
  return request.dialect != "anthropic" && traits.hides_thoughts ? "summarized" : "";
}

void plan_on(const llm::Reasoning& reasoning, const ModelTraits& traits, ThinkingPlan& plan) {
  const std::int64_t budget = reasoning.budget_tokens.value_or(-1);
  const bool adaptive =
      traits.thinking == ThinkingSupport::kAdaptive ||
      (traits.thinking == ThinkingSupport::kBudgetOrAdaptive && (reasoning.adaptive || budget < 0));
  if (adaptive) {
    plan.kind = Kind::kAdaptive;
    plan.effort = reasoning.effort.empty() ? std::string(effort_of(budget))
                                           : wire_effort(reasoning.effort, traits);
    return;
  }
  if (reasoning.budget_tokens) {
    plan_budget(budget, traits, plan);
  } else {
    plan_budget(budget_of(reasoning.effort), traits, plan);
  }
  if (traits.effort_with_budget) plan.effort = wire_effort(reasoning.effort, traits);
}

}  // namespace

ThinkingPlan plan_thinking(const llm::Request& request, const ModelTraits& traits, bool forces_tool,
                           Dropped& dropped) {
  ThinkingPlan plan;
  plan.max_tokens = request.max_tokens.value_or(traits.output_tokens_max);
  if (!request.reasoning) return plan;
  const llm::Reasoning& reasoning = *request.reasoning;
  const bool native = request.dialect == "anthropic";
  dropped.field_if(!reasoning.summary.empty(), "reasoning.summary");

  if (is_off(reasoning)) {
    plan_off(reasoning, traits, plan, dropped);
    return plan;
  }
  if (wants_thinking(request, reasoning)) {
    // The API refuses thinking together with a forced tool; the tool is the harder wish.
    const bool impossible = traits.thinking == ThinkingSupport::kNone || (!native && forces_tool);
    if (impossible) {
      dropped.field("reasoning_effort");
      return plan;
    }
    plan_on(reasoning, traits, plan);
    plan.display = display_of(request, reasoning, traits);
    // Only some models hide them.
    dropped.field_if(reasoning.include_thoughts == false && plan.display.empty(),
                     "reasoning.include_thoughts");
  }
  if (native && !reasoning.effort.empty()) {
    if (traits.effort) {
      plan.effort = wire_effort(reasoning.effort, traits);
    } else {
      dropped.field("reasoning_effort");
    }
  }
  return plan;
}

}  // namespace bifrost::dialect::anthropic
