#include "routing/retry_hint.h"

#include "base/limits.h"

#include <gtest/gtest.h>

#include <chrono>
#include <optional>
#include <string>

namespace bifrost::routing {
namespace {

using std::chrono::milliseconds;
using Hint = std::optional<milliseconds>;

// Sun, 06 Nov 1994 08:49:37 GMT
constexpr WallTime kNow{std::chrono::seconds(784'111'777)};
constexpr milliseconds kMax = std::chrono::seconds(limits::kRetryAfterSecondsMax);

Error rate_limit(std::string message = {}) {
  Error error =
      upstream_error(ErrorCode::kUpstreamRateLimited, Retry::kOtherKey, std::move(message));
  error.upstream_status = 429;
  return error;
}

Hint of_headers(http::Headers headers) { return retry_hint(rate_limit(), headers, kNow); }
Hint of_message(std::string message) {
  return retry_hint(rate_limit(std::move(message)), {}, kNow);
}

Hint ms(std::int64_t count) { return milliseconds(count); }

TEST(RetryHint, ReadsRetryAfter) {
  struct Case {
    std::string_view value;
    Hint hint;
  };
  const Case cases[] = {
      {"0", ms(0)},
      {"2", ms(2000)},
      {" 2 ", ms(2000)},
      {"1.5", ms(1500)},
      {"30s", ms(30'000)},
      {"Sun, 06 Nov 1994 08:50:07 GMT", ms(30'000)},
      {"Sun, 06 Nov 1994 08:00:00 GMT", ms(0)},
      {"99999999999", kMax},
      {"1e300", kMax},
      {"-1", std::nullopt},
      {"soon", std::nullopt},
      {"", std::nullopt},
      {"nan", std::nullopt},
  };
  for (const Case& each : cases) {
    EXPECT_EQ(of_headers({{"Retry-After", std::string(each.value)}}), each.hint) << each.value;
  }
}

TEST(RetryHint, PrefersMilliseconds) {
  EXPECT_EQ(of_headers({{"retry-after", "2"}, {"retry-after-ms", "1250"}}), ms(1250));
  EXPECT_EQ(of_headers({{"retry-after", "2"}, {"retry-after-ms", "x"}}), ms(2000));
}

TEST(RetryHint, HonoursRetryAfterOnEveryError) {
  const Error overload = upstream_error(ErrorCode::kUpstreamOverloaded, Retry::kSameTarget, "");
  EXPECT_EQ(retry_hint(overload, {{"retry-after", "3"}}, kNow), ms(3000));
}

TEST(RetryHint, TakesWhatTheDialectFound) {
  Error error = rate_limit("try again in 9s");
  error.retry_after = milliseconds(4000);
  EXPECT_EQ(retry_hint(error, {}, kNow), ms(4000));
  EXPECT_EQ(retry_hint(error, {{"retry-after", "1"}}, kNow), ms(1000));
  error.retry_after = std::chrono::hours(1000);
  EXPECT_EQ(retry_hint(error, {}, kNow), kMax);
}

TEST(RetryHint, ReadsTheResetOfALimitThatIsSpent) {
  EXPECT_EQ(of_headers({{"x-ratelimit-remaining-requests", "0"},
                        {"x-ratelimit-reset-requests", "6m0s"},
                        {"x-ratelimit-remaining-tokens", "100"},
                        {"x-ratelimit-reset-tokens", "8h"}}),
            ms(360'000));
  EXPECT_EQ(of_headers({{"x-ratelimit-reset-requests", "12ms"}}), ms(12)) << "no -remaining";
  EXPECT_EQ(of_headers({{"x-ratelimit-reset-requests", "1s"}, {"x-ratelimit-reset-tokens", "2s"}}),
            ms(2000))
      << "the latest";
  EXPECT_EQ(of_headers({{"X-RateLimit-Remaining", "0"}, {"X-RateLimit-Reset", "5"}}), ms(5000));
}

TEST(RetryHint, ReadsAnthropicsResets) {
  EXPECT_EQ(of_headers({{"anthropic-ratelimit-input-tokens-remaining", "0"},
                        {"anthropic-ratelimit-input-tokens-reset", "1994-11-06T08:49:47Z"},
                        {"anthropic-ratelimit-requests-remaining", "49"},
                        {"anthropic-ratelimit-requests-reset", "1994-11-06T09:49:47Z"}}),
            ms(10'000));
}

TEST(RetryHint, LooksAtResetsOnlyAfterARateLimit) {
  const Error overload = upstream_error(ErrorCode::kUpstreamOverloaded, Retry::kSameTarget, "");
  EXPECT_EQ(retry_hint(overload, {{"x-ratelimit-reset-requests", "1s"}}, kNow), std::nullopt);
}

TEST(RetryHint, ReadsWordsInTheMessage) {
  struct Case {
    std::string_view message;
    Hint hint;
  };
  const Case cases[] = {
      {"Rate limit reached. Please try again in 1.2s. Visit ...", ms(1200)},
      {"Please try again in 6m0s.", ms(360'000)},
      {"Please try again in 500ms", ms(500)},
      {"try again in 20 seconds", ms(20'000)},
      {"Try again in 1 minute 5 seconds.", ms(65'000)},
      {"Please retry in 51.5s.", ms(51'500)},
      {"Quota exceeded; reset after 4s", ms(4000)},
      {"Retry after 7", ms(7000)},
      {"Please retry after 7.", ms(7000)},
      {"try again in a moment", std::nullopt},
      {"try again in ", std::nullopt},
      {"no hint", std::nullopt},
      {"", std::nullopt},
  };
  for (const Case& each : cases) {
    EXPECT_EQ(of_message(std::string(each.message)), each.hint) << each.message;
  }
}

TEST(RetryHint, ReadsWordsInTheBodyWhenTheMessageHasNone) {
  Error error = rate_limit("Too many requests");
  error.upstream_body = R"({"detail":{"note":"reset after 4s"}})";
  EXPECT_EQ(retry_hint(error, {}, kNow), ms(4000));
}

TEST(RetryHint, BelievesNoWordsInOtherErrors) {
  const Error refused = upstream_error(ErrorCode::kUpstreamInvalidRequest, Retry::kOtherTarget,
                                       "your prompt said: try again in 5s");
  EXPECT_EQ(retry_hint(refused, {}, kNow), std::nullopt);
}

TEST(ParseReset, ReadsAllForms) {
  struct Case {
    std::string_view text;
    Hint hint;
  };
  const Case cases[] = {
      {"1s", ms(1000)},
      {"1h2m3s", ms(3'723'000)},
      {"7.66s", ms(7660)},
      {"12", ms(12'000)},
      {"0.25", ms(250)},
      {"1994-11-06T08:49:38Z", ms(1000)},
      {"Sun, 06 Nov 1994 08:49:38 GMT", ms(1000)},
      {"-5", std::nullopt},
      {"x", std::nullopt},
      {"", std::nullopt},
  };
  for (const Case& each : cases) EXPECT_EQ(parse_reset(each.text, kNow), each.hint) << each.text;
}

TEST(ParseReset, TakesLargeNumbersForUnixTime) {
  const WallTime now{std::chrono::seconds(1'700'000'000)};
  EXPECT_EQ(parse_reset("1700000010", now), ms(10'000));
  EXPECT_EQ(parse_reset("1700000000250", now), ms(250));
  EXPECT_EQ(parse_reset("1600000000", now), ms(0));
  EXPECT_EQ(parse_reset("1e18", now), kMax);
}

TEST(ParseSpan, StopsWhereTheSpanEnds) {
  EXPECT_EQ(parse_span("1m 20s later"), ms(80'000));
  EXPECT_EQ(parse_span("2 days"), kMax);
  EXPECT_EQ(parse_span("3 apples"), ms(3000));
  EXPECT_EQ(parse_span("1m3 apples"), ms(60'000));
  EXPECT_EQ(parse_span(" 1s"), std::nullopt);
  EXPECT_EQ(parse_span(std::string(500, '9')), std::nullopt);
}

}  // namespace
}  // namespace bifrost::routing
