// Keeps what may happen very often from filling the log: a line now and then, which says how often
// it happened.
//
//   if (const std::size_t times = pace_.next(now)) BF_LOG(kWarn, ..., {"times", times});
#pragma once

#include "base/clock.h"

#include <chrono>
#include <cstddef>
#include <utility>

namespace bifrost {

// Not thread-safe.
class LogPace {
 public:
  static constexpr std::chrono::seconds kPause{10};

  // How often it has happened since the last line, this time included, if there is to be one; else
  // 0.
  [[nodiscard]] std::size_t next(SteadyTime now) {
    ++times_;
    if (now < due_) return 0;
    due_ = now + kPause;
    return std::exchange(times_, 0);
  }

 private:
  SteadyTime due_{};
  std::size_t times_ = 0;
};

}  // namespace bifrost
