// Do the loops of the program turn? One thread looks at them and tells; any thread asks.
#pragma once

#include "base/clock.h"

#include <algorithm>
#include <atomic>
#include <chrono>

namespace bifrost::overload {

class Pulse {
 public:
  // Of the thread that looks: the loop that is latest was last known to turn that long ago.
  void beat(SteadyTime now, std::chrono::nanoseconds lateness) {
    turned_.store((now - lateness).time_since_epoch().count(), std::memory_order_relaxed);
  }

  // How long it is that all were known to turn. It grows as well when nobody looks any more; zero
  // before the first look.
  [[nodiscard]] std::chrono::nanoseconds silence(SteadyTime now) const {
    const SteadyTime::rep turned = turned_.load(std::memory_order_relaxed);
    if (turned == 0) return std::chrono::nanoseconds(0);
    const std::chrono::nanoseconds since = now - SteadyTime(SteadyTime::duration(turned));
    return std::max(since, std::chrono::nanoseconds(0));
  }

 private:
  std::atomic<SteadyTime::rep> turned_{0};
};

}  // namespace bifrost::overload
