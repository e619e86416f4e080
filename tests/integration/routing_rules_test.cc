// Routing rules: requests that go elsewhere than they ask for.
#include "tests/integration/gateway_fixture.h"

#include <fmt/format.h>

namespace bifrost::test {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

class RoutingRulesTest : public GatewayTest {
 protected:
  // Two providers, and a rule with these members.
  void start_rule(std::string_view members) { start_rules(rule("r", members)); }
  void start_rules(std::string_view rules, std::string_view more = {}) {
    start({.providers = {{.keys = {"main", "spare"}, .network = R"("max_retries": 0)"},
                         {.name = "anthropic",
                          .url = "${second_url}",
                          .network = R"("max_retries": 0)"}},
           .server = R"("access_log_share": 1)",
           .governance =
               fmt::format(R"("routing_rules": [{}]{}{})", rules, more.empty() ? "" : ", ", more)});
  }
  static std::string rule(std::string_view name, std::string_view members) {
    return fmt::format(R"({{"id": "{0}-id", "name": "{0}", {1}}})", name, members);
  }
  // To `model` at the second provider.
  static std::string to_second(std::string_view condition, std::string_view more = {}) {
    return fmt::format(R"("cel_expression": "{}", "targets": [{{"provider": "anthropic",
                           "model": "claude-test", "weight": 1}}]{})",
                       condition, more);
  }
  Response ask_with(std::string_view name, std::string_view value) {
    return connect().request("POST", unified().path, {{name, value}}, unified().request);
  }
};

TEST_F(RoutingRulesTest, SendWhatMatchesToAnotherProvider) {
  start_rule(to_second("model == 'gpt-test' && provider == 'openai'"));
  second.push(anthropic().reply());
  const Response reply = ask();
  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(reply.headers.get("x-bifrost-provider"), "anthropic");
  EXPECT_EQ(reply.headers.get("x-bifrost-original-model"), "openai/gpt-test");
  EXPECT_EQ(reply.headers.get("x-bifrost-resolved-model"), "claude-test");
  EXPECT_THAT(reply.body,
              HasSubstr(R"("routing_metadata":{"routing_engines_used":["routing-rule"],)"
                        R"("routing_rule_id":"r-id","routing_rule_name":"r"})"));
  EXPECT_EQ(provider.request_count(), 0U);
  ASSERT_TRUE(gateway->wait_for_log("access: request"));
  EXPECT_THAT(gateway->log(), HasSubstr("rule=r "));
}

TEST_F(RoutingRulesTest, LeaveEverythingElseAsItIs) {
  start_rule(to_second("model == 'other'"));
  provider.push(unified().reply());
  const Response reply = ask();
  EXPECT_EQ(reply.headers.get("x-bifrost-provider"), "openai");
  EXPECT_THAT(reply.body, Not(HasSubstr("routing_metadata")));
}

TEST_F(RoutingRulesTest, LookAtHeadersWithoutCaseAndAtParameters) {
  start_rule(to_second(R"(headers['X-Tier'] == 'gold' || params['tier'] == 'a b')"));
  provider.push(unified().reply());
  EXPECT_EQ(ask().headers.get("x-bifrost-provider"), "openai") << "neither is there";
  second.push(anthropic().reply());
  EXPECT_EQ(ask_with("x-tIER", "gold").headers.get("x-bifrost-provider"), "anthropic");
  second.push(anthropic().reply());
  EXPECT_EQ(
      post(unified().path + "?tier=a%20b", unified().request).headers.get("x-bifrost-provider"),
      "anthropic");
}

TEST_F(RoutingRulesTest, LookAtTheKindOfRequest) {
  start_rule(to_second("request_type == 'chat_completion'"));
  second.push(anthropic().stream());
  EXPECT_EQ(ask_stream().headers.get("x-bifrost-provider"), "anthropic");
  second.push(anthropic().reply());
  EXPECT_EQ(ask(openai()).headers.get("x-bifrost-provider"), "anthropic") << "on any route";
}

TEST_F(RoutingRulesTest, HaveFallbacksInPlaceOfTheRequestsOwn) {
  start_rule(R"("targets": [{"model": "first", "weight": 1}],
                "fallbacks": ["anthropic/", {"provider": "openai", "model": "third"}])");
  provider.push(Script::json(500, openai_error("no")));
  second.push(Script::json(500, openai_error("no")));
  provider.push(unified().reply());
  const Response reply = post(unified().path, unified_request(R"("fallbacks": ["openai/own"])"));
  EXPECT_EQ(reply.headers.get("x-bifrost-fallback-index"), "2");
  EXPECT_EQ(json_text(provider.requests().front().body, "model"), "first");
  EXPECT_EQ(json_text(second.requests().front().body, "model"), "first");
  EXPECT_EQ(json_text(provider.requests().back().body, "model"), "third");
}

TEST_F(RoutingRulesTest, LeaveTheRequestItsFallbacksWhereTheyHaveNone) {
  start_rule(R"("targets": [{"model": "first", "weight": 1}])");
  provider.push(Script::json(500, openai_error("no")));
  second.push(anthropic().reply());
  const Response reply = post(unified().path, unified_request(kFallback));
  EXPECT_EQ(reply.headers.get("x-bifrost-provider"), "anthropic");
}

