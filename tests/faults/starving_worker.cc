#include "tests/faults/starving_worker.h"

#include "tests/support/metrics_text.h"
#include "tests/support/temporary_directory.h"
#include "tests/support/transport.h"

#include <cstdlib>
#include <iostream>
#include <utility>

namespace bifrost::test {
namespace {

std::unique_ptr<telemetry::Registry> new_registry() {
  auto made = telemetry::Registry::create({.version = "test"});
  if (!made) std::abort();
  return *std::move(made);
}

// What a test cannot do without.
template <class T>
T demanded(Result<T> made) {
  if (made) return *std::move(made);
  std::cerr << made.error().message << '\n';
  std::abort();
}

}  // namespace

StarvingWorker::StarvingWorker(const std::string& config)
    : metrics_(new_registry()),
      services_{.metrics = *metrics_, .shard = metrics_->add_shard(), .version = "test"},
      tasks_(loop_) {
  const TemporaryDirectory directory;
  const config::FakeEnvironment environment;
  auto setup = demanded(app::read_setup(directory.write("config.json", config), environment));
  snapshot_ = demanded(app::make_snapshot(
      setup, {.gates = services_.gates, .limits = services_.limits}, environment, clock_.wall()));
  pipeline_.emplace(services_, loop_, clock_, metrics_->add_shard(), snapshot_);
  const auto address = demanded(net::Address::from_literal("127.0.0.1", 0));
  server_.emplace(loop_, demanded(net::Listener::open(loop_, address)), *pipeline_,
                  services_.callers);
  server_->configure(snapshot_->server, snapshot_->tls, snapshot_->address_limits);
  server_->start();
  tasks_.spawn("starve", [this](net::CallScope& scope) { return starve_scraper(scope); });
  thread_ = std::jthread([this] {
    suffer(&shortage_);
    loop_.run();
  });
  starved_.get_future().wait();
}

net::Task<void> StarvingWorker::starve_scraper(net::CallScope& scope) {
  ignore(co_await net::run_blocking(scope, services_.scraper, [this] { suffer(&shortage_); }),
         "nothing stops it");
  starved_.set_value();
}

bool StarvingWorker::idle() const {
  const MetricsText metrics(metrics_->scrape());
  return services_.callers.connections.open() == 0 && metrics.sum("bifrost_active_requests") == 0;
}

std::vector<std::string> StarvingWorker::left_behind() {
  const Deadline deadline = after(kPatience);
  while (!idle() && std::chrono::steady_clock::now() < deadline) std::this_thread::yield();
  std::vector<std::string> left;
  const auto expect_none = [&left](std::string_view what, double count) {
    if (count != 0) left.push_back(std::string(what) + ": " + std::to_string(count));
  };
  expect_none("connections of callers", static_cast<double>(services_.callers.connections.open()));
  expect_none("addresses of callers", static_cast<double>(services_.callers.addresses.connected()));
  expect_none("places for scrapes", static_cast<double>(services_.scrapes_open->in_flight()));
  for (const auto& [provider, gate] : services_.gates.all()) {
    expect_none("calls to " + provider, static_cast<double>(gate->in_flight()));
    expect_none("calls waiting for " + provider, static_cast<double>(gate->waiting()));
  }
  const MetricsText metrics(metrics_->scrape());
  for (const std::string_view gauge : {"bifrost_active_requests", "bifrost_streams_open"}) {
    expect_none(gauge, metrics.sum(gauge));
  }
  return left;
}

net::Task<void> StarvingWorker::finish(net::CallScope& scope) {
  ignore(co_await server_->drained(scope), "nobody interrupts this wait");
  ignore(co_await pipeline_->stop(scope), "nobody interrupts this wait");
  drained_.set_value();
}

bool StarvingWorker::come_down() {
  if (!thread_.joinable()) return true;
  shortage_.end();
  loop_.post([this] {
    server_->stop_accepting();
    server_->drain();
    tasks_.spawn("finish", [this](net::CallScope& scope) { return finish(scope); });
  });
  if (drained_.get_future().wait_for(kPatience) != std::future_status::ready) return false;
  loop_.stop();
  thread_.join();
  return true;
}

}  // namespace bifrost::test
