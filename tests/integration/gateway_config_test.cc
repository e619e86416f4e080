// What concerns the gateway as a whole, through the management API: where prices come from, and the
// proxy of all providers.
#include "tests/integration/management_fixture.h"

#include <csignal>

namespace bifrost::test {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr std::string_view kConfig = "/api/config";
constexpr std::string_view kProxy = "/api/proxy-config";

class GatewayConfigTest : public ManagementTest {
 protected:
  void publish(std::string_view input_cost) {
    const std::string sheet = fmt::format(
        R"({{"openai/gpt-4o": {{"litellm_provider": "openai", "mode": "chat",
             "input_cost_per_token": {}, "output_cost_per_token": 0}}}})",
        input_cost);
    second.handle([sheet](const ReceivedRequest&) { return Script::json(200, sheet); });
  }
  // Of 1,000 tokens.
  std::string cost() {
    provider.push(Script::json(
        200, R"({"id":"c","object":"chat.completion","created":1,"model":"gpt-4o","choices":[{)"
             R"("index":0,"message":{"role":"assistant","content":"x"},"finish_reason":"stop"}],)"
             R"("usage":{"prompt_tokens":1000,"completion_tokens":0,"total_tokens":1000}})"));
    return std::string(
        post("/v1/chat/completions",
             R"({"model": "openai/gpt-4o", "messages": [{"role": "user", "content": "hi"}]})")
            .headers.get("x-bifrost-cost"));
  }
  void restart() {
    gateway->send_signal(SIGTERM);
    EXPECT_TRUE(gateway->exits_with(0));
    start(open());
  }
  // With an administrator, whose password this is.
  ConfigText administered() const {
    ConfigText config = open();
    config.governance =
        R"("auth_config": {"admin_username": "root", "admin_password": "secret-pw", "is_enabled": true})";
    return config;
  }
  http::Headers root() const { return {{"authorization", "Basic cm9vdDpzZWNyZXQtcHc="}}; }
};

TEST_F(GatewayConfigTest, PricesComeFromWhereTheApiSays) {
  publish("3e-06");
  start(open());
  const std::string own = cost();
  const std::string body =
      fmt::format(R"({{"framework_config": {{"id": 1, "pricing_url": "{}/sheet.json?key=hush",
                       "pricing_sync_interval": 7200}}}})",
                  second.url());
  const Response changed = call("PUT", kConfig, body);
  EXPECT_EQ(changed.status, 200) << changed.body;
  EXPECT_THAT(changed.body, AllOf(HasSubstr(R"("pricing_sync_interval":7200)"),
                                  HasSubstr("/sheet.json"), Not(HasSubstr("hush"))));
  EXPECT_EQ(call("POST", "/api/pricing/force-sync").status, 200);
  EXPECT_EQ(cost(), "0.003");
  // What was shown is sent back as it is: the key in it stays.
  EXPECT_EQ(call("PUT", kConfig, call("GET", kConfig).body).status, 200);
  restart();
  publish("4e-06");
  EXPECT_EQ(call("POST", "/api/pricing/force-sync").status, 200);
  EXPECT_EQ(cost(), "0.004");
  EXPECT_EQ(second.requests().back().target, "/sheet.json?key=hush");
  // None any more: the program's own count, at once.
  EXPECT_EQ(call("PUT", kConfig, R"({"framework_config": {"pricing_url": ""}})").status, 200);
  EXPECT_EQ(call("POST", "/api/pricing/force-sync").status, 400);
  EXPECT_EQ(cost(), own);
}

