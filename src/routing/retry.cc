#include "routing/retry.h"

#include <algorithm>
#include <optional>

namespace bifrost::routing {
namespace {

using std::chrono::milliseconds;
using Action = Step::Action;

constexpr double kJitterLow = 0.8;
constexpr double kJitterHigh = 1.2;
constexpr std::int64_t kDoublingsMax = 30;

Step leave(const AttemptState& state) {
  return {.action = state.has_next_target ? Action::kNextTarget : Action::kGiveUp};
}

Step replace_key(const AttemptState& state, const RetryPolicy& policy) {
  if (!state.has_other_key) {
    Step step = leave(state);
    step.credentials_exhausted = state.keys > 1 && policy.retries_max > 0;
    return step;
  }
  if (state.retries >= policy.retries_max) return leave(state);
  return {.action = Action::kRetryOtherKey};
}

// After the backoff, but not before the provider's hint; nothing when that is too far away.
std::optional<Step> after_hint(Action action, const Error& error, milliseconds pause,
                               const RetryPolicy& policy) {
  const milliseconds hint = error.retry_after.value_or(milliseconds(0));
  if (hint > std::max(kHintWaitMax, policy.backoff_max)) return std::nullopt;
  return Step{.action = action, .delay = std::max(pause, hint)};
}

}  // namespace

milliseconds backoff(const RetryPolicy& policy, std::int64_t retries, Random& random) {
  // In floating point: a large setting must not overflow.
  const auto doublings = static_cast<unsigned>(std::clamp<std::int64_t>(retries, 0, kDoublingsMax));
  const double grown = static_cast<double>(policy.backoff_initial.count()) *
                       static_cast<double>(std::uint64_t{1} << doublings);
  const double bounded = std::min(grown, static_cast<double>(policy.backoff_max.count()));
  const double jitter = kJitterLow + (kJitterHigh - kJitterLow) * random.unit();
  return milliseconds(static_cast<std::int64_t>(bounded * jitter));
}

Step next_step(const Error& error, const AttemptState& state, const RetryPolicy& policy,
               Random& random) {
  if (error.retry == Retry::kNo) return {};
  if (error.retry == Retry::kReplaceKey) return replace_key(state, policy);
  if (error.retry == Retry::kOtherTarget || state.retries >= policy.retries_max)
    return leave(state);
  const milliseconds pause = backoff(policy, state.retries, random);
  if (error.retry == Retry::kOtherKey && state.has_fresh_key) {
    return {.action = Action::kRetryOtherKey, .delay = pause};
  }
  const bool rotates = error.retry == Retry::kOtherKey && state.has_other_key;
  const Action action = rotates ? Action::kRetryOtherKey : Action::kRetrySameKey;
  return after_hint(action, error, pause, policy).value_or(leave(state));
}

}  // namespace bifrost::routing
