// How many calls to one provider may be under way, and how many may wait for a place.
//
// One per provider and process, shared by all workers, so the limits are true whatever worker a
// call is on. Places are given in the order of asking. It outlives reloads; limits may change at
// any time. Thread-safe.
#pragma once

#include "base/result.h"
#include "net/call_scope.h"
#include "net/task.h"

#include <cstddef>
#include <deque>
#include <memory>
#include <mutex>

namespace bifrost::upstream {

struct GateLimits {
  std::size_t in_flight_max = 1000;  // concurrency
  std::size_t waiting_max = 5000;    // buffer_size
  bool drop_excess = false;          // a full queue refuses instead of letting wait

  bool operator==(const GateLimits&) const = default;
};

class Gate;

// A place. Given back when it is destroyed.
class Permit {
 public:
  Permit() = default;
  Permit(Permit&& other) noexcept;
  Permit& operator=(Permit&& other) noexcept;
  Permit(const Permit&) = delete;
  Permit& operator=(const Permit&) = delete;
  ~Permit() { release(); }

  void release();
  [[nodiscard]] bool held() const { return gate_ != nullptr; }

 private:
  friend class Gate;
  explicit Permit(std::shared_ptr<Gate> gate) : gate_(std::move(gate)) {}
  std::shared_ptr<Gate> gate_;
};

class Gate : public std::enable_shared_from_this<Gate> {
 public:
  explicit Gate(GateLimits limits) : limits_(limits) {}

  // Waits for a place; the caller's deadline bounds the wait. A full queue refuses at once with
  // kQueueFull when excess is dropped; else calls go on waiting behind it, as with the original.
  net::Task<Result<Permit>> enter(net::CallScope& scope);
  // A place that is free now; holds nothing when he would have to wait.
  [[nodiscard]] Permit enter_at_once();

  void set_limits(GateLimits limits);
  [[nodiscard]] std::size_t in_flight() const;
  [[nodiscard]] std::size_t waiting() const;

 private:
  friend class Permit;

  // One waiting call, and the errand that wakes it on its loop: the call may be gone by then.
  struct Waiter final : net::Errand {
    explicit Waiter(net::Loop& on) : loop(on) {}
    void carry_out() override { loop.wake(slot); }

    net::Loop& loop;
    net::WaitSlot slot;    // touched on its loop only
    bool granted = false;  // and not taken; under the mutex
  };
  class Waiting;

  bool take(Waiter& waiter);
  void leave();
  void abandon(const std::shared_ptr<Waiter>& waiter);
  void admit_waiting() noexcept;  // with the mutex held

  mutable std::mutex mutex_;
  GateLimits limits_;
  std::size_t in_flight_ = 0;
  std::deque<std::shared_ptr<Waiter>> queue_;
};

}  // namespace bifrost::upstream
