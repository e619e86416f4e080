// Providers, their keys and the section `client` through the management API.
#include "tests/integration/management_fixture.h"

#include <csignal>

namespace bifrost::test {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr std::string_view kProviders = "/api/providers";

class ManagedProvidersTest : public ManagementTest {
 protected:
  // A provider of this name that is the second fake one, and members of its key.
  [[nodiscard]] std::string second_provider(std::string_view name, std::string_view keys) const {
    return fmt::format(R"({{"provider": "{}", "keys": [{}],
                            "custom_provider_config": {{"base_provider_type": "openai"}},
                            "network_config": {{"base_url": "{}"}}}})",
                       name, keys, second.url());
  }
  // What the second provider is asked with, when a model of this name is asked for.
  Response ask_for(std::string_view model) {
    second.push(unified().reply());
    return post(
        "/v1/chat/completions",
        fmt::format(R"({{"model": "{}", "messages": [{{"role": "user", "content": "x"}}]}})",
                    model));
  }
  std::string credential() const {
    return std::string(second.requests().back().headers.get("authorization"));
  }
};

constexpr std::string_view kKey = R"({"name": "k", "value": "sk-one", "models": ["*"]})";

TEST_F(ManagedProvidersTest, AProviderServesFromTheNextRequestOn) {
  start(open());
  EXPECT_EQ(call("POST", kProviders, second_provider("mine", kKey)).status, 200);
  EXPECT_EQ(ask_for("mine/gpt").status, 200);
  EXPECT_EQ(credential(), "Bearer sk-one");
  EXPECT_EQ(call("POST", kProviders, second_provider("mine", kKey)).status, 409);
  EXPECT_EQ(call("DELETE", "/api/providers/mine").status, 200);
  EXPECT_NE(ask_for("mine/gpt").status, 200);
  EXPECT_EQ(second.requests().size(), 1U);
  EXPECT_EQ(call("GET", "/api/providers/mine").status, 404);
}

TEST_F(ManagedProvidersTest, WhatWasAddedOutlivesAKilledProcess) {
  start(open());
  EXPECT_EQ(call("POST", kProviders, second_provider("mine", "")).status, 200);
  const Response key = call("POST", "/api/providers/mine/keys", kKey);
  EXPECT_EQ(key.status, 200) << key.body;
  const std::string id = json_text(key.body, "id");
  // A key of the API at a provider of the file.
  EXPECT_EQ(call("POST", "/api/providers/openai/keys",
                 R"({"name": "more", "value": "sk-more", "models": ["only-more"]})")
                .status,
            200);
  EXPECT_EQ(
      call("PUT", "/api/config", R"({"client_config": {"max_request_body_size_mb": 1}})").status,
      200);
  gateway->send_signal(SIGKILL);
  EXPECT_TRUE(gateway->exits_with(128 + SIGKILL));
  start(open());
  EXPECT_EQ(ask_for("mine/gpt").status, 200);
  EXPECT_EQ(credential(), "Bearer sk-one");
  EXPECT_EQ(call("GET", "/api/providers/mine/keys/" + id).status, 200);
  provider.push(unified().reply());
  EXPECT_EQ(connect()
                .request("POST", unified().path, {{"x-bf-api-key", "more"}},
                         R"({"model": "openai/only-more", "messages": [
                             {"role": "user", "content": "x"}]})")
                .status,
            200);
  EXPECT_EQ(provider.requests().back().headers.get("authorization"), "Bearer sk-more");
  EXPECT_EQ(post("/v1/chat/completions", std::string(std::size_t{2} << 20U, ' ')).status, 413);
}

TEST_F(ManagedProvidersTest, SecretsAreNotShownAndStayWhenSentBackAsShown) {
  start(open());
  EXPECT_EQ(call("POST", kProviders, second_provider("mine", kKey)).status, 200);
  const Response shown = call("GET", "/api/providers/mine");
  EXPECT_THAT(shown.body, AllOf(HasSubstr("<redacted>"), Not(HasSubstr("sk-one"))));
  EXPECT_THAT(call("GET", "/api/keys").body, Not(HasSubstr("sk-one")));
  const Response again = call("PUT", "/api/providers/mine", shown.body);
  EXPECT_EQ(again.status, 200) << again.body;
  EXPECT_EQ(ask_for("mine/gpt").status, 200);
  EXPECT_EQ(credential(), "Bearer sk-one");
  const std::string id = json_text(part(shown.body, {"keys"}), "id");
  const std::string path = "/api/providers/mine/keys/" + id;
  EXPECT_EQ(call("PUT", path, call("GET", path).body).status, 200);
  EXPECT_EQ(call("PUT", path, R"({"value": "sk-two"})").status, 200);
  EXPECT_EQ(ask_for("mine/gpt").status, 200);
  EXPECT_EQ(credential(), "Bearer sk-two");
  const Response nothing_kept = call("POST", "/api/providers/mine/keys",
                                     R"({"name": "n", "value": {"value": "<redacted>"}})");
  EXPECT_EQ(nothing_kept.status, 400);
  EXPECT_THAT(nothing_kept.body, HasSubstr("value: is"));
}

