// Virtual keys from the file: who is known, what he may have, and how much of it.
#include "tests/integration/gateway_fixture.h"

#include <fmt/format.h>

#include <atomic>
#include <csignal>
#include <thread>
#include <vector>

namespace bifrost::test {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr std::string_view kAll =
    R"("provider_configs": [{"provider": "openai", "allowed_models": ["*"], "key_ids": ["*"]},
                            {"provider": "anthropic", "allowed_models": ["*"], "key_ids": ["*"]},
                            {"provider": "demo", "allowed_models": ["*"], "key_ids": ["*"]}])";

// One virtual key "alice" with all that is there, and more members.
std::string alice(std::string_view more) {
  return fmt::format(R"({{"id": "vk-1", "name": "alice", "value": "sk-bf-alice", {}{}{}}})", kAll,
                     more.empty() ? "" : ", ", more);
}

class VirtualKeysTest : public GatewayTest {
 protected:
  // `keys` is a list of entries, `more` are further members of the section.
  static ConfigText configured(std::string_view keys, std::string_view more = {}) {
    return {.client = R"("enforce_auth_on_inference": true)",
            .governance =
                fmt::format(R"("virtual_keys": [{}]{}{})", keys, more.empty() ? "" : ", ", more)};
  }
  void start_keys(std::string_view keys, std::string_view more = {}) {
    start(configured(keys, more));
  }
  static ConfigText with_token_limit(std::string_view client, int limit = 600) {
    ConfigText config =
        configured(alice(R"("rate_limit_id": "r")"),
                   fmt::format(R"("rate_limits": [{{"id": "r", "token_max_limit": {},
                                                    "token_reset_duration": "1d"}}])",
                               limit));
    config.client += client;
    return config;
  }
  // Has had its head; the rest comes when the gate opens.
  Client stream_as_alice(const Gate& rest) {
    provider.push(unified().held_stream(rest));
    Client client = connect();
    client.send_request("POST", unified().stream_path, {{"x-bf-vk", "sk-bf-alice"}},
                        unified().stream_request);
    EXPECT_EQ(client.read_head("POST").status, 200);
    return client;
  }
  Response ask_as(std::string_view key, const WireSample& sample = unified()) {
    return connect().request("POST", sample.path, {{"x-bf-vk", key}}, sample.request);
  }
};

TEST_F(VirtualKeysTest, ServesWhoIsKnownAndNobodyElse) {
  start_keys(alice(""));
  provider.push(unified().reply());
  EXPECT_EQ(ask_as("sk-bf-alice").status, 200);
  const Response stranger = ask_as("sk-bf-mallory");
  EXPECT_EQ(stranger.status, 401);
  EXPECT_THAT(stranger.body,
              AllOf(HasSubstr(R"("type":"access_not_found")"), Not(HasSubstr("mallory"))));
  EXPECT_THAT(ask().body, HasSubstr(R"("type":"virtual_key_required")"));
  EXPECT_EQ(provider.request_count(), 1U);
  EXPECT_FALSE(provider.requests().front().headers.contains("x-bf-vk"));
}

// By counters that do not grow with what strangers make up. On one connection a request is counted
// before the next one is read.
TEST_F(VirtualKeysTest, CountWhoIsRefused) {
  start_keys(alice(""));
  auto stranger = connect();
  for (const http::Headers& headers :
       {http::Headers{{"x-bf-vk", "sk-bf-mallory-1"}},
        http::Headers{{"x-bf-vk", "sk-bf-mallory-2"}}, http::Headers{}}) {
    EXPECT_EQ(stranger.request("POST", unified().path, headers, unified().request).status, 401);
  }
  EXPECT_THAT(stranger.get("/metrics").body,
              AllOf(HasSubstr(R"(bifrost_access_refused_total{reason="unknown_credential"} 2)"),
                    HasSubstr(R"(bifrost_access_refused_total{reason="no_credential"} 1)"),
                    Not(HasSubstr("mallory"))));
  EXPECT_TRUE(gateway->wait_for_log("want of a credential"));
  EXPECT_THAT(gateway->log(), AllOf(HasSubstr("127.0.0.1"), Not(HasSubstr("mallory"))));
}

