// What the requests of a process share, in virtual time and with metrics to read. For tests.
#pragma once

#include "exchange/services.h"
#include "exchange/snapshot_fixture.h"
#include "net/loop_fixture.h"
#include "telemetry/registry.h"

#include <functional>
#include <memory>
#include <string>
#include <utility>

namespace bifrost::exchange {

struct SimulatedProcess {
  FakeClock clock;
  std::unique_ptr<telemetry::Registry> registry =
      *telemetry::Registry::create({.version = "1", .custom_labels = {}});
  telemetry::Shard& worker = registry->add_shard();
  Services services{.metrics = *registry, .shard = registry->add_shard(), .version = "1"};
  SnapshotPtr snapshot = simulated_snapshot({{.name = "openai"}}, services.gates);

  void run(std::move_only_function<net::Task<void>(net::CallScope&)> make) {
    net::Loop loop(clock);
    net::run_on(loop, std::move(make));
  }
  [[nodiscard]] std::string metrics() const { return registry->scrape(); }
};

}  // namespace bifrost::exchange