TEST_F(ManagedProvidersTest, KeysOfTheFileAreChangedAndGo) {
  start(open());
  const std::string path = "/api/providers/openai/keys/main";
  const Response shown = call("GET", path);
  EXPECT_EQ(shown.status, 200) << shown.body;
  EXPECT_EQ(json_text(shown.body, "id"), "main");
  EXPECT_EQ(call("PUT", path, shown.body).status, 200);
  provider.push(unified().reply());
  EXPECT_EQ(ask().status, 200);
  EXPECT_EQ(call("PUT", path, R"({"enabled": false})").status, 200);
  EXPECT_NE(ask().status, 200);
  EXPECT_EQ(call("PUT", path, R"({"enabled": true, "id": "other"})").status, 400);
  EXPECT_EQ(call("DELETE", path).status, 200);
  EXPECT_EQ(call("GET", path).status, 404);
  EXPECT_THAT(call("GET", "/api/providers/openai/keys").body, HasSubstr(R"("total":0)"));
}

TEST_F(ManagedProvidersTest, BadInputNamesTheFieldAndChangesNothing) {
  start(open());
  const std::string before = call("GET", kProviders).body;
  const auto refused = [&](std::string_view method, std::string_view path, std::string_view body,
                           std::string_view what) {
    const Response answer = call(method, path, body);
    EXPECT_EQ(answer.status, 400) << body << answer.body;
    EXPECT_THAT(answer.body, HasSubstr(what)) << body;
  };
  refused("POST", kProviders, "{}", "provider: required");
  refused("POST", kProviders, R"({"provider": "a/b"})", "provider: not a name");
  refused("POST", kProviders, R"({"provider": "opennai"})", "unknown provider");
  refused("POST", kProviders, R"({"provider": "groq", "netwrok_config": {}})",
          R"(did you mean \"network_config\")");
  refused("PUT", "/api/providers/openai", R"({"name": "other"})", "keeps its name");
  refused("PUT", "/api/providers/openai",
          R"({"network_config": {"default_request_timeout_in_seconds": 0}})",
          "network_config.default_request_timeout_in_seconds: 0 is out of bounds");
  refused("POST", "/api/providers/openai/keys", R"({"value": "x"})", "name: required");
  refused("POST", "/api/providers/openai/keys", R"({"name": "main", "value": "x"})",
          R"(is called \"main\" too)");
  refused("POST", "/api/providers/openai/keys", R"({"name": "n", "value": "env.NOT_SET"})",
          "environment variable NOT_SET is not set");
  // Without an administrator, nothing may be referred to that could be read later.
  refused("POST", "/api/providers/openai/keys",
          R"({"name": "n", "value": "env.PATH", "enabled": false})",
          "environment variable PATH is not set");
  refused("POST", kProviders, R"({"provider": "groq", "keys": [{"value": "x", "models": ["*"]}]})",
          "providers.groq.keys[0].name: required");
  refused("PUT", "/api/config", R"({"client_config": {"max_request_body_size_mb": 0}})",
          "client_config.max_request_body_size_mb");
  refused("PUT", "/api/config", R"({"proxy_config": {"timeout": 3}})", "PUT /api/proxy-config");
  EXPECT_EQ(call("GET", kProviders).body, before);
}

TEST_F(ManagedProvidersTest, AnAdministratorMayReferToTheEnvironmentButNotToTheGatewaysOwn) {
  ConfigText config = open();
  config.governance =
      R"("auth_config": {"admin_username": "root", "admin_password": "env.ROOT", "is_enabled": true})";
  start_with(
      {.config = config_text(config),
       .environment = {{"BIFROST_SECRET", "sk-own"}, {"THEIR_KEY", "sk-theirs"}, {"ROOT", "pw"}}});
  const http::Headers root = {{"authorization", "Basic cm9vdDpwdw=="}};
  EXPECT_EQ(
      call("POST", kProviders,
           second_provider("mine", R"({"name": "k", "value": "env.THEIR_KEY", "models": ["*"]})"),
           root)
          .status,
      200);
  EXPECT_EQ(ask_for("mine/gpt").status, 200);
  EXPECT_EQ(credential(), "Bearer sk-theirs");
  EXPECT_THAT(call("GET", "/api/providers/mine", {}, root).body,
              HasSubstr(R"("ref":"env.THEIR_KEY")"));
  for (const std::string_view name : {"BIFROST_SECRET", "ROOT"}) {
    EXPECT_EQ(
        call("POST", "/api/providers/mine/keys",
             fmt::format(R"({{"name": "n", "value": "env.{}", "models": ["*"]}})", name), root)
            .status,
        400);
  }
}

