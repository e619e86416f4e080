// One worker of a gateway in this process: loop, server, pipeline and connections to providers, as
// the program puts them together. Its owner runs the loop.
#pragma once

#include "app/setup.h"
#include "pipeline/pipeline.h"
#include "server/server.h"
#include "telemetry/registry.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

namespace bifrost::test {

class WholeWorker {
 public:
  // Listens on a free port of the loopback.
  explicit WholeWorker(const std::string& config);
  WholeWorker(const WholeWorker&) = delete;
  WholeWorker& operator=(const WholeWorker&) = delete;

  [[nodiscard]] std::uint16_t port() const { return server_->address().port(); }
  [[nodiscard]] net::Loop& loop() { return loop_; }
  // Of any thread.
  [[nodiscard]] exchange::Services& services() { return services_; }
  [[nodiscard]] telemetry::Registry& metrics() { return *metrics_; }

  // The rest: on the loop's thread only.

  // As at SIGTERM.
  void drain();
  // After that: waits until nothing is left of it.
  net::Task<void> drained(net::CallScope& scope);

 private:
  SystemClock clock_;
  std::unique_ptr<telemetry::Registry> metrics_;
  exchange::Services services_;
  exchange::SnapshotPtr snapshot_;
  net::Loop loop_;
  std::optional<pipeline::Pipeline> pipeline_;
  std::optional<server::Server> server_;
};

}  // namespace bifrost::test
