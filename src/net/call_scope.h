// What may break into the waits of one chain of coroutines: a cancelled call, or a deadline.
//
// One per session or spawned task; it outlives every wait made under it. An operation waits on it,
// is woken by its event or by the scope, and then asks for `interruption()`. A cancelled scope
// stays cancelled. A deadline belongs to its frame: when the frame is left, the wait may go on
// (a phase timed out, a fallback is tried).
//
// Belongs to one loop's thread.
#pragma once

#include "base/clock.h"
#include "base/result.h"
#include "net/loop.h"
#include "net/task.h"

#include <algorithm>
#include <coroutine>
#include <cstddef>
#include <optional>
#include <string_view>

namespace bifrost::net {

class CallScope final : private Timer {
 public:
  explicit CallScope(Loop& loop) : Timer(loop), loop_(loop) {}

  [[nodiscard]] Loop& loop() const { return loop_; }

  // Why a wait ends. Made into an Error only where somebody asks: mostly nobody does, and who ends
  // a wait may have no memory.
  struct Expiry {
    ErrorCode code;
    Origin origin;
    Retry retry;
    std::string_view message;  // outlives the wait

    [[nodiscard]] Error error() const;
  };

  // Ends this and every later wait with this error. The first one counts.
  void cancel(const Expiry& why) noexcept;
  [[nodiscard]] bool cancelled() const { return cancelled_.has_value(); }

  // Why waiting makes no sense any more, if so: cancelled, or the outermost deadline that passed.
  [[nodiscard]] std::optional<Error> interruption() const;
  [[nodiscard]] bool interrupted() const;  // the same, without memory

  // Every wait made while it lives ends at `at` with the given error.
  class Deadline {
   public:
    Deadline(CallScope& scope, SteadyTime at, const Expiry& expiry);
    // Counted from the start of the loop's round. No deadline when `limit` is zero.
    Deadline(CallScope& scope, std::chrono::nanoseconds limit, const Expiry& expiry);
    ~Deadline();
    Deadline(const Deadline&) = delete;
    Deadline& operator=(const Deadline&) = delete;

    // Starts the wait anew.
    void move_to(SteadyTime at);
    [[nodiscard]] bool expired() const { return expired_; }

   private:
    friend class CallScope;
    CallScope& scope_;
    Deadline* outer_;
    SteadyTime at_;
    Expiry expiry_;
    bool expired_ = false;
  };

  // Suspends until someone wakes the slot, or the scope is interrupted; look which.
  struct WaitAwaiter {
    CallScope& scope;
    WaitSlot& slot;
    Waiter waiter = {};
    [[nodiscard]] bool await_ready() const noexcept { return scope.interrupted(); }
    void await_suspend(std::coroutine_handle<> handle) noexcept;
    void await_resume() noexcept { scope.begin_turn(); }
  };
  [[nodiscard]] WaitAwaiter wait(WaitSlot& slot) { return {*this, slot}; }

  // Suspends until the slot is woken, whatever happens to the scope: for what is lent to someone
  // who gives it back by himself, and soon.
  struct LastingAwaiter {
    CallScope& scope;
    WaitSlot& slot;
    Waiter waiter = {};
    [[nodiscard]] bool await_ready() const noexcept { return false; }
    void await_suspend(std::coroutine_handle<> handle) noexcept {
      waiter.handle = handle;
      slot.waiter_ = &waiter;
    }
    void await_resume() noexcept { scope.begin_turn(); }
  };
  [[nodiscard]] LastingAwaiter wait_out(WaitSlot& slot) { return {*this, slot}; }

  // A turn is what is done between two waits. Where the other ends are fast nothing would ever have
  // to wait, and all the others on the loop would: so after some bytes a turn is over, and whoever
  // moves more waits for the next one. A small piece costs as much as one of kPieceBytes.
  void moved(std::size_t bytes) { moved_ += std::max(bytes, kPieceBytes); }
  [[nodiscard]] bool turn_is_over() const { return moved_ >= kTurnBytes; }

  // Suspends until everyone else who is ready has had a turn, and sockets and timers were looked
  // at. At once when the scope is interrupted.
  struct TurnAwaiter {
    CallScope& scope;
    WaitSlot slot = {};
    Waiter waiter = {};
    [[nodiscard]] bool await_ready() const noexcept { return scope.interrupted(); }
    void await_suspend(std::coroutine_handle<> handle) noexcept;
    void await_resume() noexcept { scope.begin_turn(); }
  };
  [[nodiscard]] TurnAwaiter next_turn() { return {*this}; }

 private:
  static constexpr std::size_t kTurnBytes = std::size_t{128} * 1024;
  static constexpr std::size_t kPieceBytes = std::size_t{4} * 1024;

  void begin_wait(WaitSlot& slot, Waiter& waiter, std::coroutine_handle<> handle) noexcept;
  void begin_turn() {
    current_ = nullptr;
    moved_ = 0;
  }
  void fire() override;
  void arm_for_deadlines();

  Loop& loop_;
  WaitSlot* current_ = nullptr;  // the wait that is under way
  Deadline* innermost_ = nullptr;
  std::size_t moved_ = 0;  // bytes in this turn
  std::optional<Expiry> cancelled_;
};

// For whom the program ends.
inline constexpr CallScope::Expiry kGoingDown{ErrorCode::kShuttingDown, Origin::kGateway,
                                              Retry::kNo, "the gateway is going down"};

// Waits for the time to pass.
Task<Result<void>> sleep_for(CallScope& scope, std::chrono::nanoseconds duration);

}  // namespace bifrost::net