TEST_F(GatewayConfigTest, BadPriceSourcesAreRefused) {
  start(open());
  const std::string before = call("GET", kConfig).body;
  const auto refused = [&](std::string_view framework, std::string_view what) {
    const Response answer =
        call("PUT", kConfig, fmt::format(R"({{"framework_config": {}}})", framework));
    EXPECT_EQ(answer.status, 400) << answer.body;
    EXPECT_THAT(answer.body, HasSubstr(what));
  };
  refused(R"({"pricing_url": "/etc/passwd"})", "a path may only stand in the file");
  refused(R"({"pricing_url": "ftp://x"})", "framework_config.pricing_url");
  refused(R"({"pricing_sync_interval": 60})", "framework_config.pricing_sync_interval");
  refused(R"({"pricing_uri": "http://x"})", R"(did you mean \"pricing_url\"?)");
  EXPECT_EQ(
      call("PUT", kConfig, R"({"proxy_config": {"enabled": true, "url": "http://x"}})").status,
      400);
  EXPECT_EQ(call("GET", kConfig).body, before);
}

// It answers by itself for a provider that there is not.
TEST_F(GatewayConfigTest, AProxyForAllProviders) {
  FakeProvider proxy;
  ConfigText config = administered();
  config.providers = {
      {.url = "http://provider.example:8080/base"},
      {.name = "groq", .url = "http://near.example:8080"},
      {.name = "mistral",
       .url = "http://own.example",
       .more = fmt::format(R"("proxy_config": {{"type": "http", "url": "{}"}})", second.url())}};
  start(config);
  const std::string on = fmt::format(
      R"({{"enabled": true, "type": "http", "url": "{}", "username": "bob",
           "password": "s3cret-proxy", "no_proxy": "near.example", "timeout": 5,
           "enable_for_inference": true, "enable_for_api": false, "enable_for_scim": false,
           "skip_tls_verify": false}})",
      proxy.url());
  const Response changed = call("PUT", kProxy, on, root());
  EXPECT_EQ(changed.status, 200) << changed.body;
  EXPECT_THAT(changed.body,
              AllOf(HasSubstr(R"("username":"bob")"), HasSubstr(R"("password":"<redacted>")"),
                    HasSubstr(R"("timeout":5)"), Not(HasSubstr("s3cret"))));
  // As it was shown, the password stays.
  EXPECT_EQ(call("PUT", kProxy, call("GET", kProxy, {}, root()).body, root()).status, 200);
  proxy.push(unified().reply());
  EXPECT_EQ(ask().status, 200);
  ASSERT_EQ(proxy.requests().size(), 1U);
  EXPECT_EQ(proxy.requests()[0].target, "http://provider.example:8080/base/v1/chat/completions");
  EXPECT_EQ(proxy.requests()[0].headers.get("proxy-authorization"),
            "Basic Ym9iOnMzY3JldC1wcm94eQ==");
  const auto ask_model = [&](std::string_view model) {
    return post(
               "/v1/chat/completions",
               fmt::format(R"({{"model": "{}", "messages": [{{"role": "user", "content": "x"}}]}})",
                           model))
        .status;
  };
  EXPECT_NE(ask_model("groq/x"), 200) << "there is no such host, and nobody in between";
  second.push(unified().reply());
  EXPECT_EQ(ask_model("mistral/x"), 200) << "its own goes before that of all";
  EXPECT_EQ(proxy.requests().size(), 1U);
  EXPECT_EQ(call("PUT", kProxy, R"({"enabled": false})", root()).status, 200);
  EXPECT_NE(ask().status, 200);
  EXPECT_EQ(proxy.requests().size(), 1U);
}

TEST_F(GatewayConfigTest, ThePriceSheetComesThroughTheProxyToo) {
  FakeProvider proxy;
  proxy.handle([](const ReceivedRequest&) {
    return Script::json(200, R"({"openai/gpt-4o": {"litellm_provider": "openai", "mode": "chat",
                                 "input_cost_per_token": 5e-06, "output_cost_per_token": 0}})");
  });
  ConfigText config = administered();
  config.sections += fmt::format(
      R"(, "proxy_config": {{"enabled": true, "url": "{}", "enable_for_api": true}})", proxy.url());
  start(config);
  EXPECT_EQ(call("PUT", kConfig,
                 R"({"framework_config": {"pricing_url": "http://prices.example/s.json"}})", root())
                .status,
            200);
  EXPECT_EQ(call("POST", "/api/pricing/force-sync", {}, root()).status, 200);
  EXPECT_EQ(cost(), "0.005");
  EXPECT_EQ(proxy.requests().back().target, "http://prices.example/s.json");
}

// Whoever is in between reads along.
TEST_F(GatewayConfigTest, WithoutAnAdministratorNobodyComesInBetween) {
  ConfigText config = open();
  config.sections += R"(, "proxy_config": {"url": "http://proxy.example:3128"})";
  start(config);
  for (
      const std::string_view body :
      {R"({"enabled": true, "url": "http://127.0.0.1:1", "enable_for_inference": true})",
       R"({"ca_cert_pem": "-----BEGIN CERTIFICATE-----\nTUlJQmZha2U=\n-----END CERTIFICATE-----"})"}) {
    const Response answer = call("PUT", kProxy, body);
    EXPECT_EQ(answer.status, 403) << answer.body;
    EXPECT_THAT(answer.body, HasSubstr("auth_config"));
  }
  EXPECT_EQ(call("PUT", kProxy, R"({"timeout": 7})").status, 200);
}

TEST_F(GatewayConfigTest, BadProxiesAreRefused) {
  start(administered());
  const auto refused = [&](std::string_view body, std::string_view what) {
    const Response answer = call("PUT", kProxy, body, root());
    EXPECT_EQ(answer.status, 400) << answer.body;
    EXPECT_THAT(answer.body, HasSubstr(what)) << body;
  };
  refused("", "the body is empty");
  refused(R"({"enabled": true})", "url: required");
  refused(R"({"enabled": true, "url": "http://x", "type": "socks5"})", "type: not served yet");
  refused(R"({"enabled": true, "url": "https://x"})", "url: a proxy is spoken to in http");
  refused(R"({"url": "http://bob:pw@x"})", "username and password stand beside it");
  refused(R"({"username": "a:b"})", "username: it may have no colon");
  refused(fmt::format(R"({{"no_proxy": "{}"}})", std::string(9000, 'x')), "no_proxy: is longer");
  refused(
      R"({"ca_cert_pem": "-----BEGIN CERTIFICATE-----\nTUlJQmZha2U=\n-----END CERTIFICATE-----"})",
      "proxy_config.ca_cert_pem");
  refused(R"({"timeout": 301})", "timeout: 301 is out of bounds");
  refused(R"({"password": "<redacted>"})", "password");
  EXPECT_THAT(call("GET", kProxy, {}, root()).body, HasSubstr(R"("enabled":false)"));
}

}  // namespace
}  // namespace bifrost::test
