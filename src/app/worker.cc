#include "app/worker.h"

#include "base/try.h"

#include <csignal>
#include <utility>

namespace bifrost::app {
namespace {

constexpr std::int64_t kAdminConnectionsMax = 64;

std::shared_ptr<const server::Settings> admin_settings(const server::Settings& settings) {
  server::Settings own = settings;
  own.connections_max = kAdminConnectionsMax;
  return std::make_shared<const server::Settings>(own);
}

pipeline::Routes routes_of(Worker::Role role) {
  return role == Worker::Role::kAdmin ? pipeline::Routes::kInfrastructure : pipeline::Routes::kAll;
}

}  // namespace

Worker::Worker(exchange::Services& state, const Clock& clock, const exchange::SnapshotPtr& snapshot,
               Role role)
    : role_(role),
      pipeline_(state, loop_, clock, state.metrics.add_shard(), snapshot, routes_of(role)),
      finishing_(loop_) {}

Worker::~Worker() {
  if (thread_.joinable()) stop();
}

Result<std::unique_ptr<Worker>> Worker::create(exchange::Services& state, const Clock& clock,
                                               const net::Address& address,
                                               exchange::SnapshotPtr snapshot, Role role) {
  std::unique_ptr<Worker> worker(new Worker(state, clock, snapshot, role));  // NOLINT
  BF_TRY(auto listener, net::Listener::open(worker->loop_, address));
  worker->server_ = std::make_unique<server::Server>(
      worker->loop_, std::move(listener), worker->pipeline_,
      role == Role::kAdmin ? state.admin_connections : state.connections);
  worker->configure(snapshot);
  return worker;
}

void Worker::configure(const exchange::SnapshotPtr& snapshot) {
  pipeline_.set_snapshot(snapshot);
  const bool admin = role_ == Role::kAdmin;
  server_->configure(admin ? admin_settings(*snapshot->server) : snapshot->server, snapshot->tls);
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

void Worker::close_idle() {
  loop_.post([this] {
    server_->close_longest_idle();
    pipeline_.close_idle();
  });
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