// Who is nobody's operator must not have what is kept sent to himself.
TEST_F(ManagedProvidersTest, WithoutAnAdministratorWhatIsKeptGoesToNoOtherAddress) {
  start_with({.config = config_text(open()), .environment = {{"THEIR_KEY", "sk-theirs"}}});
  const std::string elsewhere =
      fmt::format(R"({{"network_config": {{"base_url": "{}"}}}})", second.url());
  const Response refused = call("PUT", "/api/providers/openai", elsewhere);
  EXPECT_EQ(refused.status, 400);
  EXPECT_THAT(refused.body, HasSubstr("give the values of the keys"));
  EXPECT_EQ(call("PUT", "/api/providers/openai",
                 R"({"proxy_config": {"type": "http", "url": "http://127.0.0.1:1"}})")
                .status,
            400);
  EXPECT_EQ(call("POST", kProviders,
                 second_provider("mine", R"({"name": "k", "value": "env.THEIR_KEY"})"))
                .status,
            400);
  EXPECT_EQ(call("PUT", "/api/providers/openai",
                 fmt::format(R"({{"network_config": {{"base_url": "{}"}},
                                  "keys": [{{"name": "main", "value": "sk-new", "models": ["*"]}}]}})",
                             second.url()))
                .status,
            200);
  second.push(unified().reply());
  EXPECT_EQ(ask().status, 200);
  EXPECT_EQ(credential(), "Bearer sk-new");
}

TEST_F(ManagedProvidersTest, TheVersionOfAProviderIsThatOfItsKeysToo) {
  start(open());
  const std::string shown = call("GET", "/api/providers/openai").body;
  const std::string tag(call("GET", "/api/providers/openai").headers.get("etag"));
  EXPECT_EQ(call("POST", "/api/providers/openai/keys", R"({"name": "n", "value": "sk"})").status,
            200);
  EXPECT_EQ(call("PUT", "/api/providers/openai", shown, {{"if-match", tag}}).status, 412);
  const std::string again(call("GET", "/api/providers/openai").headers.get("etag"));
  EXPECT_EQ(call("PUT", "/api/providers/openai", R"({"send_back_raw_request": true})",
                 {{"if-match", again}})
                .status,
            200);
}

TEST_F(ManagedProvidersTest, WhatIsNotSentOfAnOptionalSectionStays) {
  start(open());
  EXPECT_EQ(call("POST", kProviders,
                 fmt::format(
                     R"({{"provider": "mine", "keys": [{}], "network_config": {{"base_url": "{}"}},
                                  "custom_provider_config": {{"base_provider_type": "openai",
                                    "allowed_requests": {{"embedding": true}}}}}})",
                     kKey, second.url()))
                .status,
            200);
  EXPECT_EQ(call("PUT", "/api/providers/mine",
                 R"({"custom_provider_config": {"does_not_send_done_marker": true}})")
                .status,
            400)
      << "inside of a section what is required is required";
  EXPECT_THAT(call("PUT", "/api/providers/mine",
                   R"({"custom_provider_config": {"base_provider_type": "openai",
                                                  "does_not_send_done_marker": true}})")
                  .body,
              HasSubstr(R"("allowed_requests":{"embedding":true})"));
}

TEST_F(ManagedProvidersTest, TwoWhoEditAtOnceAreTold) {
  start(open());
  const std::string path = "/api/providers/openai/keys/main";
  const std::string tag(call("GET", path).headers.get("etag"));
  EXPECT_EQ(call("PUT", path, R"({"weight": 2})", {{"if-match", tag}}).status, 200);
  EXPECT_EQ(call("PUT", path, R"({"weight": 3})", {{"if-match", tag}}).status, 412);
  EXPECT_EQ(call("DELETE", path, {}, {{"if-match", tag}}).status, 412);
  EXPECT_THAT(call("GET", path).body, HasSubstr(R"("weight":2)"));
}

