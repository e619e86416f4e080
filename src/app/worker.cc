#include "app/worker.h"

#include "base/try.h"

#include <csignal>
#include <utility>

namespace bifrost::app {

Worker::Worker(exchange::Services& state, const Clock& clock, const exchange::SnapshotPtr& snapshot)
    : pipeline_(state, loop_, clock, state.metrics.add_shard(), snapshot), finishing_(loop_) {}

Worker::~Worker() {
  if (thread_.joinable()) stop();
}

Result<std::unique_ptr<Worker>> Worker::create(exchange::Services& state, const Clock& clock,
                                               const net::Address& address,
                                               exchange::SnapshotPtr snapshot) {
  std::unique_ptr<Worker> worker(new Worker(state, clock, snapshot));  // NOLINT
  BF_TRY(auto listener, net::Listener::open(worker->loop_, address));
  worker->server_ = std::make_unique<server::Server>(worker->loop_, std::move(listener),
                                                     worker->pipeline_, state.connections);
  worker->configure(snapshot);
  return worker;
}

void Worker::configure(const exchange::SnapshotPtr& snapshot) {
  pipeline_.set_snapshot(snapshot);
  server_->configure(snapshot->server, snapshot->tls);
}

void Worker::start() {
  server_->start();
  thread_ = std::jthread([this] { loop_.run(); });
}

void Worker::reload(exchange::SnapshotPtr snapshot) {
  loop_.post([this, snapshot = std::move(snapshot)] { configure(snapshot); });
}

void Worker::close_after_next() {
  loop_.post([this] { server_->close_after_next(); });
}

void Worker::drain() {
  loop_.post([this] {
    server_->stop_accepting();
    server_->drain();
    finishing_.spawn("finish", [this](net::CallScope& scope) { return finish(scope); });
  });
}

net::Task<void> Worker::finish(net::CallScope& scope) {
  ignore(co_await server_->drained(scope), "nobody interrupts this wait");
  ignore(co_await pipeline_.stop(scope), "nobody interrupts this wait");
  drained_.store(true, std::memory_order_release);
}

void Worker::cut_off() {
  loop_.post([this] {
    cut_.store(server_->serving(), std::memory_order_release);
    server_->cancel_all();
  });
}

void Worker::stop() {
  loop_.stop();
  thread_.join();
}

}  // namespace bifrost::app