TEST_F(VirtualKeysTest, LetAKeyStandWhereSdksPutTheirs) {
  start_keys(alice(""));
  for (const auto& [name, value] :
       std::vector<std::pair<std::string, std::string>>{{"authorization", "Bearer sk-bf-alice"},
                                                        {"x-api-key", "sk-bf-alice"},
                                                        {"x-goog-api-key", "sk-bf-alice"},
                                                        {"api-key", "sk-bf-alice"}}) {
    provider.push(unified().reply());
    const Response reply =
        connect().request("POST", unified().path, {{name, value}}, unified().request);
    EXPECT_EQ(reply.status, 200) << name << reply.body;
    const auto sent = provider.requests().back();
    for (const http::Header header : sent.headers) {
      EXPECT_THAT(std::string(header.value), Not(HasSubstr("sk-bf-"))) << header.name;
    }
  }
}

TEST_F(VirtualKeysTest, RefuseWhatTheyDoNotGrant) {
  start_keys(R"({"id": "1", "name": "narrow", "value": "sk-bf-narrow", "provider_configs": [
                 {"provider": "openai", "allowed_models": ["gpt-other"], "key_ids": ["*"]}]},
                {"id": "2", "name": "none", "value": "sk-bf-none"},
                {"id": "3", "name": "off", "value": "sk-bf-off", "is_active": false},
                {"id": "4", "name": "old", "value": "sk-bf-old",
                 "expires_at": "2020-01-01T00:00:00Z"})");
  const auto expect_refused = [&](std::string_view key, std::string_view type) {
    const Response reply = ask_as(key);
    EXPECT_EQ(reply.status, 403) << key;
    EXPECT_THAT(reply.body, HasSubstr(fmt::format(R"("type":"{}")", type))) << key;
  };
  expect_refused("sk-bf-narrow", "model_blocked");
  expect_refused("sk-bf-none", "provider_blocked");
  expect_refused("sk-bf-off", "access_blocked");
  expect_refused("sk-bf-old", "access_blocked");
  EXPECT_EQ(provider.request_count(), 0U);
}

// What is told is what official clients act upon: a status, a type, and whether to come again.
TEST_F(VirtualKeysTest, TellAFullLimitInTheCallersOwnWords) {
  ConfigText config = configured(alice(R"("rate_limit_id": "r")"),
                                 R"("rate_limits": [{"id": "r", "request_max_limit": 0,
                                                     "request_reset_duration": "1h"}])");
  config.providers.push_back({.name = "anthropic", .url = "${second_url}"});
  start(config);
  const Response own = ask_as("sk-bf-alice");
  EXPECT_EQ(own.status, 429);
  EXPECT_THAT(own.body,
              AllOf(HasSubstr(R"("type":"request_limited")"),
                    HasSubstr("request limit exceeded: virtual key alice has used 0 of 0")));
  EXPECT_GT(std::stoi(std::string(own.headers.get("retry-after"))), 3'500);
  EXPECT_EQ(own.headers.get("x-should-retry"), "false") << "an hour is too long to wait";

  EXPECT_THAT(ask_as("sk-bf-alice", openai()).body, HasSubstr(R"("error":{)"));
  EXPECT_THAT(ask_as("sk-bf-alice", anthropic()).body,
              HasSubstr(R"({"type":"error","error":{"type":"rate_limit_error")"));
}

