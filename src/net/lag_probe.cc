#include "net/lag_probe.h"

namespace bifrost::net {

std::chrono::nanoseconds LagProbe::measure() {
  const SteadyTime now = clock_.now();
  std::chrono::nanoseconds lag{0};
  if (arrival_) {
    const auto at = arrival_->at.load(std::memory_order_relaxed);
    if (at == 0) return now - sent_;
    lag = SteadyTime(SteadyTime::duration(at)) - sent_;
  }
  arrival_ = std::make_shared<Arrival>();
  sent_ = now;
  loop_.post([arrival = arrival_, &clock = clock_] {
    arrival->at.store(clock.now().time_since_epoch().count(), std::memory_order_relaxed);
  });
  return lag;
}

}  // namespace bifrost::net
