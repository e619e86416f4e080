// What overload::Control looks at: the memory of the process, its descriptors, its workers' lag,
// the queues of providers, the connections of callers.
//
// Belongs to the gateway's thread, which calls `look` a few times a second.
#pragma once

#include "base/clock.h"
#include "exchange/services.h"
#include "net/lag_probe.h"
#include "net/loop.h"
#include "overload/door.h"
#include "overload/memory_limit.h"
#include "server/settings.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>

namespace bifrost::app {

// How late one worker is. What counts is what stays: the smallest of the last four looks.
class WorkerLag {
 public:
  WorkerLag(net::Loop& loop, const Clock& clock) : probe_(loop, clock) {}

  // Looks: how late it is now.
  std::chrono::nanoseconds look();
  [[nodiscard]] std::chrono::nanoseconds lasting() const { return std::ranges::min(lags_); }

 private:
  net::LagProbe probe_;
  std::array<std::chrono::nanoseconds, 4> lags_{};
  std::size_t next_ = 0;
};

class Watch {
 public:
  static constexpr std::chrono::milliseconds kInterval{250};

  // References outlive it.
  Watch(exchange::Services& services, const Clock& clock);

  // A worker, whose loop and door outlive this.
  void add(net::Loop& loop, overload::Door& door);
  // Divides the memory, and takes the thresholds.
  void configure(const server::Settings& settings);
  // Looks if it is time to; call it as often as you like. Did it look?
  bool look();

 private:
  [[nodiscard]] double memory() const;
  [[nodiscard]] double descriptors() const;
  [[nodiscard]] double queues() const;
  [[nodiscard]] double connections() const;

  exchange::Services& services_;
  const Clock& clock_;
  server::Settings settings_;
  overload::MemoryLimit limit_;
  SteadyTime due_{};
  std::chrono::nanoseconds latest_{};  // of this look
};

}  // namespace bifrost::app
