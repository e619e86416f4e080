#include "tests/faults/whole_worker.h"

#include "config/environment.h"
#include "tests/support/temporary_directory.h"

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

WholeWorker::WholeWorker(const std::string& config)
    : metrics_(new_registry()),
      services_{.metrics = *metrics_, .shard = metrics_->add_shard(), .version = "test"} {
  const TemporaryDirectory directory;
  const config::FakeEnvironment environment;
  auto setup = demanded(app::read_setup(directory.write("config.json", config), environment));
  governance::RulesBuilder rules(services_.limits);
  snapshot_ = demanded(app::make_snapshot(setup.config, {.gates = services_.gates, .rules = rules},
                                          environment, clock_.wall(), setup.warnings));
  pipeline_.emplace(services_, loop_, clock_, metrics_->add_shard(), snapshot_);
  const auto address = demanded(net::Address::from_literal("127.0.0.1", 0));
  server_.emplace(loop_, demanded(net::Listener::open(loop_, address)), *pipeline_,
                  services_.callers);
  server_->configure(snapshot_->server, snapshot_->tls, snapshot_->address_limits);
  server_->start();
}

void WholeWorker::drain() {
  server_->stop_accepting();
  server_->drain();
}

net::Task<void> WholeWorker::drained(net::CallScope& scope) {
  ignore(co_await server_->drained(scope), "nobody interrupts this wait");
  ignore(co_await pipeline_->stop(scope), "nobody interrupts this wait");
}

}  // namespace bifrost::test