TEST_F(VirtualKeysTest, StopAtASpentBudgetWithAnotherStatusThanSlowDown) {
  start_with({.config = R"({"providers": {"demo": {}}, "governance": {"virtual_keys": [)" +
                        alice(R"("budgets": [{"max_limit": 0.00001, "reset_duration": "1d"}])") +
                        "]}}"});
  const auto chat = [&] {
    return connect().request("POST", unified().path, {{"x-bf-vk", "sk-bf-alice"}},
                             R"({"model": "demo/chat", "max_tokens": 20,
                                 "messages": [{"role": "user", "content": "Hello"}]})");
  };
  const Response first = chat();
  EXPECT_EQ(first.status, 200) << first.body;
  EXPECT_GT(std::stod(std::string(first.headers.get("x-bifrost-cost"))), 0.00001);
  EXPECT_THAT(first.body, HasSubstr(R"("cost":0.0000)"));
  const Response second = chat();
  EXPECT_EQ(second.status, 402);
  EXPECT_THAT(second.body, AllOf(HasSubstr(R"("type":"budget_exceeded")"),
                                 HasSubstr("budget exceeded: virtual key alice has used $0.0000"),
                                 HasSubstr("of $0.00001 (resets every 1d")));
  EXPECT_EQ(second.headers.get("x-should-retry"), "false");
  EXPECT_TRUE(metric_reaches("bifrost_cost_total",
                             std::stod(std::string(first.headers.get("x-bifrost-cost")))));
}

TEST_F(VirtualKeysTest, CountTokensThatWereUsed) {
  start_keys(alice(R"("rate_limit_id": "r")"),
             R"("rate_limits": [{"id": "r", "token_max_limit": 10,
                                 "token_reset_duration": "1h"}])");
  for (int i = 0; i < 2; ++i) {  // five tokens each
    provider.push(unified().reply());
    EXPECT_EQ(ask_as("sk-bf-alice").status, 200);
  }
  const Response third = ask_as("sk-bf-alice");
  EXPECT_EQ(third.status, 429);
  EXPECT_THAT(third.body, HasSubstr("virtual key alice has used 10 of 10"));
}

TEST_F(VirtualKeysTest, AFailedCallCostsNothing) {
  start_keys(alice(R"("rate_limit_id": "r")"),
             R"("rate_limits": [{"id": "r", "request_max_limit": 1,
                                 "request_reset_duration": "1h"}])");
  provider.push(Script::json(400, openai_error("no")));
  EXPECT_EQ(ask_as("sk-bf-alice").status, 400);
  provider.push(unified().reply());
  EXPECT_EQ(ask_as("sk-bf-alice").status, 200);
  EXPECT_EQ(ask_as("sk-bf-alice").status, 429);
}

// A burst sees the same room, and still no more is let through than fits.
TEST_F(VirtualKeysTest, ABurstGetsNoMoreThanTheLimit) {
  constexpr int kCallers = 20;
  constexpr int kEach = 10;
  constexpr int kLimit = 50;
  start(configured(alice(R"("rate_limit_id": "r")"),
                   fmt::format(R"("rate_limits": [{{"id": "r", "request_max_limit": {},
                                                    "request_reset_duration": "1d"}}])",
                               kLimit)),
        {"--workers", "4"});
  for (int i = 0; i < kLimit; ++i) provider.push(unified().reply());
  std::atomic<int> served{0};
  std::atomic<int> refused{0};
  std::vector<std::jthread> callers;
  callers.reserve(kCallers);
  for (int c = 0; c < kCallers; ++c) {
    callers.emplace_back([&] {
      Client client = connect();
      for (int i = 0; i < kEach; ++i) {
        const Response reply =
            client.request("POST", unified().path, {{"x-bf-vk", "sk-bf-alice"}}, unified().request);
        if (reply.status == 200) ++served;
        if (reply.status == 429) ++refused;
      }
    });
  }
  callers.clear();
  EXPECT_EQ(served, kLimit);
  EXPECT_EQ(refused, kCallers * kEach - kLimit);
  EXPECT_EQ(provider.request_count(), std::size_t{kLimit});
}

