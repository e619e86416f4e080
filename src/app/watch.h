// What overload::Control looks at: the memory of the process, its descriptors, its workers' lag,
// the queues of providers, the connections of callers.
//
// Belongs to the gateway's thread, which calls `look` a few times a second.
#pragma once

#include "base/clock.h"
#include "exchange/services.h"
#include "net/lag_probe.h"
#include "net/loop.h"
#include "overload/memory_limit.h"
#include "server/settings.h"

#include <array>
#include <chrono>
#include <cstddef>
#include <vector>

namespace bifrost::app {

class Watch {
 public:
  static constexpr std::chrono::milliseconds kInterval{250};

  // References outlive it.
  Watch(exchange::Services& services, const Clock& clock);

  // Of a worker, whose loop outlives this.
  void add(net::Loop& loop) { probes_.emplace_back(loop, clock_); }
  // Divides the memory, and takes the thresholds.
  void configure(const server::Settings& settings);
  // Looks if it is time to; call it as often as you like. Did it look?
  bool look();

 private:
  [[nodiscard]] double memory() const;
  [[nodiscard]] double descriptors() const;
  double lag();
  [[nodiscard]] double queues() const;
  [[nodiscard]] double connections() const;

  exchange::Services& services_;
  const Clock& clock_;
  server::Settings settings_;
  overload::MemoryLimit limit_;
  std::vector<net::LagProbe> probes_;
  SteadyTime due_{};

  // What counts is what stays: the smallest of the last four.
  std::array<std::chrono::nanoseconds, 4> lags_{};
  std::size_t next_lag_ = 0;
};

}  // namespace bifrost::app
