#include "dialect/rate_limits.h"

#include "dialect/dialect.h"

#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <string_view>

namespace bifrost::dialect {
namespace {

using namespace std::chrono_literals;  // NOLINT: of durations

constexpr std::string_view kRequestsReset = "x-ratelimit-reset-requests";

http::Headers written(std::string_view dialect, const RateLimits& limits) {
  http::Headers headers;
  find(dialect)->family.write_rate_limits(limits, headers);
  return headers;
}

RateLimit limit_with(std::chrono::milliseconds left) {
  return {.limit = 60,
          .remaining = 12,
          .resets_at = WallTime(std::chrono::seconds(1'700'000'000)) + left,
          .resets_after = left};
}

TEST(RateLimits, AreToldAsOpenAiDoes) {
  const auto headers = written("openai_chat", {.requests = limit_with(90s), .tokens = {}});
  EXPECT_EQ(headers.get("x-ratelimit-limit-requests"), "60");
  EXPECT_EQ(headers.get("x-ratelimit-remaining-requests"), "12");
  EXPECT_EQ(headers.get(kRequestsReset), "1m30s");
  EXPECT_FALSE(headers.contains("x-ratelimit-limit-tokens")) << "there is no such limit";
}

TEST(RateLimits, ResetAfterDurationsThatGoCanRead) {
  const auto reset_after = [](std::chrono::milliseconds left) {
    return std::string(
        written("openai_chat", {.requests = limit_with(left), .tokens = {}}).get(kRequestsReset));
  };
  EXPECT_EQ(reset_after(20ms), "20ms");
  EXPECT_EQ(reset_after(1s), "1s");
  EXPECT_EQ(reset_after(1500ms), "1.5s");
  EXPECT_EQ(reset_after(6min), "6m0s");
  EXPECT_EQ(reset_after(1h), "1h0m0s");
  EXPECT_EQ(reset_after(24h), "24h0m0s");
}

TEST(RateLimits, AreToldAsAnthropicDoes) {
  const auto headers =
      written("anthropic", {.requests = limit_with(20s), .tokens = limit_with(19'001ms)});
  EXPECT_EQ(headers.get("anthropic-ratelimit-requests-limit"), "60");
  EXPECT_EQ(headers.get("anthropic-ratelimit-requests-remaining"), "12");
  EXPECT_EQ(headers.get("anthropic-ratelimit-requests-reset"), "2023-11-14T22:13:40Z");
  EXPECT_EQ(headers.get("anthropic-ratelimit-tokens-reset"), "2023-11-14T22:13:40Z")
      << "not before it is true";
  EXPECT_FALSE(headers.contains(kRequestsReset));
}

TEST(RateLimits, AreToldInEveryDialect) {
  for (const Dialect* dialect : all()) {
    EXPECT_NE(dialect->family.write_rate_limits, nullptr) << dialect->name;
  }
}

}  // namespace
}  // namespace bifrost::dialect