TEST_F(VirtualKeysTest, AStreamCountsAsRunningUntilItHasEnded) {
  start_keys(alice(R"("rate_limit_id": "r")"),
             R"("rate_limits": [{"id": "r", "concurrent_max_limit": 1}])");
  Gate rest;
  Client streaming = stream_as_alice(rest);
  EXPECT_EQ(ask_as("sk-bf-alice").status, 429);
  rest.open();
  while (streaming.next_event()) continue;
  provider.push(unified().reply());
  EXPECT_EQ(ask_as("sk-bf-alice").status, 200);
}

// Whoever has all of his answer finds his place free, on whatever connection he comes back.
TEST_F(VirtualKeysTest, AnAnswerThatNobodyReadsCountsAsRunning) {
  start(configured(alice(R"("rate_limit_id": "r")"),
                   R"("rate_limits": [{"id": "r", "concurrent_max_limit": 1}])"),
        {"--workers", "2"});
  std::string large = unified().answer;
  large.insert(large.rfind('}'), R"(, "x_pad": ")" + std::string(16UZ * 1024 * 1024, 'x') + '"');
  provider.push(Script::json(200, large));
  Client slow = connect({.receive_buffer_bytes = 4096});
  slow.send_request("POST", unified().path, {{"x-bf-vk", "sk-bf-alice"}}, unified().request);
  EXPECT_EQ(slow.read_head().status, 200);
  EXPECT_EQ(ask_as("sk-bf-alice").status, 429);
  while (slow.read_piece()) continue;
  EXPECT_EQ(slow.end(), End::kComplete);
  for (int i = 0; i < 20; ++i) {
    provider.push(unified().reply());
    EXPECT_EQ(ask_as("sk-bf-alice").status, 200);
  }
}

// The provider tells its usage at the end only, and the caller has left by then.
TEST_F(VirtualKeysTest, AStreamThatWasLeftCostsWhatWasSentAndWhatWasSeen) {
  start(with_token_limit({}, 20));
  Gate rest;
  {
    Client streaming = stream_as_alice(rest);
    ASSERT_TRUE(streaming.next_event());
    streaming.reset();
  }
  ASSERT_TRUE(metric_reaches("bifrost_client_gone_total", 1));
  const Response reply = ask_as("sk-bf-alice");
  EXPECT_EQ(reply.status, 429) << reply.body;
  EXPECT_THAT(reply.body, HasSubstr("token limit exceeded: virtual key alice has used 2"));
  rest.open();
}

TEST_F(VirtualKeysTest, AProviderThatTellsNoUsageIsCountedAllTheSame) {
  start(with_token_limit({}, 20));
  provider.push(unified().stream());  // which tells none
  const Response first = connect().request("POST", unified().stream_path,
                                           {{"x-bf-vk", "sk-bf-alice"}}, unified().stream_request);
  EXPECT_EQ(first.status, 200);
  EXPECT_EQ(ask_as("sk-bf-alice").status, 429);
}

TEST_F(VirtualKeysTest, AnAbsurdMaximumIsNoWayAroundALimit) {
  start(with_token_limit({}));
  Gate rest;
  Client streaming = stream_as_alice(rest);
  const Response reply = connect().request(
      "POST", unified().path, {{"x-bf-vk", "sk-bf-alice"}},
      R"({"model": "openai/gpt-test", "max_tokens": 9223372036854775807, "messages": []})");
  EXPECT_EQ(reply.status, 429);
  rest.open();
}

