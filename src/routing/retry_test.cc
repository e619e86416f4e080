#include "routing/retry.h"

#include <gtest/gtest.h>

#include <chrono>
#include <limits>

namespace bifrost::routing {
namespace {

using Action = Step::Action;
using std::chrono::milliseconds;
using std::chrono::seconds;

Error failed(Retry retry, std::optional<milliseconds> hint = std::nullopt) {
  Error error = upstream_error(ErrorCode::kUpstreamServerError, retry, "failed");
  error.retry_after = hint;
  return error;
}

Step decide(const Error& error, const AttemptState& state, const RetryPolicy& policy) {
  Random random(1);
  return next_step(error, state, policy, random);
}

TEST(Retry, FollowsTheTable) {
  struct Case {
    std::string_view what;
    Retry retry;
    AttemptState state;
    std::int64_t retries_max;
    Action action;
    bool waits;
  };
  const Case cases[] = {
      {"network error: same key", Retry::kSameTarget, {}, 1, Action::kRetrySameKey, true},
      {"... not without a budget", Retry::kSameTarget, {}, 0, Action::kGiveUp, false},
      {"... nor with a spent one", Retry::kSameTarget, {.retries = 1}, 1, Action::kGiveUp, false},
      {"... then the next target",
       Retry::kSameTarget,
       {.retries = 1, .has_next_target = true},
       1,
       Action::kNextTarget,
       false},
      {"429: a fresh key",
       Retry::kOtherKey,
       {.has_fresh_key = true, .has_other_key = true},
       1,
       Action::kRetryOtherKey,
       true},
      {"429: all tried, round again",
       Retry::kOtherKey,
       {.has_other_key = true},
       1,
       Action::kRetryOtherKey,
       true},
      {"429: the only key", Retry::kOtherKey, {}, 1, Action::kRetrySameKey, true},
      {"429: no budget",
       Retry::kOtherKey,
       {.has_fresh_key = true, .has_other_key = true},
       0,
       Action::kGiveUp,
       false},
      {"401: another key at once",
       Retry::kReplaceKey,
       {.has_other_key = true},
       1,
       Action::kRetryOtherKey,
       false},
      {"401: no budget",
       Retry::kReplaceKey,
       {.has_other_key = true, .has_next_target = true},
       0,
       Action::kNextTarget,
       false},
      {"401: the only key", Retry::kReplaceKey, {}, 1, Action::kGiveUp, false},
      {"400: the next target at once",
       Retry::kOtherTarget,
       {.has_next_target = true},
       5,
       Action::kNextTarget,
       false},
      {"400: there is none", Retry::kOtherTarget, {}, 5, Action::kGiveUp, false},
      {"the caller left",
       Retry::kNo,
       {.has_other_key = true, .has_next_target = true},
       5,
       Action::kGiveUp,
       false},
  };
  for (const Case& each : cases) {
    const Step step = decide(failed(each.retry), each.state, {.retries_max = each.retries_max});
    EXPECT_EQ(step.action, each.action) << each.what;
    EXPECT_EQ(step.delay > milliseconds(0), each.waits) << each.what;
  }
}

TEST(Retry, SaysWhenSeveralKeysWereAllRefused) {
  const Error refused = failed(Retry::kReplaceKey);
  const RetryPolicy policy{.retries_max = 1};
  EXPECT_TRUE(decide(refused, {.retries = 1, .keys = 2}, policy).credentials_exhausted);
  EXPECT_TRUE(decide(refused, {.keys = 2, .has_next_target = true}, policy).credentials_exhausted);
  EXPECT_FALSE(decide(refused, {.keys = 1}, policy).credentials_exhausted) << "nothing to rotate";
  EXPECT_FALSE(decide(refused, {.keys = 2}, {.retries_max = 0}).credentials_exhausted);
  EXPECT_FALSE(decide(refused, {.keys = 2, .has_other_key = true}, policy).credentials_exhausted);
}

TEST(Retry, WaitsAtLeastAsLongAsTheProviderAsks) {
  const RetryPolicy policy{.retries_max = 3};
  EXPECT_EQ(decide(failed(Retry::kSameTarget, seconds(7)), {}, policy).delay, seconds(7));
  EXPECT_EQ(decide(failed(Retry::kOtherKey, seconds(7)), {}, policy).delay, seconds(7));
  EXPECT_GE(decide(failed(Retry::kSameTarget, milliseconds(1)), {}, policy).delay,
            milliseconds(400));
}

TEST(Retry, DoesNotMakeAFreshKeyWaitForTheOtherKeysHint) {
  const AttemptState state{.has_fresh_key = true, .has_other_key = true};
  const Step step =
      decide(failed(Retry::kOtherKey, std::chrono::hours(1)), state, {.retries_max = 1});
  EXPECT_EQ(step.action, Action::kRetryOtherKey);
  EXPECT_LE(step.delay, milliseconds(600));
}

TEST(Retry, DoesNotWaitForAHintBeyondTheBound) {
  const RetryPolicy policy{.retries_max = 3};
  const Error at_bound = failed(Retry::kSameTarget, kHintWaitMax);
  const Error beyond = failed(Retry::kSameTarget, kHintWaitMax + milliseconds(1));
  EXPECT_EQ(decide(at_bound, {}, policy).action, Action::kRetrySameKey);
  EXPECT_EQ(decide(beyond, {}, policy).action, Action::kGiveUp);
  EXPECT_EQ(decide(beyond, {.has_next_target = true}, policy),
            (Step{.action = Action::kNextTarget}));
}

TEST(Retry, WaitsLongerWhereTheBackoffMayBeLonger) {
  const RetryPolicy policy{.retries_max = 1, .backoff_max = seconds(90)};
  EXPECT_EQ(decide(failed(Retry::kSameTarget, seconds(60)), {}, policy).action,
            Action::kRetrySameKey);
}

TEST(Backoff, DoublesUpToItsMaximumWithJitter) {
  const RetryPolicy policy;
  Random random(3);
  const std::int64_t nominal[] = {500, 1000, 2000, 4000, 5000, 5000};
  for (std::size_t i = 0; i < std::size(nominal); ++i) {
    for (int round = 0; round < 50; ++round) {
      const auto pause = backoff(policy, static_cast<std::int64_t>(i), random).count();
      EXPECT_GE(pause, nominal[i] * 8 / 10 - 1) << i;
      EXPECT_LE(pause, nominal[i] * 12 / 10) << i;
    }
  }
}

TEST(Backoff, Varies) {
  Random random(3);
  const auto first = backoff({}, 0, random);
  bool varies = false;
  for (int i = 0; i < 10; ++i) varies = varies || backoff({}, 0, random) != first;
  EXPECT_TRUE(varies);
}

TEST(Backoff, SurvivesAbsurdSettings) {
  Random random(3);
  const RetryPolicy huge{.backoff_initial = std::chrono::hours(1'000'000),
                         .backoff_max = std::chrono::hours(2'000'000)};
  EXPECT_GT(backoff(huge, std::numeric_limits<std::int64_t>::max(), random), milliseconds(0));
  EXPECT_EQ(backoff({.backoff_initial = milliseconds(0)}, 5, random), milliseconds(0));
  EXPECT_GT(backoff({}, -1, random), milliseconds(0));
}

}  // namespace
}  // namespace bifrost::routing
