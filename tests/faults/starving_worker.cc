#include "tests/faults/starving_worker.h"

#include "tests/support/metrics_text.h"
#include "tests/support/transport.h"

#include <chrono>
#include <string_view>

namespace bifrost::test {

StarvingWorker::StarvingWorker(const std::string& config)
    : worker_(config), tasks_(worker_.loop()) {
  tasks_.spawn("starve", [this](net::CallScope& scope) { return starve_scraper(scope); });
  thread_ = std::jthread([this] {
    suffer(&shortage_);
    worker_.loop().run();
  });
  starved_.get_future().wait();
}

net::Task<void> StarvingWorker::starve_scraper(net::CallScope& scope) {
  ignore(
      co_await net::run_blocking(scope, worker_.services().scraper, [this] { suffer(&shortage_); }),
      "nothing stops it");
  starved_.set_value();
}

bool StarvingWorker::idle() {
  const MetricsText metrics(worker_.metrics().scrape());
  return worker_.services().callers.connections.open() == 0 &&
         metrics.sum("bifrost_active_requests") == 0;
}

std::vector<std::string> StarvingWorker::left_behind() {
  const Deadline deadline = after(kPatience);
  while (!idle() && std::chrono::steady_clock::now() < deadline) std::this_thread::yield();
  std::vector<std::string> left;
  const auto expect_none = [&left](std::string_view what, double count) {
    if (count != 0) left.push_back(std::string(what) + ": " + std::to_string(count));
  };
  const exchange::Services& services = worker_.services();
  expect_none("connections of callers", static_cast<double>(services.callers.connections.open()));
  expect_none("addresses of callers", static_cast<double>(services.callers.addresses.connected()));
  expect_none("places for scrapes", static_cast<double>(services.scrapes_open->in_flight()));
  for (const auto& [provider, gate] : services.gates.all()) {
    expect_none("calls to " + provider, static_cast<double>(gate->in_flight()));
    expect_none("calls waiting for " + provider, static_cast<double>(gate->waiting()));
  }
  const MetricsText metrics(worker_.metrics().scrape());
  for (const std::string_view gauge : {"bifrost_active_requests", "bifrost_streams_open"}) {
    expect_none(gauge, metrics.sum(gauge));
  }
  return left;
}

net::Task<void> StarvingWorker::finish(net::CallScope& scope) {
  co_await worker_.drained(scope);
  drained_.set_value();
}

bool StarvingWorker::come_down() {
  if (!thread_.joinable()) return true;
  shortage_.end();
  worker_.loop().post([this] {
    worker_.drain();
    tasks_.spawn("finish", [this](net::CallScope& scope) { return finish(scope); });
  });
  if (drained_.get_future().wait_for(kPatience) != std::future_status::ready) return false;
  worker_.loop().stop();
  thread_.join();
  return true;
}

}  // namespace bifrost::test
