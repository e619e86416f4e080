// POST /api/explain: what would happen to a request, and why; and that it does not happen.
#include "tests/integration/management_fixture.h"

#include <fmt/format.h>

namespace bifrost::test {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr std::string_view kExplain = "/api/explain";
constexpr std::string_view kVirtualKey =
    R"("virtual_keys": [{"id": "vk-1", "name": "alice", "value": "sk-bf-alice",
         "team_id": "t-1", "rate_limit_id": "r",
         "provider_configs": [
           {"provider": "openai", "weight": 3, "allowed_models": ["*"], "key_ids": ["*"]},
           {"provider": "anthropic", "weight": 1, "allowed_models": ["claude-x"],
            "key_ids": ["*"]}]}],
       "teams": [{"id": "t-1", "name": "red"}],
       "rate_limits": [{"id": "r", "token_max_limit": 1000, "token_reset_duration": "1d",
                        "request_max_limit": 2, "request_reset_duration": "1h"}])";

class ExplainTest : public ManagementTest {
 protected:
  void start_explained(std::string_view governance = kVirtualKey) {
    start({.providers = {{.keys = {"main", "spare"}, .network = R"("max_retries": 0)"},
                         {.name = "anthropic", .url = "${second_url}"}},
           .client = R"("enforce_auth_on_inference": true)",
           .governance = std::string(governance)});
  }
  // Of a chat with these headers.
  Response explain(std::string_view headers = R"("x-bf-vk": "sk-bf-alice")",
                   const WireSample& sample = unified()) {
    return call("POST", kExplain,
                fmt::format(R"({{"path": "{}", "headers": {{{}}}, "body": {}}})", sample.path,
                            headers, sample.request));
  }
  Response ask_as(std::string_view value) {
    return connect().request("POST", unified().path, {{"x-bf-vk", value}}, unified().request);
  }
};

TEST_F(ExplainTest, TellsTheWayOfARequest) {
  start_explained();
  const Response told = explain();
  ASSERT_EQ(told.status, 200) << told.body;
  EXPECT_EQ(part(told.body, {"outcome"}), R"("asks a model")");
  EXPECT_EQ(part(told.body, {"route", "operation"}), R"("chat_completion")");
  EXPECT_EQ(part(told.body, {"caller", "virtual_key"}), R"({"id":"vk-1","name":"alice"})");
  EXPECT_EQ(part(told.body, {"caller", "team", "name"}), R"("red")");
  EXPECT_THAT(part(told.body, {"targets"}),
              AllOf(HasSubstr(R"("provider":"openai")"), HasSubstr(R"("chance":0.5)"),
                    HasSubstr(R"("owner":"virtual key alice","unit":"tokens","window":"1d",)"
                              R"("amount":1000,"used":0)"),
                    HasSubstr(R"("cost":"price unknown")"), HasSubstr(R"("translated":false)")));
  EXPECT_THAT(told.body, Not(HasSubstr("sk-"))) << "no value of a key is told";
}

TEST_F(ExplainTest, HasNoEffect) {
  start_explained();
  for (int i = 0; i < 5; ++i) EXPECT_EQ(explain().status, 200);
  EXPECT_EQ(provider.request_count(), 0U);
  for (int i = 0; i < 2; ++i) {
    provider.push(unified().reply());
    EXPECT_EQ(ask_as("sk-bf-alice").status, 200) << "all of the limit is there";
  }
  EXPECT_TRUE(metric_reaches("bifrost_success_requests_total", 2));
}

TEST_F(ExplainTest, SaysWhatTheCallerWouldBeTold) {
  start_explained();
  for (int i = 0; i < 2; ++i) {
    provider.push(unified().reply());
    ask_as("sk-bf-alice");
  }
  const Response real = ask_as("sk-bf-alice");
  const Response told = explain();
  EXPECT_EQ(real.status, 429);
  EXPECT_EQ(part(told.body, {"outcome"}), R"("refused")");
  EXPECT_EQ(part(told.body, {"refused", "status"}), "429");
  EXPECT_EQ(part(told.body, {"refused", "type"}), R"("request_limited")");
  EXPECT_EQ(part(told.body, {"refused", "message"}), part(real.body, {"error", "message"}));
  EXPECT_THAT(part(told.body, {"targets"}), HasSubstr(R"("fits":false)"));
}

TEST_F(ExplainTest, SaysWhoIsNotKnown) {
  start_explained();
  const Response told = explain(R"("authorization": "Bearer sk-bf-nobody")", anthropic());
  EXPECT_EQ(part(told.body, {"refused", "status"}), "401");
  EXPECT_EQ(part(told.body, {"refused", "type"}), R"("access_not_found")");
  EXPECT_EQ(part(told.body, {"refused", "body", "type"}), R"("error")") << "in the caller's format";
  EXPECT_EQ(part(told.body, {"asked"}), "") << "it does not come to that";
}

