// What follows a failed attempt: the same key again, another key, the next target, or the end.
//
// A pure decision. The rules, by Error::retry:
//
//   kSameTarget   again with the same key, after a pause
//   kOtherKey     with another key after a pause; with the same one when there is no other
//   kReplaceKey   with another key at once; the old one is dead for this request
//   kOtherTarget  the next target at once
//   kNo           the end
//
// Each target has its own budget of RetryPolicy::retries_max repetitions; when it is spent, or
// there is no key to go on with, the next target's turn has come. Keys are changed only where
// retries are configured at all.
//
// The pause is min(initial * 2^retries, max), times a random factor from 0.8 to 1.2. A provider's
// hint (Error::retry_after) is a floor under it. One that is longer than anybody would wait is not
// waited for: the next target is asked, or the hint is handed to the caller. It says nothing about
// a key that has not been tried, so a fresh key does not wait for it.
#pragma once

#include "base/error.h"
#include "base/random.h"

#include <chrono>
#include <cstddef>
#include <cstdint>

namespace bifrost::routing {

// From network_config: max_retries, retry_backoff_initial, retry_backoff_max.
struct RetryPolicy {
  std::int64_t retries_max = 0;
  std::chrono::milliseconds backoff_initial{500};
  std::chrono::milliseconds backoff_max{5000};
};

// Where a request stands at one target. The keys are counted after the failed one was set aside or
// buried.
struct AttemptState {
  std::int64_t retries = 0;    // done at this target
  std::size_t keys = 0;        // KeyPicker::size
  bool has_fresh_key = false;  // KeyPicker::has_fresh_key
  bool has_other_key = false;  // KeyPicker::has_other_key
  bool has_next_target = false;
};

struct Step {
  enum class Action : std::uint8_t { kRetrySameKey, kRetryOtherKey, kNextTarget, kGiveUp };
  Action action = Action::kGiveUp;
  std::chrono::milliseconds delay{0};
  // Several keys were tried and all were refused: the target's error is what KeyPicker::pick says
  // now, not what the last of them met.
  bool credentials_exhausted = false;

  bool operator==(const Step&) const = default;
};

// Hints up to this (or up to backoff_max, if that is longer) are waited for.
inline constexpr std::chrono::milliseconds kHintWaitMax = std::chrono::seconds(30);

[[nodiscard]] Step next_step(const Error& error, const AttemptState& state,
                             const RetryPolicy& policy, Random& random);

// The pause before repetition number `retries` + 1.
[[nodiscard]] std::chrono::milliseconds backoff(const RetryPolicy& policy, std::int64_t retries,
                                                Random& random);

}  // namespace bifrost::routing
