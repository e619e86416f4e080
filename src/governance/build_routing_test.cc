#include "governance/build_routing.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <utility>

namespace bifrost::governance {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

RoutingRuleSettings rule(std::string name, std::string condition, std::int64_t priority = 0) {
  RoutingRuleSettings out;
  out.id = name;
  out.name = std::move(name);
  out.cel_expression = std::move(condition);
  out.priority = priority;
  out.targets.push_back({.model = out.name, .weight = 1});
  return out;
}

// Knows nothing.
class NoFacts final : public routing::RuleFacts {
 public:
  void set_asked(std::string_view /*provider*/, std::string_view /*model*/) override {}
  [[nodiscard]] std::optional<cel::Value> get(std::size_t /*variable*/) const override {
    return std::nullopt;
  }
};

struct BuildRouting : testing::Test {
  // Of a request that everybody's rules look at.
  std::string matched() {
    const routing::RuleSet rules = build_routing(settings, warnings);
    NoFacts facts;
    const auto routed = rules.route({.model = "m"}, facts, random);
    return routed ? routed->rule->name : "-";
  }
  GovernanceSettings settings;
  std::vector<std::string> warnings;
  Random random{1};
};

TEST_F(BuildRouting, PutsTheLowerPriorityFirst) {
  settings.routing_rules = {rule("b", "", 5), rule("a", "", -1), rule("c", "", -1)};
  EXPECT_EQ(matched(), "a");
  settings.routing_rules.edit(1).enabled = false;
  EXPECT_EQ(matched(), "c");
  EXPECT_THAT(warnings, IsEmpty());
}

TEST_F(BuildRouting, TakesAnEmptyConditionForAnyRequest) {
  settings.routing_rules = {rule("a", " \n")};
  EXPECT_EQ(matched(), "a");
}

TEST_F(BuildRouting, LeavesOutWhatIsWrongAndSaysWhere) {
  settings.routing_rules = {rule("a", "model =="), rule("b", "")};
  EXPECT_EQ(matched(), "b");
  EXPECT_THAT(warnings,
              ElementsAre("governance.routing_rules: the rule \"a\" is left out; its "
                          "cel_expression is wrong at line 1, column 9: the expression ends where "
                          "a value was expected"));
}

TEST_F(BuildRouting, FindsWhatCanNeverHold) {
  EXPECT_EQ(fault_of(rule("a", "model == 'x' || budget_used > 80")), std::nullopt);
  EXPECT_EQ(fault_of(rule("a", "headers['x'] == 'y'")), std::nullopt);
  EXPECT_EQ(fault_of(rule("a", "complexity_tier == 'SIMPLE'")), std::nullopt);
  EXPECT_EQ(fault_of(rule("a", "model > 4")),
            "line 1, column 7: this cannot be done with values of these types");
  EXPECT_EQ(fault_of(rule("a", "headers == 'x' ? model : 'y'")),
            "line 1, column 1: it gives no bool; compare with something");
  EXPECT_EQ(fault_of(rule("a", "'gpt-' + model")),
            "line 1, column 1: it gives no bool; compare with something");
}

}  // namespace
}  // namespace bifrost::governance
