// What follows a provider's refusal: pauses and their hints, other keys, the end.
#include "tests/integration/gateway_fixture.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <mutex>
#include <ostream>
#include <set>

namespace bifrost::test {
namespace {

using std::chrono::steady_clock;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr std::string_view kQuickRetries =
    R"("max_retries": 3, "retry_backoff_initial": 100, "retry_backoff_max": 100)";

Script rate_limited(http::Headers headers) {
  headers.add("content-type", "application/json");
  return Script::reply(429, std::move(headers), openai_error("slow down", "rate_limit_error"));
}

Script busy() { return Script::json(503, openai_error("busy", "server_error")); }

// The keys that the provider was called with, in order.
std::vector<std::string> keys_seen(const FakeProvider& provider) {
  std::vector<std::string> keys;
  for (const ReceivedRequest& request : provider.requests()) {
    keys.emplace_back(request.headers.get("authorization"));
  }
  return keys;
}

class RetryTest : public GatewayTest {
 protected:
  void start_with_keys(std::vector<std::string> keys, std::string_view network = kQuickRetries) {
    start({.providers = {{.keys = std::move(keys), .network = std::string(network)}}});
  }
};

// ---------------------------------------------------------------------------------------------
// Hints

struct HintCase {
  std::string name;
  http::Headers headers;
  std::string body = {};
  std::int64_t seconds_min = 0;  // of the caller's Retry-After
  std::int64_t seconds_max = 0;
};

void PrintTo(const HintCase& value, std::ostream* out) { *out << value.name; }

std::string in_seconds(int seconds, const char* format) {
  const auto then = std::chrono::system_clock::now() + std::chrono::seconds(seconds);
  return fmt::format(fmt::runtime(format), fmt::gmtime(std::chrono::system_clock::to_time_t(then)));
}

std::vector<HintCase> hint_cases() {
  return {
      {"RetryAfterSeconds", {{"retry-after", "7"}}, {}, 7, 7},
      {"RetryAfterDate",
       {{"retry-after", in_seconds(6000, "{:%a, %d %b %Y %H:%M:%S GMT}")}},
       {},
       3000,
       6000},
      {"RetryAfterMilliseconds", {{"retry-after-ms", "2500"}, {"retry-after", "9"}}, {}, 3, 3},
      {"OpenAiResets",
       {{"x-ratelimit-remaining-requests", "0"}, {"x-ratelimit-reset-requests", "1m30s"}},
       {},
       90,
       90},
      {"AnthropicResets",
       {{"anthropic-ratelimit-tokens-remaining", "0"},
        {"anthropic-ratelimit-tokens-reset", in_seconds(6000, "{:%Y-%m-%dT%H:%M:%SZ}")}},
       {},
       3000,
       6000},
      {"GeminiRetryInfo",
       {},
       R"({"error":{"code":429,"message":"Quota","status":"RESOURCE_EXHAUSTED","details":[)"
       R"({"@type":"type.googleapis.com/google.rpc.RetryInfo","retryDelay":"13s"}]}})",
       13,
       13},
  };
}

class RetryHintTest : public GatewayTest, public testing::WithParamInterface<HintCase> {};

INSTANTIATE_TEST_SUITE_P(Forms, RetryHintTest, testing::ValuesIn(hint_cases()),
                         [](const auto& test) { return test.param.name; });

TEST_P(RetryHintTest, IsHandedToTheCallerWhenGivenUp) {
  const bool of_gemini = GetParam().name == "GeminiRetryInfo";
  const WireSample& sample = of_gemini ? gemini() : unified();
  start({.providers = {{.name = sample.provider}}});
  http::Headers headers = GetParam().headers;
  headers.add("content-type", "application/json");
  provider.push(Script::reply(
      429, headers, GetParam().body.empty() ? openai_error("slow down") : GetParam().body));
  const Response reply = ask(sample);
  EXPECT_EQ(reply.status, 429);
  const auto seconds = std::stol("0" + std::string(reply.headers.get("retry-after")));
  EXPECT_GE(seconds, GetParam().seconds_min);
  EXPECT_LE(seconds, GetParam().seconds_max);
}

TEST_F(RetryTest, AHintIsAFloorUnderThePause) {
  start_with_keys({"main"}, R"("max_retries": 1, "retry_backoff_initial": 100)");
  std::mutex mutex;
  std::vector<steady_clock::time_point> times;
  provider.handle([&](const ReceivedRequest&) {
    const std::lock_guard lock(mutex);
    times.push_back(steady_clock::now());
    return times.size() == 1 ? rate_limited({{"retry-after-ms", "600"}}) : unified().reply();
  });
  EXPECT_EQ(ask().status, 200);
  ASSERT_EQ(times.size(), 2U);
  EXPECT_GE(times[1] - times[0], 600ms);
}

TEST_F(RetryTest, AHintThatNobodyWouldWaitForIsHandedOnAtOnce) {
  start_with_keys({"main"});
  provider.push(rate_limited({{"retry-after", "3600"}}));
  const Response reply = ask();
  EXPECT_EQ(reply.status, 429);
  EXPECT_EQ(reply.headers.get("retry-after"), "3600");
  EXPECT_EQ(provider.request_count(), 1U);
}

TEST_F(RetryTest, AFreshKeyDoesNotWaitForTheHintOfAnother) {
  start_with_keys({"a", "b"});
  provider.push(rate_limited({{"retry-after", "3600"}}));
  provider.push(unified().reply());
  EXPECT_EQ(ask().status, 200);
  const std::vector<std::string> keys = keys_seen(provider);
  ASSERT_EQ(keys.size(), 2U);
  EXPECT_NE(keys[0], keys[1]);
}

// ---------------------------------------------------------------------------------------------
// The same target again

TEST_F(RetryTest, RepeatsWhatMayPass) {
  start_with_keys({"main"});
  for (const int status : {500, 502, 503}) provider.push(Script::json(status, openai_error("x")));
  provider.push(openai().reply());
  const Response reply = ask(openai());
  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(reply.body, openai().answer);
  EXPECT_EQ(provider.request_count(), 4U);
}

TEST_F(RetryTest, SendsTheSameBodyAgain) {
  start_with_keys({"main"});
  provider.push(Script::json(500, openai_error("x")));
  provider.push(Script::nothing(Ending::kReset));
  provider.push(unified().reply());
  EXPECT_EQ(ask().status, 200);
  const auto requests = provider.requests();
  ASSERT_EQ(requests.size(), 3U);
  EXPECT_EQ(requests[0].body, requests[1].body);
  EXPECT_EQ(requests[0].body, requests[2].body);
}

TEST_F(RetryTest, EndsWithTheLastErrorWhenTheBudgetIsSpent) {
  start_with_keys({"main"}, R"("max_retries": 2, "retry_backoff_initial": 100)");
  provider.handle([](const ReceivedRequest&) {
    return Script::json(503, openai_error("busy", "overloaded_error"));
  });
  const Response reply = ask();
  EXPECT_EQ(reply.status, 503);
  EXPECT_EQ(json_text(reply.body, "message"), "busy");
  EXPECT_EQ(provider.request_count(), 3U);
}

TEST_F(RetryTest, SendsOnceByDefault) {
  start();
  provider.push(Script::json(503, openai_error("busy")));
  EXPECT_EQ(ask().status, 503);
  EXPECT_EQ(provider.request_count(), 1U);
}

TEST_F(RetryTest, DoesNotRepeatWhatCannotGetBetter) {
  start_with_keys({"a", "b"});
  for (const int status : {400, 404, 413, 422}) {
    provider.push(Script::json(status, openai_error("no", "invalid_request_error")));
    EXPECT_EQ(ask().status, status);
  }
  EXPECT_EQ(provider.request_count(), 4U);
}

TEST_F(RetryTest, TellsThatThePromptIsTooLong) {
  start_with_keys({"main"});
  provider.push(
      Script::json(400, openai_error("maximum context length is 8192 tokens",
                                     "invalid_request_error", "context_length_exceeded")));
  const Response reply = ask();
  EXPECT_EQ(reply.status, 400);
  EXPECT_EQ(json_text(reply.body, "type"), "context_length_exceeded");
  EXPECT_EQ(json_text(reply.body, "code"), "context_length_exceeded");
  EXPECT_EQ(provider.request_count(), 1U);
}

// The pause holds no place: with room for one, another call gets through during it.
TEST_F(RetryTest, APauseHoldsNoPlace) {
  start({.providers = {{.network = R"("max_retries": 1, "retry_backoff_max": 3600000)",
                        .more = R"("concurrency_and_buffer_size":
                                   {"concurrency": 1, "buffer_size": 10})"}}});
  provider.push(rate_limited({{"retry-after", "3600"}}));
  Client waiting = connect();
  waiting.send_request("POST", unified().path, {}, unified().request);
  ASSERT_TRUE(provider.wait_for_requests(1));
  provider.push(unified().reply());
  EXPECT_EQ(ask().status, 200);  // long before the hour is over
  EXPECT_EQ(provider.request_count(), 2U);
}

// ---------------------------------------------------------------------------------------------
// Keys

class DeadKeyTest : public GatewayTest, public testing::WithParamInterface<int> {};
INSTANTIATE_TEST_SUITE_P(Statuses, DeadKeyTest, testing::Values(401, 402, 403));

TEST_P(DeadKeyTest, GivesWayToAnotherAtOnce) {
  start({.providers = {
             {.keys = {"a", "b"}, .network = R"("max_retries": 1, "retry_backoff_initial": 600000,
                                      "retry_backoff_max": 600000)"}}});
  provider.push(Script::json(GetParam(), openai_error("no")));
  provider.push(unified().reply());
  EXPECT_EQ(ask().status, 200);  // there was no pause
  const std::vector<std::string> keys = keys_seen(provider);
  EXPECT_EQ(std::set(keys.begin(), keys.end()),
            (std::set<std::string>{"Bearer sk-a", "Bearer sk-b"}));
  EXPECT_TRUE(metric_reaches("bifrost_key_rotation_events_total", 1, {{"provider", "openai"}}));
}

TEST_P(DeadKeyTest, IsTheCallersErrorWhenItIsTheOnlyOne) {
  start({.providers = {{.network = std::string(kQuickRetries)}}});
  provider.push(Script::json(GetParam(), openai_error("no")));
  EXPECT_EQ(ask().status, GetParam());
  EXPECT_EQ(provider.request_count(), 1U);
}

TEST_F(RetryTest, EndsWhenEveryKeyIsDead) {
  start_with_keys({"a", "b", "c"});
  provider.handle([](const ReceivedRequest&) { return Script::json(401, openai_error("no")); });
  const Response reply = ask();
  EXPECT_EQ(reply.status, 502);
  EXPECT_EQ(json_text(reply.body, "type"), "upstream_credentials_exhausted");
  std::vector<std::string> keys = keys_seen(provider);
  std::ranges::sort(keys);
  EXPECT_THAT(keys, ElementsAre("Bearer sk-a", "Bearer sk-b", "Bearer sk-c"));
}

TEST_F(RetryTest, TellsWhichKeysAreUp) {
  start_with_keys({"a"}, {});
  const auto after = [&](Script answer) {
    provider.push(std::move(answer));
    static_cast<void>(ask());
    EXPECT_TRUE(gateway->metrics().has("bifrost_provider_key_up", {{"key_name", "a"}}));
    return gateway->metrics().sum("bifrost_provider_key_up", {{"provider", "openai"}});
  };
  EXPECT_EQ(after(Script::json(401, openai_error("no"))), 0);
  EXPECT_EQ(after(unified().reply()), 1);
  EXPECT_EQ(after(Script::json(500, openai_error("x"))), 1) << "not the key's fault";
  EXPECT_EQ(after(rate_limited({})), 0);
  EXPECT_EQ(after(Script::json(500, openai_error("x"))), 0) << "says nothing of the key";
  EXPECT_EQ(after(unified().reply()), 1);
}

TEST_F(RetryTest, ARateLimitedKeyGivesWayAndIsTriedAgain) {
  start_with_keys({"a", "b"});
  provider.push(rate_limited({}));
  provider.push(rate_limited({}));
  provider.push(unified().reply());
  EXPECT_EQ(ask().status, 200);
  const std::vector<std::string> keys = keys_seen(provider);
  ASSERT_EQ(keys.size(), 3U);
  EXPECT_NE(keys[0], keys[1]);
}

TEST_F(RetryTest, APinnedKeyIsNotChanged) {
  start_with_keys({"a", "b"});
  provider.handle([](const ReceivedRequest&) { return Script::json(401, openai_error("no")); });
  Client client = connect();
  const Response reply =
      client.request("POST", unified().path, {{"x-bf-api-key", "b"}}, unified().request);
  EXPECT_EQ(reply.status, 401);
  EXPECT_THAT(keys_seen(provider), ElementsAre("Bearer sk-b"));
}

// A key of vLLM is a server; the one that fails is not the one to ask again.
TEST_F(RetryTest, AsksAnotherServerWhereEachKeyHasItsOwn) {
  constexpr std::string_view kServers =
      R"({"name": "a", "models": ["*"], "weight": 1, )"
      R"("vllm_key_config": {"model_name": "m", "url": "${provider_url}"}},)"
      R"({"name": "b", "models": ["*"], "weight": 1, )"
      R"("vllm_key_config": {"model_name": "m", "url": "${second_url}"}})";
  start_with({.config = fmt::format(
                  R"({{"server": {{"drain_delay_in_seconds": 0}}, "providers": {{"vllm": {{)"
                  R"("keys": [{}], "network_config": {{"max_retries": 1, )"
                  R"("retry_backoff_initial": 100}}}}}}}})",
                  kServers)});
  const auto ill = [](const ReceivedRequest&) {
    return Script::json(503, openai_error("overloaded"));
  };
  provider.handle(ill);
  second.handle([](const ReceivedRequest&) { return unified().reply(); });
  for (int i = 0; i < 12; ++i) {
    const Response reply =
        post("/v1/chat/completions",
             R"({"model": "vllm/m", "messages": [{"role": "user", "content": "Hi"}]})");
    EXPECT_EQ(reply.status, 200) << reply.body;
  }
  EXPECT_EQ(second.request_count(), 12U);
}

TEST_F(RetryTest, ABudgetSaysHowManyThereMayBe) {
  start({.providers = {{.network = R"("max_retries": 3, "retry_backoff_initial": 100)"}},
         .client = R"("retry_budget": {"retry_floor": 1, "retry_percent": 0})"});
  for (int i = 0; i < 3; ++i) provider.push(busy());
  const Response first = ask();
  EXPECT_EQ(first.status, 503);
  EXPECT_EQ(provider.request_count(), 2U) << "one retry is left in ten seconds";
  EXPECT_EQ(first.headers.get("x-should-retry"), "false");
  EXPECT_THAT(first.body, HasSubstr("the retry budget of the provider's key is spent"));
  EXPECT_TRUE(metric_reaches("bifrost_retries_denied_total", 1,
                             {{"provider", "openai"}, {"budget", "key"}}));
}

TEST_F(RetryTest, TheCallersOwnRetriesCount) {
  start({.providers = {{.network = R"("max_retries": 3, "retry_backoff_initial": 100)"}},
         .client = R"("retry_budget": {"retry_floor": 1, "retry_percent": 0})"});
  provider.push(busy());
  const WireSample& sample = unified();
  Client client = connect();
  const Response refused = client.request(
      "POST", sample.path, {{"content-type", "application/json"}, {"x-stainless-retry-count", "1"}},
      sample.request);
  EXPECT_EQ(refused.status, 503);
  EXPECT_EQ(provider.request_count(), 1U);
  EXPECT_THAT(refused.body, HasSubstr("the retry budget of the caller is spent"));
  EXPECT_TRUE(metric_reaches("bifrost_caller_retries_total", 1));
}

TEST_F(RetryTest, ACallerPaysForHisOwnRetriesOnly) {
  start({.providers = {{.network = R"("max_retries": 3, "retry_backoff_initial": 100)"}},
         .client = R"("retry_budget": {"retry_floor": 3, "retry_percent": 0})"});
  const WireSample& sample = unified();
  Client greedy = connect({.own_number = 2});
  for (int i = 0; i < 4; ++i) {
    provider.push(sample.reply());
    const http::Headers headers = {{"content-type", "application/json"},
                                   {"x-stainless-retry-count", "1"}};
    EXPECT_EQ(greedy.request("POST", sample.path, headers, sample.request).status, 200);
  }
  provider.push(busy());
  provider.push(sample.reply());
  const Response other = connect({.own_number = 3}).post(sample.path, sample.request);
  EXPECT_EQ(other.status, 200) << other.body;
}

TEST_F(RetryTest, EqualFallbacksAreOneTarget) {
  start_with_network(R"("max_retries": 3, "retry_backoff_initial": 100)");
  for (int i = 0; i < 20; ++i) provider.push(busy());
  std::string names;
  for (int i = 0; i < 16; ++i) names += std::string(i > 0 ? "," : "") + R"("openai/m")";
  const Response refused =
      post(unified().path, R"({"model": "openai/m", "fallbacks": [)" + names +
                               R"(], "messages": [{"role": "user", "content": "Hi"}]})");
  EXPECT_EQ(refused.status, 503);
  EXPECT_EQ(provider.request_count(), 4U);
}

}  // namespace
}  // namespace bifrost::test
