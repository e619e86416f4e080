// A worker on a thread whose memory a test takes away.
//
// No bad_alloc may end it; `come_down` says what it still held at its end.
#pragma once

#include "net/task_group.h"
#include "tests/faults/whole_worker.h"
#include "tests/support/failing_new/failing_new.h"

#include <cstdint>
#include <future>
#include <string>
#include <thread>
#include <vector>

namespace bifrost::test {

class StarvingWorker {
 public:
  explicit StarvingWorker(const std::string& config);
  ~StarvingWorker() { come_down(); }
  StarvingWorker(const StarvingWorker&) = delete;
  StarvingWorker& operator=(const StarvingWorker&) = delete;

  [[nodiscard]] std::uint16_t port() const { return worker_.port(); }
  // What fails on the worker's thread, and where its metrics are written.
  [[nodiscard]] Shortage& shortage() { return shortage_; }

  // Waits until all callers are gone, then names everything that a request has left behind.
  std::vector<std::string> left_behind();
  // As at SIGTERM. False when a task does not end.
  bool come_down();

 private:
  net::Task<void> finish(net::CallScope& scope);
  net::Task<void> starve_scraper(net::CallScope& scope);
  [[nodiscard]] bool idle();

  Shortage shortage_;
  WholeWorker worker_;
  net::TaskGroup tasks_;
  std::promise<void> starved_;
  std::promise<void> drained_;
  std::jthread thread_;
};

}  // namespace bifrost::test