TEST_F(RoutingRulesTest, PinTheKeyOfATargetAndOfAFallback) {
  start_rule(R"("targets": [{"provider": "openai", "provider_key_name": "spare", "weight": 1}],
                "fallbacks": [{"provider": "openai", "model": "x", "key_id": "no-such"},
                              {"provider": "openai", "model": "y", "provider_key_name": "main"}])");
  provider.push(Script::json(401, openai_error("no")));
  provider.push(unified().reply());
  const Response reply = ask_with("x-bf-api-key", "main");
  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(reply.headers.get("x-bifrost-fallback-index"), "2") << "the first has no such key";
  ASSERT_EQ(provider.request_count(), 2U);
  EXPECT_EQ(provider.requests().front().headers.get("authorization"), "Bearer sk-spare");
  EXPECT_EQ(provider.requests().back().headers.get("authorization"), "Bearer sk-main");
}

constexpr std::string_view kKeys =
    R"("virtual_keys": [
         {"id": "vk", "name": "alice", "value": "sk-bf-alice", "team_id": "red",
          "provider_configs": [
            {"provider": "openai", "allowed_models": ["*"], "key_ids": ["*"], "weight": 1},
            {"provider": "anthropic", "allowed_models": ["regex:CLAUDE-.*"], "key_ids": ["*"],
             "blacklisted_models": ["regex:.*-secret"]}]}],
       "teams": [{"id": "red", "name": "Red"}])";

TEST_F(RoutingRulesTest, LookAtTheKeyAndItsTeamAndLeaveItsAccessAsItIs) {
  start_rules(rule("team", R"("scope": "team", "scope_id": "red", "targets": [
                               {"provider": "anthropic", "model": "claude-test", "weight": 1}])") +
                  "," + rule("key", R"("scope": "virtual_key", "scope_id": "vk",
                                 "cel_expression": "model == 'secret' && team_name == 'Red'",
                                 "targets": [{"provider": "anthropic", "model": "claude-secret",
                                              "weight": 1}])"),
              kKeys);
  provider.push(unified().reply());
  EXPECT_EQ(ask().headers.get("x-bifrost-provider"), "openai") << "no rule is for nobody";
  second.push(anthropic().reply());
  EXPECT_EQ(ask_with("x-bf-vk", "sk-bf-alice").headers.get("x-bifrost-provider"), "anthropic");
  const Response denied = connect().request("POST", unified().path, {{"x-bf-vk", "sk-bf-alice"}},
                                            R"({"model": "secret", "messages": []})");
  EXPECT_EQ(denied.status, 403);
  EXPECT_THAT(denied.body, HasSubstr("claude-secret"));
}

TEST_F(RoutingRulesTest, GoBeforeTheWeightsOfAKey) {
  start_rules(rule("r", to_second("model == 'gpt-4o'")), kKeys);
  second.push(anthropic().reply());
  const Response reply =
      connect().request("POST", unified().path, {{"x-bf-vk", "sk-bf-alice"}},
                        R"({"model": "gpt-4o", "messages": [{"role": "user", "content": "Hi"}]})");
  EXPECT_EQ(reply.headers.get("x-bifrost-provider"), "anthropic");
}

TEST_F(RoutingRulesTest, LookAtWhatIsUsedOfLimits) {
  start_rules(rule("r", to_second("request >= 50.0 && budget_used == 0.0")),
              R"("model_configs": [{"id": "m", "model_name": "gpt-test", "rate_limit_id": "two"}],
                 "rate_limits": [{"id": "two", "request_max_limit": 2,
                                  "request_reset_duration": "1d"}])");
  provider.push(unified().reply());
  EXPECT_EQ(ask().headers.get("x-bifrost-provider"), "openai");
  second.push(anthropic().reply());
  EXPECT_EQ(ask().headers.get("x-bifrost-provider"), "anthropic") << "half is used";
}

TEST_F(RoutingRulesTest, FollowOneAnotherInAChain) {
  start_rules(rule("alias", R"("cel_expression": "model == 'gpt-test'", "chain_rule": true,
                               "targets": [{"model": "smart", "weight": 1}])") +
              "," + rule("smart", to_second("model == 'smart'")));
  second.push(anthropic().reply());
  const Response reply = ask();
  EXPECT_EQ(reply.headers.get("x-bifrost-resolved-model"), "claude-test");
  EXPECT_THAT(reply.body, HasSubstr(R"("routing_rule_name":"smart")"));
}

TEST_F(RoutingRulesTest, AreLeftOutWithAWarningWhereTheirConditionIsWrong) {
  start_rules(rule("typo", to_second("modle == 'gpt-test'")) + "," +
              rule("type", to_second("model > 4")) + "," +
              rule("off", to_second("true", R"(, "enabled": false)")));
  EXPECT_THAT(gateway->log(),
              AllOf(HasSubstr(R"(the rule "typo" is left out)"),
                    HasSubstr(R"(line 1, column 1: there is no "modle"; did you mean "model"?)"),
                    HasSubstr(R"(the rule "type" is left out)")));
  provider.push(unified().reply());
  EXPECT_EQ(ask().headers.get("x-bifrost-provider"), "openai");
}

TEST_F(RoutingRulesTest, LookAtNoNameThatIsNone) {
  start_rule(to_second("true"));
  EXPECT_EQ(post(unified().path, R"({"model": "../x", "messages": []})").status, 400);
  EXPECT_EQ(second.request_count(), 0U);
}

}  // namespace
}  // namespace bifrost::test
