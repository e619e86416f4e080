#include "server/request_meter.h"

#include <algorithm>

namespace bifrost::server {

std::optional<std::chrono::nanoseconds> RequestMeter::refuses(const RequestRate& rate,
                                                              SteadyTime now) {
  if (rate.interval == std::chrono::nanoseconds::zero()) return std::nullopt;
  const SteadyTime::rep time = now.time_since_epoch().count();
  const SteadyTime::rep credit = rate.credit.count();
  SteadyTime::rep paid_at = paid_at_.load(std::memory_order_relaxed);
  while (true) {
    const SteadyTime::rep next = std::max(paid_at, time) + rate.interval.count();
    const SteadyTime::rep early = next - (time + credit);
    if (early <= 0) {
      if (paid_at_.compare_exchange_weak(paid_at, next, std::memory_order_relaxed)) {
        return std::nullopt;
      }
      continue;
    }
    if (early <= rate.interval.count()) return std::chrono::nanoseconds(early);
    // A reload has brought a smaller credit, which holds from now on.
    if (paid_at_.compare_exchange_weak(paid_at, time + credit, std::memory_order_relaxed)) {
      return rate.interval;
    }
  }
}

}  // namespace bifrost::server