TEST_F(VirtualKeysTest, AFullProviderConfigLeavesItToTheFallback) {
  ConfigText config = configured(R"({"id": "1", "name": "alice", "value": "sk-bf-alice",
      "provider_configs": [
        {"provider": "openai", "allowed_models": ["*"], "key_ids": ["*"], "rate_limit_id": "r"},
        {"provider": "anthropic", "allowed_models": ["*"], "key_ids": ["*"]}]})",
                                 R"("rate_limits": [{"id": "r", "request_max_limit": 1,
                                                     "request_reset_duration": "1d"}])");
  config.providers = {{}, {.name = "anthropic", .url = "${second_url}"}};
  start(config);
  const auto chat = [&](std::string_view more) {
    return connect().request("POST", unified().path, {{"x-bf-vk", "sk-bf-alice"}},
                             unified_request(more));
  };
  provider.push(unified().reply());
  EXPECT_EQ(chat(kFallback).status, 200);
  second.push(anthropic().reply());
  const Response other = chat(kFallback);
  EXPECT_EQ(other.status, 200);
  EXPECT_EQ(other.headers.get("x-bifrost-provider"), "anthropic");
  const Response none = chat({});
  EXPECT_EQ(none.status, 429);
  EXPECT_THAT(none.body, HasSubstr("virtual key alice at provider openai has used 1 of 1"));
  EXPECT_EQ(provider.request_count(), 1U);
}

TEST_F(VirtualKeysTest, UseOutlivesAReload) {
  const std::string limits = R"("rate_limits": [{"id": "r", "request_max_limit": 1,
                                                 "request_reset_duration": "1d"}])";
  start_keys(alice(R"("rate_limit_id": "r")"), limits);
  provider.push(unified().reply());
  EXPECT_EQ(ask_as("sk-bf-alice").status, 200);
  gateway->write_config(
      config_text(configured(alice(R"("rate_limit_id": "r", "description": "renamed")"), limits)));
  gateway->send_signal(SIGHUP);
  ASSERT_TRUE(gateway->wait_for_log("reloaded"));
  EXPECT_EQ(ask_as("sk-bf-alice").status, 429);
}

// A stream is running, for which 512 tokens are expected, under a limit of 600.
TEST_F(VirtualKeysTest, WhatIsExpectedIsHeld) {
  start(with_token_limit({}));
  Gate rest;
  Client streaming = stream_as_alice(rest);
  EXPECT_EQ(ask_as("sk-bf-alice").status, 429);
  rest.open();
}

TEST_F(VirtualKeysTest, WhatIsExpectedIsNotHeldWhereLimitsAreOnlyChecked) {
  start(with_token_limit(R"(, "governance_admission": "check")"));
  Gate rest;
  Client streaming = stream_as_alice(rest);
  provider.push(unified().reply());
  EXPECT_EQ(ask_as("sk-bf-alice").status, 200);
  rest.open();
}

TEST_F(VirtualKeysTest, ALimitOfAModelIsEverybodys) {
  start(configured(alice("") + R"(, {"id": "vk-2", "name": "bob", "value": "sk-bf-bob",
                                     "allow_all_providers": true})",
                   R"("rate_limits": [{"id": "r", "request_max_limit": 1,
                                       "request_reset_duration": "1d"}],
                      "model_configs": [{"id": "m", "model_name": "gpt-test",
                                         "rate_limit_id": "r"}])"));
  provider.push(unified().reply());
  EXPECT_EQ(ask_as("sk-bf-alice").status, 200);
  const Response other = ask_as("sk-bf-bob");
  EXPECT_EQ(other.status, 429);
  EXPECT_THAT(other.body, HasSubstr("request limit exceeded: model gpt-test has used 1 of 1"));
}

TEST_F(VirtualKeysTest, ABareModelGoesByTheWeightsOfItsKey) {
  ConfigText config = configured(R"({"id": "1", "name": "alice", "value": "sk-bf-alice",
      "provider_configs": [
        {"provider": "openai", "weight": 0, "allowed_models": ["m"], "key_ids": ["*"]},
        {"provider": "groq", "weight": 1, "allowed_models": ["m"], "key_ids": ["*"]}]})");
  config.providers = {{.network = R"("max_retries": 0)"},
                      {.name = "groq", .url = "${second_url}", .network = R"("max_retries": 0)"}};
  start(config);
  second.push(Script::json(503, openai_error("busy")));
  provider.push(unified().reply());
  const Response reply =
      connect().request("POST", unified().path, {{"x-bf-vk", "sk-bf-alice"}},
                        R"({"model": "m", "messages": [{"role": "user", "content": "Hi"}]})");
  EXPECT_EQ(reply.status, 200) << reply.body;
  EXPECT_EQ(reply.headers.get("x-bifrost-provider"), "openai") << "the others are fallbacks";
  EXPECT_EQ(reply.headers.get("x-bifrost-fallback-index"), "1");
  EXPECT_EQ(second.request_count(), 1U);
}

