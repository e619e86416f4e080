#include "governance/build_routing.h"

#include "base/strings.h"
#include "base/try.h"
#include "cel/arithmetic.h"

#include <algorithm>
#include <utility>

namespace bifrost::governance {
namespace {

// A request that has all there is but headers and parameters.
class SampleFacts final : public routing::RuleFacts {
 public:
  void set_asked(std::string_view /*provider*/, std::string_view /*model*/) override {}
  [[nodiscard]] std::optional<cel::Value> get(std::size_t variable) const override {
    switch (static_cast<routing::RuleVariable>(variable)) {
      case routing::RuleVariable::kHeaders:
      case routing::RuleVariable::kParams:
        return cel::Value(nothing_);
      case routing::RuleVariable::kBudgetUsed:
      case routing::RuleVariable::kTokensUsed:
      case routing::RuleVariable::kRequestsUsed:
        return cel::Value(50.0);
      default:
        return cel::Value(std::string_view("sample"));
    }
  }

 private:
  class Nothing final : public cel::Map {
   public:
    [[nodiscard]] std::optional<cel::Value> find(const cel::Value& /*key*/) const override {
      return std::nullopt;
    }
    [[nodiscard]] std::size_t size() const override { return 0; }
    [[nodiscard]] std::pair<cel::Value, cel::Value> at(std::size_t /*index*/) const override {
      return {};
    }
  };
  Nothing nothing_;
};

// Absent: every request matches. Types are looked at when a condition runs, so it is run once: one
// that compares a text with a number would else be silent for ever.
Result<std::optional<cel::Program>> condition_of(const RoutingRuleSettings& rule) {
  if (trim(rule.cel_expression).empty()) return std::optional<cel::Program>();
  BF_TRY(cel::Program program,
         cel::Program::compile(rule.cel_expression, routing::rule_variables()));
  const SampleFacts sample;
  cel::Evaluation evaluation(program, sample);
  const cel::Outcome outcome = evaluation.run();
  if (!outcome && outcome.error().reason == cel::kNoOverload) {
    return client_error(ErrorCode::kInvalidRequest, describe(program, outcome.error()));
  }
  if (!program.is_condition() || (outcome && outcome->type() != cel::Type::kBool)) {
    return client_error(ErrorCode::kInvalidRequest,
                        "line 1, column 1: it gives no bool; compare with something");
  }
  return std::optional(std::move(program));
}

routing::Rule rule_of(const RoutingRuleSettings& settings) {
  routing::Rule rule{.id = settings.id, .name = settings.name, .chain = settings.chain_rule};
  rule.targets.reserve(settings.targets.size());
  for (const RuleTargetSettings& target : settings.targets) {
    rule.targets.push_back({.provider = target.provider,
                            .model = target.model,
                            .key = {.id = target.key_id, .name = target.provider_key_name},
                            .weight = target.weight});
  }
  rule.fallbacks.reserve(settings.fallbacks.size());
  for (const RuleFallbackSettings& fallback : settings.fallbacks) {
    rule.fallbacks.push_back({.provider = fallback.provider,
                              .model = fallback.model,
                              .key = {.id = fallback.key_id, .name = fallback.provider_key_name}});
  }
  return rule;
}

routing::RuleLevel level_of(RuleScope scope) {
  switch (scope) {
    case RuleScope::kVirtualKey:
      return routing::RuleLevel::kVirtualKey;
    case RuleScope::kTeam:
      return routing::RuleLevel::kTeam;
    case RuleScope::kCustomer:
      return routing::RuleLevel::kCustomer;
    case RuleScope::kGlobal:
      break;
  }
  return routing::RuleLevel::kGlobal;
}

}  // namespace

std::optional<std::string> fault_of(const RoutingRuleSettings& rule) {
  auto condition = condition_of(rule);
  if (condition) return std::nullopt;
  return std::move(condition).error().message;
}

routing::RuleSet build_routing(const GovernanceSettings& settings,
                               std::vector<std::string>& warnings) {
  std::vector<const RoutingRuleSettings*> in_order;
  in_order.reserve(settings.routing_rules.size());
  for (const RoutingRuleSettings& rule : settings.routing_rules) in_order.push_back(&rule);
  // Those of one priority as they stand in their list.
  std::ranges::sort(in_order, {}, [](const auto* rule) { return std::pair(rule->priority, rule); });

  routing::RuleSet out;
  for (const RoutingRuleSettings* settings_of_rule : in_order) {
    if (!settings_of_rule->enabled) continue;
    auto condition = condition_of(*settings_of_rule);
    if (!condition) {
      warnings.push_back("governance.routing_rules: the rule " + quoted(settings_of_rule->name) +
                         " is left out; its cel_expression is wrong at " +
                         condition.error().message);
      continue;
    }
    routing::Rule rule = rule_of(*settings_of_rule);
    rule.condition = *std::move(condition);
    out.add(level_of(settings_of_rule->scope), settings_of_rule->scope_id, std::move(rule));
  }
  return out;
}

}  // namespace bifrost::governance
