#include "routing/rules.h"

#include <gtest/gtest.h>

#include <cmath>
#include <map>
#include <utility>

namespace bifrost::routing {
namespace {

// Knows what is asked for, and who asks.
class Facts final : public RuleFacts {
 public:
  void set_asked(std::string_view provider, std::string_view model) override {
    provider_ = provider;
    model_ = model;
  }
  [[nodiscard]] std::optional<cel::Value> get(std::size_t variable) const override {
    switch (static_cast<RuleVariable>(variable)) {
      case RuleVariable::kModel:
        return cel::Value(model_);
      case RuleVariable::kProvider:
        return cel::Value(provider_);
      default:
        return std::nullopt;
    }
  }

 private:
  std::string_view provider_;
  std::string_view model_;
};

Rule rule(std::string name, std::string_view condition, std::vector<RuleTarget> targets,
          bool chain = false) {
  Rule out{
      .id = name + "-id", .name = std::move(name), .targets = std::move(targets), .chain = chain};
  if (condition.empty()) return out;
  auto program = cel::Program::compile(condition, rule_variables());
  EXPECT_TRUE(program.has_value()) << program.error().message;
  if (program) out.condition = *std::move(program);
  return out;
}

struct RoutingRules : testing::Test {
  // Which rule matched last, and what it has come to; "-" where none did.
  std::string routed(std::string_view model, std::string_view provider = {}, RuleOwners owners = {},
                     std::size_t depth_max = 10) {
    Facts facts;
    const auto found = rules.route(
        {.owners = owners, .provider = provider, .model = model, .depth_max = depth_max}, facts,
        random);
    return found ? found->rule->name + ": " + found->full_model() : "-";
  }
  void add(Rule one) { rules.add(RuleLevel::kGlobal, {}, std::move(one)); }

