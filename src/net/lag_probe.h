// How late a loop is: the time from posting a function to it until it runs. A loop that hangs is
// as late as it has hung.
#pragma once

#include "base/clock.h"
#include "net/loop.h"

#include <atomic>
#include <chrono>
#include <memory>

namespace bifrost::net {

// Used from one thread, which may be another than the loop's; the loop outlives it.
class LagProbe {
 public:
  LagProbe(Loop& loop, const Clock& clock) : loop_(loop), clock_(clock) {}

  // The lateness of the probe that was sent last, so far; sends the next one when it has arrived.
  std::chrono::nanoseconds measure();

 private:
  struct Arrival {
    std::atomic<SteadyTime::rep> at{0};  // 0: on its way
  };

  Loop& loop_;
  const Clock& clock_;
  SteadyTime sent_{};
  std::shared_ptr<Arrival> arrival_;  // null: none was sent yet
};

}  // namespace bifrost::net
