#include "explain/explain_plan.h"

#include <algorithm>
#include <utility>

namespace bifrost::explain {
namespace {

std::string result_of(routing::RuleResult result) {
  switch (result) {
    case routing::RuleResult::kMatches:
      return "matched";
    case routing::RuleResult::kDoesNot:
      return "not";
    case routing::RuleResult::kFails:
      return "error";
  }
  std::unreachable();
}

std::string why_not(routing::GrantStanding standing) {
  switch (standing) {
    case routing::GrantStanding::kDrawn:
      return {};
    case routing::GrantStanding::kNoWeight:
      return "it has no weight";
    case routing::GrantStanding::kNotConfigured:
      return "the provider is not configured";
    case routing::GrantStanding::kRefused:
      return "its lists do not allow the model";
    case routing::GrantStanding::kNotServed:
      return "nothing says that the provider has the model";
    case routing::GrantStanding::kFull:
      return "its limits are full";
  }
  std::unreachable();
}

RuleStep rule_step(const routing::TriedRule& tried) {
  return {.rule = {.id = tried.rule->id, .name = tried.rule->name},
          .round = tried.round + 1,
          .result = result_of(tried.result),
          .why = tried.failure,
          .provider = std::string(tried.provider),
          .model = std::string(tried.model),
          .key = {.id = std::string(tried.pin.id), .name = std::string(tried.pin.name)}};
}

// Where all weigh nothing, the first of them goes first.
void tell_chances(std::vector<GrantStep>& grants) {
  double sum = 0;
  for (const GrantStep& grant : grants) sum += grant.drawn ? grant.weight.value_or(0) : 0;
  const auto first = std::ranges::find(grants, true, &GrantStep::drawn);
  for (GrantStep& grant : grants) {
    if (grant.drawn && sum > 0) grant.chance = grant.weight.value_or(0) / sum;
  }
  if (sum <= 0 && first != grants.end()) first->chance = 1;
}

}  // namespace

void tell_plan(const exchange::CallTrail& trail, const exchange::CallPlan* plan, Explanation& out) {
  out.rules.reserve(trail.rules.tried.size());
  for (const routing::TriedRule& tried : trail.rules.tried) out.rules.push_back(rule_step(tried));
  out.more_rules = trail.rules.more;
  if (plan != nullptr && plan->rule != nullptr) {
    out.routed_by = Named{.id = plan->rule->id, .name = plan->rule->name};
  }
  out.grants.reserve(trail.plan.grants.size());
  for (const routing::ConsideredGrant& each : trail.plan.grants) {
    out.grants.push_back({.provider = each.grant->provider,
                          .weight = each.grant->weight,
                          .drawn = each.standing == routing::GrantStanding::kDrawn,
                          .why = why_not(each.standing)});
  }
  tell_chances(out.grants);
  out.left_out.reserve(trail.plan.left_out.size());
  for (const routing::PlanTrail::LeftOut& each : trail.plan.left_out) {
    out.left_out.push_back({.model = each.model,
                            .why = each.why ? each.why->message : "an earlier target is the same"});
  }
}

}  // namespace bifrost::explain