TEST_F(ManagedProvidersTest, SaysWhatWaitsForTheNextStart) {
  start(open());
  EXPECT_THAT(call("GET", "/api/config").body,
              HasSubstr(R"("restart_required":{"required":false})"));
  const Response changed =
      call("PUT", "/api/config", R"({"client_config": {"prometheus_labels": ["team"]}})");
  EXPECT_THAT(changed.body, HasSubstr(R"("restart_required":{"required":true)"));
  EXPECT_THAT(call("PUT", "/api/config", R"({"client_config": {"log_retention_days": 3}})").body,
              HasSubstr("log_retention_days"))
      << "what has no effect is told";
}

TEST_F(ManagedProvidersTest, ListsTheModelsThatKeysMayBeUsedFor) {
  start(open());
  EXPECT_EQ(call("POST", kProviders,
                 second_provider("mine", R"({"name": "k", "value": "sk", "models": ["a-1", "b-1"],
                                             "blacklisted_models": ["b-1"],
                                             "aliases": {"short": "a-1"}})"))
                .status,
            200);
  const std::string body = call("GET", "/api/models?provider=mine").body;
  EXPECT_THAT(body, AllOf(HasSubstr(R"("name":"a-1","provider":"mine")"), HasSubstr("short"),
                          Not(HasSubstr("b-1")), HasSubstr(R"("total":2)")));
  EXPECT_THAT(call("GET", "/api/models?provider=mine&query=SHO").body, HasSubstr(R"("total":1)"));
}

TEST_F(ManagedProvidersTest, ListsWhatNoKeyMayBeUsedForOnDemand) {
  start(open());
  EXPECT_EQ(call("POST", kProviders,
                 second_provider("mine", R"({"name": "k", "value": "sk", "models": ["gpt-4o"]})"))
                .status,
            200);
  const std::string_view path = "/api/models?provider=mine&query=gpt-4o";
  EXPECT_THAT(call("GET", path).body, HasSubstr(R"("total":1)"));
  const std::string all = call("GET", std::string(path) + "&unfiltered=true").body;
  EXPECT_THAT(all, AllOf(HasSubstr(R"("name":"gpt-4o-mini","provider":"mine",)"
                                   R"("accessible_by_keys":[])"),
                         HasSubstr(R"("name":"gpt-4o","provider":"mine",)"
                                   R"("accessible_by_keys":[")")));
  const Response refused = call("GET", "/api/models?unfiltered=yes");
  EXPECT_EQ(refused.status, 400);
  EXPECT_THAT(refused.body, HasSubstr(R"(must be \"true\" or \"false\")"));
}

TEST_F(ManagedProvidersTest, ListsWhatVirtualKeysMayUseByPatternsToo) {
  ConfigText config = open();
  config.governance = R"("virtual_keys": [{"id": "vk-1", "name": "alice", "value": "sk-bf-alice",
      "provider_configs": [{"provider": "openai", "key_ids": ["*"],
                            "allowed_models": ["regex:gpt-4O-mini.*"],
                            "blacklisted_models": ["regex:.*audio.*"]}]}])";
  start(config);
  const std::string body = call("GET", "/api/models?provider=openai&vks=vk-1").body;
  EXPECT_THAT(body, AllOf(HasSubstr(R"("name":"gpt-4o-mini")"), Not(HasSubstr("audio")),
                          Not(HasSubstr(R"("name":"gpt-4o")"))));
  EXPECT_THAT(call("GET", "/api/models?vks=nobody").body, HasSubstr(R"("total":0)"));
}

TEST_F(ManagedProvidersTest, TellsWhatIsKnownOfModels) {
  ConfigText config = open();
  config.governance = R"("pricing_overrides": [{"id": "p", "name": "cheap", "scope_kind": "global",
      "match_type": "exact", "pattern": "gpt-4o-mini", "request_types": ["chat_completion"],
      "pricing_patch": "{\"output_cost_per_token\": 0.000009}"}])";
  start(config);
  const std::string body =
      call("GET", "/api/models/details?provider=openai&query=gpt-4o-mini").body;
  EXPECT_THAT(
      part(body, {"models"}),
      AllOf(HasSubstr(R"("name":"gpt-4o-mini","provider":"openai","context_length":128000,)"),
            HasSubstr(R"("input_cost_per_token":1.5e-07,"output_cost_per_token":9e-06,)"),
            HasSubstr(R"("accessible_by_keys":["main"])")));
  EXPECT_EQ(
      call("POST", kProviders, second_provider("mine", R"({"name": "k", "value": "sk", "models": [],
                                             "aliases": {"short": "openai/gpt-4o"}})"))
          .status,
      200);
  EXPECT_EQ(call("GET", "/api/models/base?provider=mine").body,
            R"({"models":["gpt-4o"],"total":1})");
}

}  // namespace
}  // namespace bifrost::test
