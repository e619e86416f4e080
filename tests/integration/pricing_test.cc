// Prices of one's own: in the answer, on budgets and in the sums of usage alike.
#include "tests/integration/gateway_fixture.h"
#include "tests/support/temporary_directory.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <string>
#include <thread>
#include <utility>

namespace bifrost::test {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

// 600 tokens of input, 400 from the cache, 100 of output.
constexpr std::string_view kAnswer =
    R"({"id":"c","object":"chat.completion","created":1,"model":"gpt-4o","choices":[{"index":0,)"
    R"("message":{"role":"assistant","content":"x"},"finish_reason":"stop"}],"usage":{)"
    R"("prompt_tokens":1000,"completion_tokens":100,"total_tokens":1100,)"
    R"("prompt_tokens_details":{"cached_tokens":400}}})";

struct Override {
  std::string_view id;
  std::string_view scope;    // members
  std::string_view pattern;  // ends with a star: its beginning
  std::string_view patch;    // members
};

std::string text_of(const Override& each) {
  std::string patch = fmt::format("{{{}}}", each.patch);
  for (std::size_t at = 0; (at = patch.find('"', at)) != std::string::npos; at += 2) {
    patch.insert(at, 1, '\\');
  }
  std::ranges::replace(patch, '\n', ' ');
  return fmt::format(
      R"({{"id": "{0}", "name": "{0}", {1}, "match_type": "{2}", "pattern": "{3}",
          "request_types": ["chat_completion"], "pricing_patch": "{4}"}})",
      each.id, each.scope, each.pattern.ends_with('*') ? "wildcard" : "exact", each.pattern, patch);
}

class PricingTest : public GatewayTest {
 protected:
  void SetUp() override {
    provider.handle(
        [](const ReceivedRequest& /*request*/) { return Script::json(200, std::string(kAnswer)); });
  }
  void start_priced(std::initializer_list<Override> overrides, std::string_view client = {}) {
    std::string list;
    for (const Override& each : overrides) list += (list.empty() ? "" : ", ") + text_of(each);
    ConfigText config{.client = fmt::format(R"("enforce_auth_on_inference": true{})", client),
                      .governance = fmt::format(
                          R"("virtual_keys": [
                 {{"id": "vk-a", "name": "alice", "value": "sk-bf-a", "allow_all_providers": true,
                   "budgets": [{{"max_limit": 1, "reset_duration": "1d"}}]}},
                 {{"id": "vk-b", "name": "bob", "value": "sk-bf-b", "allow_all_providers": true}}],
               "pricing_overrides": [{}])",
                          list)};
    config.sections = fmt::format(
        R"("config_store": {{"enabled": true, "type": "sqlite", "config": {{"path": "{}"}}}},
           "ledger": {{"write_interval_in_seconds": "10ms"}})",
        (folder_.path() / "config.db").string());
    start(config);
  }
  Response chat(std::string_view key, std::string_view model = "gpt-4o") const {
    return connect().request(
        "POST", "/v1/chat/completions", {{"x-bf-vk", key}},
        fmt::format(
            R"({{"model": "openai/{}", "messages": [{{"role": "user", "content": "hi"}}]}})",
            model));
  }
  std::string cost(std::string_view key, std::string_view model = "gpt-4o") const {
    const Response answer = chat(key, model);
    EXPECT_EQ(answer.status, 200) << answer.body;
    return std::string(answer.headers.get("x-bifrost-cost"));
  }
  // The sums of usage come to have this text.
  void usage_comes_to(std::string_view query, std::string_view wanted) const {
    const Deadline deadline = after(kPatience);
    std::string seen;
    while (!seen.contains(wanted) && std::chrono::steady_clock::now() < deadline) {
      seen = connect().request("GET", fmt::format("/api/usage?{}", query), {}, {}).body;
      std::this_thread::yield();
    }
    EXPECT_THAT(seen, HasSubstr(std::string(wanted)));
  }

  TemporaryDirectory folder_;
};