// However often the provider's name stands before it, and whatever a key calls it.
TEST_F(VirtualKeysTest, AModelHasOneNameForItsLimits) {
  const ConfigText config = configured(alice(""),
                                       R"("rate_limits": [{"id": "r", "request_max_limit": 0,
                                                     "request_reset_duration": "1d"}],
                                    "model_configs": [{"id": "m", "model_name": "gpt-test",
                                                       "rate_limit_id": "r"}])");
  start_with({.config = R"({"client": {"enforce_auth_on_inference": true}, "providers": {"openai": {
      "network_config": {"base_url": "${provider_url}"},
      "keys": [{"name": "main", "value": "sk-main", "models": ["*"],
                "aliases": {"cheap": "gpt-test"}}]}},
      "governance": {)" +
                        config.governance + "}}",
              .values = {{"provider_url", provider.url()}}});
  for (const std::string_view model :
       {"openai/gpt-test", "openai/openai/gpt-test", "openai/cheap"}) {
    const Response reply = connect().request(
        "POST", unified().path, {{"x-bf-vk", "sk-bf-alice"}},
        fmt::format(R"({{"model": "{}", "messages": [{{"role": "user", "content": "Hi"}}]}})",
                    model));
    EXPECT_EQ(reply.status, 429) << model << reply.body;
  }
  EXPECT_EQ(provider.request_count(), 0U);
}

TEST_F(VirtualKeysTest, SeeOnlyTheModelsThatTheyMayHave) {
  start_with({.config = R"({"providers": {"demo": {}}, "governance": {"virtual_keys": [
      {"id": "1", "name": "one", "value": "sk-bf-one", "provider_configs": [
        {"provider": "demo", "allowed_models": ["chat"], "key_ids": ["*"]}]},
      {"id": "2", "name": "none", "value": "sk-bf-none"}]}})"});
  const auto list = [&](std::string_view key, std::string_view path = "/v1/models") {
    return connect().request("GET", path, {{"x-bf-vk", key}});
  };
  EXPECT_THAT(list("sk-bf-one").body,
              AllOf(HasSubstr("demo/chat"), Not(HasSubstr("demo/reasoner"))));
  EXPECT_THAT(list("sk-bf-none").body, Not(HasSubstr("demo/")));
  EXPECT_EQ(list("sk-bf-none", "/v1/models?provider=demo").status, 403);
  EXPECT_EQ(list("sk-bf-one", "/v1/models/demo/reasoner").status, 403);
}

// Whom a provider never saw, nobody pays for.
TEST_F(VirtualKeysTest, WhoLeavesTheQueueHasUsedNothing) {
  ConfigText config = configured(alice(R"("rate_limit_id": "r")"),
                                 R"("rate_limits": [{"id": "r", "request_max_limit": 2,
                                                     "request_reset_duration": "1d"}])");
  config.providers.front().more =
      R"("concurrency_and_buffer_size": {"concurrency": 1, "buffer_size": 5})";
  start(config);
  Gate rest;
  Client streaming = stream_as_alice(rest);
  {
    Client waiting = connect();
    waiting.send_request("POST", unified().path, {{"x-bf-vk", "sk-bf-alice"}}, unified().request);
    ASSERT_TRUE(metric_reaches("bifrost_queue_length", 1));
    waiting.reset();
  }
  ASSERT_TRUE(metric_reaches("bifrost_client_gone_total", 1));
  rest.open();
  while (streaming.next_event()) continue;
  provider.push(unified().reply());
  EXPECT_EQ(ask_as("sk-bf-alice").status, 200);
}

}  // namespace
}  // namespace bifrost::test