TEST_F(ExplainTest, TellsTheDrawAndWhoIsOutOfIt) {
  start_explained();
  const Response told =
      call("POST", kExplain,
           R"({"path": "/v1/chat/completions", "headers": {"x-bf-vk": "sk-bf-alice"},
          "body": "{\"model\": \"gpt-4o\", \"messages\": [{\"role\": \"user\", \"content\": \"hi\"}]}"})");
  EXPECT_EQ(part(told.body, {"provider_configs"}),
            R"([{"provider":"openai","weight":3,"chance":1},)"
            R"({"provider":"anthropic","weight":1,"chance":0,)"
            R"("out":"its lists do not allow the model"}])");
  EXPECT_THAT(told.body, HasSubstr(R"("cost":0.0)"));
}

TEST_F(ExplainTest, TellsTheRulesAndTheTranslation) {
  start_explained(
      R"("virtual_keys": [{"id": "vk-1", "name": "alice", "value": "sk-bf-alice",
                           "allow_all_providers": true}],
         "routing_rules": [
           {"id": "a", "name": "first", "cel_expression": "headers['x-tier'] == 'gold'",
            "targets": [{"model": "x", "weight": 1}]},
           {"id": "b", "name": "second", "cel_expression": "model == 'gpt-test'",
            "targets": [{"provider": "anthropic", "model": "claude-test", "weight": 1}]}])");
  const Response told = explain();
  EXPECT_THAT(part(told.body, {"rules"}),
              AllOf(HasSubstr(R"("name":"first","round":1,"result":"error","why":)"),
                    HasSubstr(R"("name":"second","round":1,"result":"matched",)"
                              R"("provider":"anthropic","model":"claude-test")")));
  EXPECT_EQ(part(told.body, {"routed_by", "name"}), R"("second")");
  EXPECT_THAT(part(told.body, {"targets"}),
              HasSubstr(R"("dialect":"anthropic","translated":true,"sent_model":"claude-test")"));
}

TEST_F(ExplainTest, EstimatesByThePriceOfTheKeyThatIsAskedFirst) {
  start_explained(
      R"("virtual_keys": [{"id": "vk-1", "name": "alice", "value": "sk-bf-alice",
                           "allow_all_providers": true}],
         "pricing_overrides": [{"id": "p", "name": "own", "scope_kind": "provider_key",
            "provider_key_name": "main", "match_type": "exact", "pattern": "gpt-test",
            "request_types": ["chat_completion"],
            "pricing_patch":
              "{\"input_cost_per_token\": 0, \"output_cost_per_token\": 0.001}"}])");
  const auto cost_with = [&](std::string_view key) {
    const Response told =
        explain(fmt::format(R"("x-bf-vk": "sk-bf-alice", "x-bf-api-key": "{}")", key));
    const auto document = json::Document::parse(told.body);
    return document ? std::string(document->root()["targets"].at(0)["estimate"]["cost"].raw()) : "";
  };
  EXPECT_EQ(cost_with("main"), "0.512") << "512 tokens are expected";
  EXPECT_EQ(cost_with("spare"), R"("price unknown")");
}

TEST_F(ExplainTest, TellsOfWhatGoesToNoModel) {
  start_explained();
  const Response told =
      call("POST", kExplain,
           R"({"method": "GET", "path": "/v1/models", "headers": {"x-bf-vk": "sk-bf-alice"}})");
  EXPECT_EQ(part(told.body, {"outcome"}), R"("answered here")");
  const Response gone = call("POST", kExplain, R"({"path": "/v1/messages"})");
  EXPECT_EQ(part(gone.body, {"refused", "status"}), "404");
  EXPECT_THAT(gone.body, HasSubstr("did you mean POST /anthropic/v1/messages?"));
}

TEST_F(ExplainTest, RefusesWhatIsNoQuestion) {
  start_explained();
  const auto said = [&](std::string_view body) {
    const Response reply = call("POST", kExplain, body);
    EXPECT_EQ(reply.status, 400);
    return reply.body;
  };
  EXPECT_THAT(said("[]"), HasSubstr("the body must be a JSON object"));
  EXPECT_THAT(said(R"({"path": "v1"})"), HasSubstr("path: must be the path of the request"));
  EXPECT_THAT(said(R"({"path": "/", "header": {}})"), HasSubstr("header: is not known here"));
  EXPECT_THAT(said(R"({"path": "/", "headers": {"x": 1}})"),
              HasSubstr("headers.x: must be a text"));
  EXPECT_THAT(said(R"({"path": "/", "headers": {"a b": "x"}})"), HasSubstr("no header is called"));
}

}  // namespace
}  // namespace bifrost::test
