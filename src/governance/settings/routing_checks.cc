// What the settings of a routing rule say about one another.
#include "base/limits.h"
#include "config/check_scope.h"
#include "governance/settings/routing_settings.h"

#include <fmt/format.h>

#include <cmath>
#include <string>

namespace bifrost::governance {
namespace {

constexpr double kWeightsDifferBy = 0.001;  // from 1: thirds are written with some digits

template <class Entry>
void check_pin(const Entry& entry, config::CheckScope& scope) {
  if (entry.key_id.empty() && entry.provider_key_name.empty()) return;
  if (!entry.key_id.empty() && !entry.provider_key_name.empty()) {
    scope.problem("key_id", "cannot go together with provider_key_name: name the key once");
  }
  if (entry.provider.empty()) {
    scope.problem("provider", "required with a key: the provider that it belongs to");
  }
}

}  // namespace

void RuleTargetSettings::check(config::CheckScope& scope) const {
  check_pin(*this, scope);
  if (weight <= 0) scope.problem("weight", "must be more than 0; leave out what gets no requests");
}

void RuleFallbackSettings::check(config::CheckScope& scope) const {
  check_pin(*this, scope);
  if (provider.empty() && model.empty()) {
    scope.problem("provider", R"(required: "provider/model", or "provider/" for the same model)");
  }
}

void RoutingRuleSettings::check(config::CheckScope& problems) const {
  double weights = 0;
  for (const RuleTargetSettings& target : targets) weights += target.weight;
  if (targets.empty()) {
    problems.problem("targets", R"(required: at least one, such as {"model": "...", "weight": 1})");
  } else if (std::abs(weights - 1) > kWeightsDifferBy) {
    problems.problem("targets", fmt::format("the weights add up to {:g}, and not to 1", weights));
  }
  if (targets.size() > limits::kRuleTargetsMax) {
    problems.problem("targets", fmt::format("at most {}", limits::kRuleTargetsMax));
  }
  if (fallbacks.size() > limits::kFallbacksMax) {
    problems.problem("fallbacks", fmt::format("at most {}", limits::kFallbacksMax));
  }
  if (scope != RuleScope::kGlobal && scope_id.empty()) {
    problems.problem("scope_id", fmt::format(R"(required with scope "{0}": the id of the {0})",
                                             config::enum_text(scope)));
  } else if (scope == RuleScope::kGlobal && !scope_id.empty()) {
    problems.problem("scope_id", R"(only with another scope than "global")");
  }
}

}  // namespace bifrost::governance
