// One worker of a gateway in this process, on a thread whose memory a test takes away: loop,
// server, pipeline and connections to providers, as the program puts them together.
//
// No bad_alloc may end it; `come_down` says what it still held at its end.
#pragma once

#include "app/setup.h"
#include "pipeline/pipeline.h"
#include "server/server.h"
#include "telemetry/registry.h"
#include "tests/support/failing_new/failing_new.h"

#include <cstdint>
#include <future>
#include <memory>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace bifrost::test {

class StarvingWorker {
 public:
  explicit StarvingWorker(const std::string& config);
  ~StarvingWorker() { come_down(); }
  StarvingWorker(const StarvingWorker&) = delete;
  StarvingWorker& operator=(const StarvingWorker&) = delete;

  [[nodiscard]] std::uint16_t port() const { return server_->address().port(); }
  // What fails on the worker's thread, and where its metrics are written.
  [[nodiscard]] Shortage& shortage() { return shortage_; }

  // Waits until all callers are gone, then names everything that a request has left behind.
  std::vector<std::string> left_behind();
  // As at SIGTERM. False when a task does not end.
  bool come_down();

 private:
  net::Task<void> finish(net::CallScope& scope);
  net::Task<void> starve_scraper(net::CallScope& scope);
  [[nodiscard]] bool idle() const;

  Shortage shortage_;
  SystemClock clock_;
  std::unique_ptr<telemetry::Registry> metrics_;
  exchange::Services services_;
  exchange::SnapshotPtr snapshot_;
  net::Loop loop_;
  std::optional<pipeline::Pipeline> pipeline_;
  std::optional<server::Server> server_;
  net::TaskGroup tasks_;
  std::promise<void> starved_;
  std::promise<void> drained_;
  std::jthread thread_;
};

}  // namespace bifrost::test