// The sheet: 600 x 2.50 + 400 x 1.25 + 100 x 10 = 3,000 millionths of a dollar.
TEST_F(PricingTest, HoldInAnswersMetricsBudgetsAndSums) {
  start_priced({{.id = "all",
                 .scope = R"("scope_kind": "global")",
                 .pattern = "gpt-4*",
                 .patch = R"("input_cost_per_token": 1e-06)"},
                {.id = "alice",
                 .scope = R"("scope_kind": "virtual_key", "virtual_key_id": "vk-a")",
                 .pattern = "gpt-*",
                 .patch = R"("input_cost_per_token": 5e-06, "cache_read_input_token_cost": 1e-07,
                             "output_cost_per_token": 2e-05)"}});
  EXPECT_EQ(cost("sk-bf-b"), "0.0021");   // 600 x 1 + 400 x 1.25 + 100 x 10
  EXPECT_EQ(cost("sk-bf-a"), "0.00504");  // 600 x 5 + 400 x 0.10 + 100 x 20
  usage_comes_to("virtual_key=vk-a", R"("nano_dollars":5040000)");
  usage_comes_to("virtual_key=vk-b", R"("nano_dollars":2100000)");
  const Response quota =
      connect().request("GET", "/api/governance/virtual-keys/quota", {{"x-bf-vk", "sk-bf-a"}}, {});
  EXPECT_THAT(quota.body, HasSubstr(R"("current_usage":0.00504)"));
  EXPECT_NEAR(gateway->metrics().sum("bifrost_cost_total", {}), 0.00714, 1e-12);
}

TEST_F(PricingTest, OfAProvidersKeyHoldOnceItIsChosen) {
  start_priced({{.id = "key",
                 .scope = R"("scope_kind": "provider_key", "provider_key_name": "main")",
                 .pattern = "*",
                 .patch = R"("input_cost_per_token": 0, "output_cost_per_token": 1e-06,
                             "cache_read_input_token_cost": 0)"},
                {.id = "other",
                 .scope = R"("scope_kind": "provider_key", "provider_key_name": "nobody")",
                 .pattern = "gpt-4o",
                 .patch = R"("input_cost_per_token": 0.01)"}});
  EXPECT_EQ(cost("sk-bf-b"), "0.0001");
}

TEST_F(PricingTest, GiveAModelAPriceThatTheSheetDoesNotKnow) {
  start_priced({{.id = "one",
                 .scope = R"("scope_kind": "provider", "provider_id": "openai")",
                 .pattern = "mine",
                 .patch = R"("input_cost_per_token": 1e-06, "output_cost_per_token": 1e-05)"},
                {.id = "half",
                 .scope = R"("scope_kind": "provider", "provider_id": "openai")",
                 .pattern = "yours",
                 .patch = R"("input_cost_per_token": 1e-06)"}},
               R"(, "unknown_price": "refuse")");
  EXPECT_EQ(cost("sk-bf-a", "mine"), "0.002");
  EXPECT_EQ(cost("sk-bf-b", "yours"), "") << "without a budget an unknown price is served";
  usage_comes_to("model=yours", R"("unpriced":1)");
  const Response refused = chat("sk-bf-a", "yours");
  EXPECT_EQ(refused.status, 403);
  EXPECT_THAT(refused.body, HasSubstr("price_unknown"));
  EXPECT_THAT(refused.body, HasSubstr("governance.pricing_overrides"));
}

TEST_F(PricingTest, AnUnknownPriceIsServedUnlessItIsRefused) {
  start_priced({});
  EXPECT_EQ(cost("sk-bf-a", "yours"), "");
  EXPECT_TRUE(metric_reaches("bifrost_unpriced_requests_total", 1));
}

TEST_F(PricingTest, CanBeChangedWhileTheGatewayRuns) {
  start_priced({});
  constexpr std::string_view kPath = "/api/governance/pricing-overrides";
  const auto call = [&](std::string_view method, std::string_view path, std::string_view body) {
    http::Headers headers;
    if (!body.empty()) headers.add("content-type", "application/json");
    return connect().request(method, path, std::move(headers), body);
  };
  EXPECT_EQ(cost("sk-bf-a"), "0.003");
  const Response made = call("POST", kPath, R"({"name": "mine", "scope_kind": "virtual_key",
      "virtual_key_id": "vk-a", "match_type": "wildcard", "pattern": "gpt*",
      "request_types": ["chat_completion"], "patch": {"input_cost_per_token": 1e-06}})");
  ASSERT_EQ(made.status, 200) << made.body;
  EXPECT_THAT(made.body, HasSubstr(R"("message":"Pricing override created")"));
  EXPECT_THAT(made.body, HasSubstr(R"("pricing_patch":"{\"input_cost_per_token\": 1e-06}")"));
  EXPECT_EQ(cost("sk-bf-a"), "0.0021");
  EXPECT_EQ(cost("sk-bf-b"), "0.003");

  const std::string path = fmt::format("{}/{}", kPath, json_text(made.body, "id"));
  EXPECT_EQ(call("PUT", path, R"({"patch": {"output_cost_per_token": 0}})").status, 200);
  EXPECT_EQ(cost("sk-bf-a"), "0.002") << "the patch is replaced whole";
  const Response bad = call("PUT", path, R"({"patch": {"input_cost_per_token": 2.5}})");
  EXPECT_EQ(bad.status, 400);
  EXPECT_THAT(bad.body, HasSubstr("from 0 to 0.01"));
  EXPECT_EQ(call("PUT", path, R"({"scope_kind": "global"})").status, 400);
  EXPECT_THAT(call("GET", fmt::format("{}?virtual_key_id=vk-a", kPath), {}).body,
              HasSubstr(R"("total_count":1)"));
  EXPECT_EQ(cost("sk-bf-a"), "0.002") << "what was refused has changed nothing";

  // With the key its prices go.
  EXPECT_EQ(call("DELETE", "/api/governance/virtual-keys/vk-a", {}).status, 200);
  EXPECT_EQ(call("GET", path, {}).status, 404);
  const Response again = call("POST", kPath, R"({"name": "all", "scope_kind": "global",
      "match_type": "exact", "pattern": "gpt-4o", "request_types": ["chat_completion"],
      "patch": {"input_cost_per_token": 0, "cache_read_input_token_cost": 0}})");
  EXPECT_EQ(cost("sk-bf-b"), "0.001");
  const std::string all = fmt::format("{}/{}", kPath, json_text(again.body, "id"));
  EXPECT_EQ(call("DELETE", all, {}).status, 200);
  EXPECT_EQ(cost("sk-bf-b"), "0.003");
}

}  // namespace
}  // namespace bifrost::test
