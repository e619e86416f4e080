#include "governance/attempts.h"

#include <algorithm>

namespace bifrost::governance {

Result<void> Attempts::check(std::string_view network, SteadyTime now) const {
  const std::scoped_lock lock(mutex_);
  const auto known = wrong_.find(network);
  if (known == wrong_.end() || known->second.until <= now) return {};
  Error error =
      client_error(ErrorCode::kRateLimited,
                   "too many wrong passwords came from this address; wait before the next one");
  error.retry_after = std::chrono::ceil<std::chrono::milliseconds>(known->second.until - now);
  return error;
}

void Attempts::wrong(std::string_view network, SteadyTime now) {
  const std::scoped_lock lock(mutex_);
  auto known = wrong_.find(network);
  if (known == wrong_.end()) {
    make_room();
    known = wrong_.emplace(std::string(network), Wrong{}).first;
  }
  Wrong& wrong = known->second;
  if (wrong.times > 0 && now - wrong.last >= kForgottenAfter) wrong = {};
  wrong.last = now;
  ++wrong.times;
  if (wrong.times < kFree) return;
  // After six further times it is a minute, and stays one.
  constexpr int kDoublingsMax = 6;
  const auto wait = std::chrono::seconds(1 << std::min(wrong.times - kFree, kDoublingsMax));
  wrong.until = now + std::min<std::chrono::seconds>(wait, kLongestWait);
}

void Attempts::right(std::string_view network, SteadyTime now) {
  const std::scoped_lock lock(mutex_);
  if (const auto known = right_.find(network); known != right_.end()) {
    known->second = now;
    return;
  }
  if (right_.size() >= kRightNetworksMax) {
    right_.erase(
        std::ranges::min_element(right_, {}, [](const auto& each) { return each.second; }));
  }
  right_.emplace(std::string(network), now);
}

bool Attempts::was_right(std::string_view network, SteadyTime now) const {
  const std::scoped_lock lock(mutex_);
  const auto known = right_.find(network);
  return known != right_.end() && now - known->second < kRightFor;
}

Result<Attempts::Place> Attempts::take(std::atomic<int>& taken, int most) {
  if (taken.fetch_add(1) < most) return Place(taken);
  taken.fetch_sub(1);
  Error error = client_error(ErrorCode::kRateLimited,
                             "too many sign in at the same time; try again in a moment");
  error.retry_after = std::chrono::seconds(1);
  return error;
}

void Attempts::make_room() {
  if (wrong_.size() < kNetworksMax) return;
  wrong_.erase(
      std::ranges::min_element(wrong_, {}, [](const auto& entry) { return entry.second.last; }));
}

}  // namespace bifrost::governance
