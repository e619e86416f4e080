// Whether requests come faster than they may: a token bucket in one number, the time at which those
// so far will have been paid for (GCRA, the leaky bucket as a meter).
//
// Thread-safe, without a lock. Workers' clocks may differ by a round of their loops.
#pragma once

#include "base/clock.h"

#include <atomic>
#include <chrono>
#include <optional>

namespace bifrost::server {

struct RequestRate {
  std::chrono::nanoseconds interval{};  // between two requests in the long run; 0: no limit
  std::chrono::nanoseconds credit{};    // of an address that was silent: its burst of intervals
};

class RequestMeter {
 public:
  // Counts one more request if it may come now; else the time until one may.
  [[nodiscard]] std::optional<std::chrono::nanoseconds> refuses(const RequestRate& rate,
                                                                SteadyTime now);
  // Is it as good as new?
  [[nodiscard]] bool at_rest(SteadyTime now) const {
    return paid_at_.load(std::memory_order_relaxed) <= now.time_since_epoch().count();
  }

 private:
  std::atomic<SteadyTime::rep> paid_at_{SteadyTime::min().time_since_epoch().count()};
};

}  // namespace bifrost::server
