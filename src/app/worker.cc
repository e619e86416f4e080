#include "app/worker.h"

#include "base/log.h"
#include "base/try.h"

#include <csignal>
#include <exception>
#include <pthread.h>
#include <utility>

namespace bifrost::app {
namespace {

constexpr std::int64_t kAdminConnectionsMax = 64;

std::shared_ptr<const server::Settings> admin_settings(const server::Settings& settings) {
  server::Settings own = settings;
  own.connections_max = kAdminConnectionsMax;
  return std::make_shared<const server::Settings>(own);
}

pipeline::Entrance entrance(Worker::Role role, const net::Address& address) {
  return {.routes = role == Worker::Role::kAdmin ? pipeline::Routes::kInfrastructure
                                                 : pipeline::Routes::kAll,
          .on_loopback = address.kind() == net::AddressKind::kLoopback};
}

}  // namespace

// One of the gateway's orders; made beforehand, so that giving it cannot fail.
class Worker::Command final : public net::Errand {
 public:
  Command(Worker& worker, void (Worker::*what)()) : worker_(worker), what_(what) {}
  void carry_out() override { (worker_.*what_)(); }

 private:
  Worker& worker_;
  void (Worker::*what_)();
};

class Worker::Reload final : public net::Errand {
 public:
  Reload(Worker& worker, exchange::SnapshotPtr snapshot)
      : worker_(worker), snapshot_(std::move(snapshot)) {}
  void carry_out() override {
    worker_.next_snapshot_ = std::move(snapshot_);
    worker_.taking_up_.do_soon();  // should it fail now
    worker_.take_up();             // before what comes behind the reload
  }

 private:
  Worker& worker_;
  exchange::SnapshotPtr snapshot_;
};

Worker::Worker(exchange::Services& state, const Clock& clock, const net::Address& address,
               const exchange::SnapshotPtr& snapshot, Role role, ledger::Journal* journal)
    : role_(role),
      pipeline_(state, loop_, clock, state.metrics.add_shard(), snapshot, entrance(role, address),
                journal),
      close_after_next_(std::make_shared<Command>(*this, &Worker::begin_close_after_next)),
      drain_(std::make_shared<Command>(*this, &Worker::begin_drain)),
      cut_off_(std::make_shared<Command>(*this, &Worker::begin_cut_off)),
      finishing_(loop_) {}

Worker::~Worker() {
  if (thread_.joinable()) stop();
}

Result<std::unique_ptr<Worker>> Worker::create(exchange::Services& state, const Clock& clock,
                                               const net::Address& address,
                                               exchange::SnapshotPtr snapshot, Role role,
                                               ledger::Journal* journal) {
  std::unique_ptr<Worker> worker(
      new Worker(state, clock, address, snapshot, role, journal));  // NOLINT: private constructor
  BF_TRY(auto listener, net::Listener::open(worker->loop_, address));
  worker->server_ =
      std::make_unique<server::Server>(worker->loop_, std::move(listener), worker->pipeline_,
                                       role == Role::kAdmin ? state.operators : state.callers);
  worker->configure(snapshot);
  return worker;
}

void Worker::configure(const exchange::SnapshotPtr& snapshot) {
  pipeline_.set_snapshot(snapshot);
  if (role_ == Role::kAdmin) {
    server_->configure(admin_settings(*snapshot->server), snapshot->tls);
  } else {
    server_->configure(snapshot->server, snapshot->tls, snapshot->address_limits);
  }
}

void Worker::start() {
  server_->start();
  thread_ = std::jthread([this] { loop_.run(); });
  pthread_setname_np(thread_.native_handle(), role_ == Role::kAdmin ? "operators" : "worker");
}

std::shared_ptr<net::Errand> Worker::reload(exchange::SnapshotPtr snapshot) {
  return std::make_shared<Reload>(*this, std::move(snapshot));
}

void Worker::take_up() {
  configure(next_snapshot_);
  next_snapshot_ = nullptr;
  taking_up_.never_mind();
}

void Worker::close_after_next() noexcept { loop_.post(std::move(close_after_next_)); }

void Worker::begin_close_after_next() { server_->close_after_next(); }

void Worker::close_idle() {
  loop_.post([this] {
    server_->close_longest_idle();
    pipeline_.close_idle();
  });
}

void Worker::drain() noexcept { loop_.post(std::move(drain_)); }

void Worker::begin_drain() {
  server_->stop_accepting();
  server_->drain();
  beginning_finish_.do_soon();
}

void Worker::begin_finish() {
  finishing_.spawn("finish", [this](net::CallScope& scope) { return finish(scope); });
}

net::Task<void> Worker::finish(net::CallScope& scope) {
  bool over = false;
  while (!over) {
    try {
      ignore(co_await server_->drained(scope), "nobody interrupts this wait");
      ignore(co_await pipeline_.stop(scope), "nobody interrupts this wait");
      over = true;
    } catch (const std::exception& exception) {  // there was no memory
      BF_LOG(kWarn, "server", "the end of what runs is waited for anew",
             {"what", exception.what()});
    }
    if (!over) co_await scope.next_turn();  // those that end give back memory
  }
  drained_.store(true, std::memory_order_release);
}

void Worker::cut_off() noexcept { loop_.post(std::move(cut_off_)); }

void Worker::begin_cut_off() {
  cut_.store(server_->serving(), std::memory_order_release);
  server_->cancel_all();
}

void Worker::stop() noexcept {
  loop_.stop();
  thread_.join();
}

}  // namespace bifrost::app
