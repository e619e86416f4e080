#include "exchange/services.h"

namespace bifrost::exchange {

std::string Services::scrape() {
  // One at a time: the gauges below have a single writer.
  const std::lock_guard lock(scrape_mutex);
  for (const auto& [provider, gate] : gates.all()) {
    shard.gauge(telemetry::Metric::kInFlight, {provider})
        .set(static_cast<double>(gate->in_flight()));
    shard.gauge(telemetry::Metric::kQueueLength, {provider})
        .set(static_cast<double>(gate->waiting()));
  }
  shard.gauge(telemetry::Metric::kConnections, {"client"})
      .set(static_cast<double>(connections.open()));
  return metrics.scrape();
}

void Services::count_reload(bool good) {
  const std::lock_guard lock(scrape_mutex);
  shard.counter(telemetry::Metric::kConfigReloads, {good ? "success" : "failure"}).add();
}

}  // namespace bifrost::exchange
