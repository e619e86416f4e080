// One thread with everything it needs: loop, listener, sessions, connections to providers.
//
// Made and started by the gateway's thread, which then only talks to it through the loop. What ends
// a worker needs no memory where it is told, and is tried again where it is done.
#pragma once

#include "net/loop.h"
#include "net/task_group.h"
#include "pipeline/pipeline.h"
#include "server/server.h"

#include <atomic>
#include <memory>
#include <thread>

namespace bifrost::app {

class Worker {
 public:
  enum class Role : std::uint8_t {
    kCallers,
    kAdmin,  // serves infrastructure only; few connections of its own, which no limit of callers
             // takes
  };
  // References and the journal outlive the worker; null: usage is not kept. Fails when the address
  // cannot be listened on.
  static Result<std::unique_ptr<Worker>> create(exchange::Services& state, const Clock& clock,
                                                const net::Address& address,
                                                exchange::SnapshotPtr snapshot,
                                                Role role = Role::kCallers,
                                                ledger::Journal* journal = nullptr);
  ~Worker();
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;

  void start();

  // The rest may be called from the gateway's thread while the worker runs.

  // What takes up a new configuration, once it is posted to the worker's loop.
  [[nodiscard]] std::shared_ptr<net::Errand> reload(exchange::SnapshotPtr snapshot);
  // Sends callers elsewhere: each connection ends with its next answer. Once.
  void close_after_next() noexcept;
  // Gives connections without a request back: some of callers, and all to providers.
  void close_idle();
  // Accepts no more and lets what runs finish; `drained` then says so. Once.
  void drain() noexcept;
  // Ends what is left; the number of requests that this cut is in `cut`. Once.
  void cut_off() noexcept;
  [[nodiscard]] bool drained() const { return drained_.load(std::memory_order_acquire); }
  [[nodiscard]] std::size_t cut() const { return cut_.load(std::memory_order_acquire); }
  // Ends the thread. Only after `drained`.
  void stop() noexcept;

  [[nodiscard]] net::Loop& loop() { return loop_; }
  [[nodiscard]] overload::Door& door() { return pipeline_.door(); }
  [[nodiscard]] const net::Address& address() const { return server_->address(); }

 private:
  class Command;
  class Reload;
  // Done at the loop's next turn, and again a second later while there is no memory for it.
  class Step final : private net::Timer {
   public:
    Step(Worker& worker, void (Worker::*what)())
        : Timer(worker.loop_), worker_(worker), what_(what) {}
    void do_soon() noexcept { arm(worker_.loop_.now()); }
    void never_mind() noexcept { disarm(); }

   private:
    void fire() override { (worker_.*what_)(); }
    Worker& worker_;
    void (Worker::*what_)();
  };

  Worker(exchange::Services& state, const Clock& clock, const net::Address& address,
         const exchange::SnapshotPtr& snapshot, Role role, ledger::Journal* journal);
  void configure(const exchange::SnapshotPtr& snapshot);

  // On the worker's thread.
  void take_up();
  void begin_close_after_next();
  void begin_drain();
  void begin_finish();
  net::Task<void> finish(net::CallScope& scope);
  void begin_cut_off();

  const Role role_;
  net::Loop loop_;
  pipeline::Pipeline pipeline_;
  std::unique_ptr<server::Server> server_;
  exchange::SnapshotPtr next_snapshot_;  // not taken up yet
  Step taking_up_{*this, &Worker::take_up};
  Step beginning_finish_{*this, &Worker::begin_finish};
  std::shared_ptr<net::Errand> close_after_next_;
  std::shared_ptr<net::Errand> drain_;
  std::shared_ptr<net::Errand> cut_off_;
  net::TaskGroup finishing_;
  std::atomic<bool> drained_{false};
  std::atomic<std::size_t> cut_{0};
  std::jthread thread_;
};

}  // namespace bifrost::app
