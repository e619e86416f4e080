// What callers are told of their limits, in the headers that agents obey.
#include "tests/integration/gateway_fixture.h"

#include <fmt/format.h>

#include <string>
#include <string_view>

namespace bifrost::test {
namespace {

using ::testing::MatchesRegex;
using ::testing::StartsWith;

class LimitHeadersTest : public GatewayTest {
 protected:
  void start_keys(std::string_view alice, std::string_view governance) {
    start({.providers = {{}, {.name = "anthropic", .url = "${provider_url}"}},
           .governance = fmt::format(
               R"("virtual_keys": [{{"id": "vk-1", "name": "alice", "value": "sk-bf-alice",
                                     "allow_all_providers": true, {}}}], {})",
               alice, governance)});
  }
  // A minute's requests, and an hour's tokens.
  void start_with_both() {
    start_keys(R"("rate_limit_id": "r")",
               R"("rate_limits": [{"id": "r", "request_max_limit": 3,
                                   "request_reset_duration": "1m", "token_max_limit": 10000,
                                   "token_reset_duration": "1h"}])");
  }
  Response ask_as_alice(const WireSample& sample = unified()) {
    return connect().request("POST", sample.path, {{"x-bf-vk", "sk-bf-alice"}}, sample.request);
  }
};

TEST_F(LimitHeadersTest, AnAnswerSaysWhatIsLeftAfterIt) {
  start_with_both();
  provider.push(unified().reply());  // five tokens
  const Response reply = ask_as_alice();
  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(reply.headers.get("x-ratelimit-limit-requests"), "3");
  EXPECT_EQ(reply.headers.get("x-ratelimit-remaining-requests"), "2");
  EXPECT_THAT(std::string(reply.headers.get("x-ratelimit-reset-requests")),
              MatchesRegex("1m0s|[0-9.]+s"));
  EXPECT_EQ(reply.headers.get("x-ratelimit-limit-tokens"), "10000");
  EXPECT_EQ(reply.headers.get("x-ratelimit-remaining-tokens"), "9995");
  EXPECT_THAT(std::string(reply.headers.get("x-ratelimit-reset-tokens")),
              MatchesRegex("1h0m0s|59m[0-9.]+s"));
}

TEST_F(LimitHeadersTest, ACallerOfAnthropicsIsToldAsAnthropicDoes) {
  start_with_both();
  provider.push(anthropic().reply());
  const Response reply = ask_as_alice(anthropic());
  EXPECT_EQ(reply.status, 200) << reply.body;
  EXPECT_EQ(reply.headers.get("anthropic-ratelimit-requests-limit"), "3");
  EXPECT_EQ(reply.headers.get("anthropic-ratelimit-requests-remaining"), "2");
  EXPECT_THAT(std::string(reply.headers.get("anthropic-ratelimit-requests-reset")),
              MatchesRegex("20[0-9-]+T[0-9:]+Z"));
  EXPECT_EQ(reply.headers.get("anthropic-ratelimit-tokens-remaining"), "9995");
  EXPECT_FALSE(reply.headers.contains("x-ratelimit-limit-requests"));
}

// What a stream holds is not left until it has ended.
TEST_F(LimitHeadersTest, AStreamSaysWhatIsLeftBesideIt) {
  start_with_both();
  provider.push(unified().stream());
  const Response reply = connect().request("POST", unified().stream_path,
                                           {{"x-bf-vk", "sk-bf-alice"}}, unified().stream_request);
  EXPECT_EQ(reply.headers.get("x-ratelimit-remaining-requests"), "2");
  EXPECT_THAT(std::string(reply.headers.get("x-ratelimit-remaining-tokens")), StartsWith("94"))
      << "512 tokens and its length are expected";
}

TEST_F(LimitHeadersTest, ARefusalSaysWhatIsFull) {
  start_with_both();
  for (int i = 0; i < 3; ++i) {
    provider.push(unified().reply());
    EXPECT_EQ(ask_as_alice().status, 200);
  }
  const Response refused = ask_as_alice();
  EXPECT_EQ(refused.status, 429);
  EXPECT_EQ(refused.headers.get("x-ratelimit-remaining-requests"), "0");
  EXPECT_EQ(refused.headers.get("x-ratelimit-remaining-tokens"), "9985");
  EXPECT_EQ(refused.headers.contains("x-should-retry"), false) << "a minute can be waited for";
  const int seconds = std::stoi(std::string(refused.headers.get("retry-after")));
  EXPECT_GT(seconds, 0);
  EXPECT_LE(seconds, 60);
  const int milliseconds = std::stoi(std::string(refused.headers.get("retry-after-ms")));
  EXPECT_EQ((milliseconds + 999) / 1000, seconds);
  EXPECT_EQ(ask_as_alice(anthropic()).headers.get("anthropic-ratelimit-requests-remaining"), "0");
}

TEST_F(LimitHeadersTest, OfTwoLimitsTheTighterIsTold) {
  start_keys(R"("rate_limit_id": "r", "team_id": "red")",
             R"("teams": [{"id": "red", "name": "Red", "rate_limit_id": "t"}],
                "rate_limits": [{"id": "r", "request_max_limit": 100,
                                 "request_reset_duration": "1m"},
                                {"id": "t", "request_max_limit": 5,
                                 "request_reset_duration": "1d"}])");
  provider.push(unified().reply());
  const Response reply = ask_as_alice();
  EXPECT_EQ(reply.headers.get("x-ratelimit-limit-requests"), "5");
  EXPECT_EQ(reply.headers.get("x-ratelimit-remaining-requests"), "4");
}

Script with_provider_limits() {
  return Script::reply(200,
                       {{"content-type", "application/json"},
                        {"x-ratelimit-remaining-requests", "7"},
                        {"anthropic-ratelimit-tokens-remaining", "8"}},
                       unified().answer);
}

// A key of the gateway's has its own share of the provider's account.
TEST_F(LimitHeadersTest, WhatTheProviderSaysOfItsOwnIsNotTakenForOurs) {
  start_with_both();
  provider.push(with_provider_limits());
  const Response reply = ask_as_alice();
  EXPECT_EQ(reply.headers.get("x-ratelimit-remaining-requests"), "2");
  EXPECT_EQ(reply.headers.get("x-bifrost-provider-x-ratelimit-remaining-requests"), "7");
  EXPECT_EQ(reply.headers.get("x-bifrost-provider-anthropic-ratelimit-tokens-remaining"), "8");
  EXPECT_FALSE(reply.headers.contains("anthropic-ratelimit-tokens-remaining"));
}

TEST_F(LimitHeadersTest, WhoHasNoLimitsReadsTheProvidersOwn) {
  start();
  provider.push(with_provider_limits());
  const Response reply = ask();
  EXPECT_EQ(reply.headers.get("x-ratelimit-remaining-requests"), "7");
  EXPECT_FALSE(reply.headers.contains("x-ratelimit-limit-requests"));
}

}  // namespace
}  // namespace bifrost::test
