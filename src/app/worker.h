// One thread with everything it needs: loop, listener, sessions, connections to providers.
//
// Made and started by the gateway's thread, which then only talks to it through the loop.
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
  // References outlive the worker. Fails when the address cannot be listened on.
  static Result<std::unique_ptr<Worker>> create(exchange::Services& state, const Clock& clock,
                                                const net::Address& address,
                                                exchange::SnapshotPtr snapshot,
                                                Role role = Role::kCallers);
  ~Worker();
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;

  void start();

  // The rest may be called from the gateway's thread while the worker runs.
  void reload(exchange::SnapshotPtr snapshot);
  // Sends callers elsewhere: each connection ends with its next answer.
  void close_after_next();
  // Gives connections without a request back: some of callers, and all to providers.
  void close_idle();
  // Accepts no more and lets what runs finish; `drained` then says so.
  void drain();
  // Ends what is left; the number of requests that this cut is in `cut`.
  void cut_off();
  [[nodiscard]] bool drained() const { return drained_.load(std::memory_order_acquire); }
  [[nodiscard]] std::size_t cut() const { return cut_.load(std::memory_order_acquire); }
  // Ends the thread. Only after `drained`.
  void stop();

  [[nodiscard]] net::Loop& loop() { return loop_; }
  [[nodiscard]] const net::Address& address() const { return server_->address(); }

 private:
  Worker(exchange::Services& state, const Clock& clock, const exchange::SnapshotPtr& snapshot,
         Role role);
  void configure(const exchange::SnapshotPtr& snapshot);
  net::Task<void> finish(net::CallScope& scope);

  const Role role_;
  net::Loop loop_;
  pipeline::Pipeline pipeline_;
  std::unique_ptr<server::Server> server_;
  net::TaskGroup finishing_;
  std::atomic<bool> drained_{false};
  std::atomic<std::size_t> cut_{0};
  std::jthread thread_;
};

}  // namespace bifrost::app