  RuleSet rules;
  Random random{7};
};

TEST_F(RoutingRules, SendTheFirstThatMatchesElsewhere) {
  EXPECT_TRUE(rules.empty());
  EXPECT_EQ(routed("a"), "-");
  add(rule("never", "model == 'x'", {{.model = "y"}}));
  add(rule("first", "model == 'a'", {{.provider = "openai", .model = "b"}}));
  add(rule("second", "model == 'a'", {{.model = "c"}}));
  EXPECT_FALSE(rules.empty());
  EXPECT_EQ(routed("a"), "first: openai/b");
  EXPECT_EQ(routed("a", "gemini"), "first: openai/b");
  EXPECT_EQ(routed("z"), "-");
}

TEST_F(RoutingRules, KeepWhatATargetLeavesOut) {
  add(rule("provider", "model == 'a'", {{.provider = "openai"}}));
  add(rule("model", "model == 'b'", {{.model = "c"}}));
  EXPECT_EQ(routed("a", "gemini"), "provider: openai/a");
  EXPECT_EQ(routed("b", "gemini"), "model: gemini/c");
  EXPECT_EQ(routed("b"), "model: c");
}

TEST_F(RoutingRules, LookAtTheKeysOwnFirstAndAtTheGlobalOnesLast) {
  add(rule("global", "", {{.model = "g"}}));
  rules.add(RuleLevel::kCustomer, "acme", rule("customer", "", {{.model = "c"}}));
  rules.add(RuleLevel::kTeam, "red", rule("team", "", {{.model = "t"}}));
  rules.add(RuleLevel::kVirtualKey, "vk", rule("key", "", {{.model = "k"}}));
  const RuleOwners all{.virtual_key = "vk", .team = "red", .customer = "acme"};
  EXPECT_EQ(routed("a", "", all), "key: k");
  EXPECT_EQ(routed("a", "", {.virtual_key = "other", .team = "red", .customer = "acme"}),
            "team: t");
  EXPECT_EQ(routed("a", "", {.customer = "acme"}), "customer: c");
  EXPECT_EQ(routed("a", "", {.team = "acme"}), "global: g");
  EXPECT_EQ(routed("a"), "global: g");
}

TEST_F(RoutingRules, LookAgainAfterALinkOfAChain) {
  add(rule("one", "model == 'a'", {{.model = "b"}}, true));
  add(rule("two", "model == 'b'", {{.provider = "openai", .model = "c"}}, true));
  add(rule("three", "provider == 'openai' && model == 'c'", {{.model = "d"}}));
  add(rule("four", "model == 'd'", {{.model = "e"}}));
  EXPECT_EQ(routed("a"), "three: openai/d");
  EXPECT_EQ(routed("d"), "four: e");
}

TEST_F(RoutingRules, EndAChainThatChangesNothing) {
  add(rule("same", "", {{.provider = "openai"}}, true));
  EXPECT_EQ(routed("a"), "same: openai/a");
}

TEST_F(RoutingRules, EndAChainAtItsGreatestLength) {
  add(rule("there", "model == 'a'", {{.model = "b"}}, true));
  add(rule("back", "model == 'b'", {{.model = "a"}}, true));
  EXPECT_EQ(routed("a", "", {}, 1), "there: b");
  EXPECT_EQ(routed("a", "", {}, 2), "back: a");
  EXPECT_EQ(routed("a", "", {}, 7), "there: b");
}

TEST_F(RoutingRules, TakeTheKeyOfTheLastTarget) {
  add(rule("one", "model == 'a'", {{.provider = "openai", .model = "b", .key = {.name = "k"}}},
           true));
  add(rule("two", "model == 'b' && provider == 'gemini'", {{.provider = "openai"}}));
  Facts facts;
  const auto found = rules.route({.model = "a", .depth_max = 10}, facts, random);
  ASSERT_TRUE(found);
  EXPECT_EQ(found->pin.name, "k");
  add(rule("three", "model == 'b'", {{.model = "c"}}));
  EXPECT_FALSE(rules.route({.model = "a", .depth_max = 10}, facts, random)->pin.any());
}

TEST_F(RoutingRules, DoNotMatchWhereTheConditionFails) {
  add(rule("unknown", "complexity_tier != 'SIMPLE'", {{.model = "b"}}));
  add(rule("types", "model > 1", {{.model = "b"}}));
  add(rule("text", "model", {{.model = "b"}}));
  EXPECT_EQ(routed("a"), "-");
}

TEST_F(RoutingRules, ShareRequestsByWeight) {
  add(rule("split", "", {{.model = "b", .weight = 0.7}, {.model = "c", .weight = 0.3}}));
  std::map<std::string, int> counts;
  constexpr int kRequests = 20'000;
  for (int i = 0; i < kRequests; ++i) ++counts[routed("a")];
  EXPECT_EQ(counts.size(), 2U);
  // Five standard deviations.
  const double deviation = 5 * std::sqrt(kRequests * 0.7 * 0.3);
  EXPECT_NEAR(counts["split: b"], kRequests * 0.7, deviation);
}

TEST_F(RoutingRules, AreLookedAtForSoManySteps) {
  // Each looks at a million pairs, so that it ends at the bound of one.
  std::string list = "[0";
  for (int i = 1; i < 100; ++i) list += "," + std::to_string(i);
  list += "]";
  const std::string dear =
      list + ".exists(x, " + list + ".exists(y, " + list + ".exists(z, false)))";
  const std::size_t enough = RuleSet::kStepsMax / cel::Evaluation::kStepsMax;
  for (std::size_t i = 0; i < enough - 1; ++i) add(rule("dear", dear, {{.model = "b"}}));
  add(rule("cheap", "model == 'a'", {{.model = "c"}}));
  EXPECT_EQ(routed("a"), "cheap: c");
  RuleSet more;
  for (std::size_t i = 0; i < enough; ++i) {
    more.add(RuleLevel::kGlobal, {}, rule("dear", dear, {{.model = "b"}}));
  }
  more.add(RuleLevel::kGlobal, {}, rule("cheap", "model == 'a'", {{.model = "c"}}));
  rules = std::move(more);
  EXPECT_EQ(routed("a"), "-");
}

TEST_F(RoutingRules, TellWhatWasLookedAt) {
  add(rule("no", "model == 'z'", {{.model = "x"}}));
  add(rule("fails", "headers['x'] == 'y'", {{.model = "x"}}));
  add(rule("yes", "model == 'a'", {{.provider = "openai", .model = "b"}}, true));
  Facts facts;
  RuleTrail trail;
  ASSERT_TRUE(rules.route({.model = "a", .depth_max = 10}, facts, random, &trail));
  std::string told;
  for (const TriedRule& one : trail.tried) {
    told += std::to_string(one.round) + " " + one.rule->name + " " +
            (one.result == RuleResult::kMatches   ? "to " + std::string(one.model)
             : one.result == RuleResult::kDoesNot ? "does not"
                                                  : "fails") +
            "\n";
  }
  EXPECT_EQ(told,
            "0 no does not\n0 fails fails\n0 yes to b\n"
            "1 no does not\n1 fails fails\n1 yes does not\n");
  EXPECT_FALSE(trail.tried[1].failure.empty());
  EXPECT_FALSE(trail.more);
}

TEST(RuleTrails, AreBounded) {
  RuleTrail trail;
  for (std::size_t i = 0; i <= RuleTrail::kTriedMax; ++i) trail.add({.round = i});
  EXPECT_EQ(trail.tried.size(), RuleTrail::kTriedMax);
  EXPECT_TRUE(trail.more);
}

}  // namespace
}  // namespace bifrost::routing
