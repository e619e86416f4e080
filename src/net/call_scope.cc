#include "net/call_scope.h"

#include "base/assert.h"

#include <algorithm>
#include <utility>

namespace bifrost::net {

void CallScope::cancel(const Expiry& why) noexcept {
  if (cancelled_) return;
  cancelled_ = why;
  if (current_ != nullptr) loop_.wake(*current_);
}

bool CallScope::interrupted() const {
  if (cancelled_) return true;
  for (const Deadline* frame = innermost_; frame != nullptr; frame = frame->outer_) {
    if (frame->expired_) return true;
  }
  return false;
}

Error CallScope::Expiry::error() const {
  return {.code = code, .origin = origin, .retry = retry, .message = std::string(message)};
}

std::optional<Error> CallScope::interruption() const {
  if (cancelled_) return cancelled_->error();
  const Deadline* outermost = nullptr;
  for (const Deadline* frame = innermost_; frame != nullptr; frame = frame->outer_) {
    if (frame->expired_) outermost = frame;
  }
  if (outermost == nullptr) return std::nullopt;
  return outermost->expiry_.error();
}

void CallScope::fire() {
  const SteadyTime now = loop_.now();
  for (Deadline* frame = innermost_; frame != nullptr; frame = frame->outer_) {
    if (frame->at_ <= now) frame->expired_ = true;
  }
  if (current_ != nullptr) loop_.wake(*current_);
  arm_for_deadlines();
}

void CallScope::arm_for_deadlines() {
  SteadyTime next = SteadyTime::max();
  for (const Deadline* frame = innermost_; frame != nullptr; frame = frame->outer_) {
    if (!frame->expired_) next = std::min(next, frame->at_);
  }
  if (next == SteadyTime::max()) {
    // An armed timer that finds nothing to do costs less than leaving and entering the queue.
    return;
  }
  arm(next);
}

void CallScope::begin_wait(WaitSlot& slot, Waiter& waiter,
                           std::coroutine_handle<> handle) noexcept {
  BF_DCHECK(!slot.waiting() && current_ == nullptr);
  waiter.handle = handle;
  slot.waiter_ = &waiter;
  current_ = &slot;
}

void CallScope::WaitAwaiter::await_suspend(std::coroutine_handle<> handle) noexcept {
  scope.begin_wait(slot, waiter, handle);
}

void CallScope::TurnAwaiter::await_suspend(std::coroutine_handle<> handle) noexcept {
  scope.begin_wait(slot, waiter, handle);
  scope.loop_.wake(slot);
}

CallScope::Deadline::Deadline(CallScope& scope, SteadyTime at, const Expiry& expiry)
    : scope_(scope), outer_(scope.innermost_), at_(at), expiry_(expiry) {
  scope_.innermost_ = this;
  if (at_ != SteadyTime::max()) scope_.arm_for_deadlines();
}

CallScope::Deadline::Deadline(CallScope& scope, std::chrono::nanoseconds limit,
                              const Expiry& expiry)
    : Deadline(scope,
               limit <= std::chrono::nanoseconds::zero()
                   ? SteadyTime::max()
                   : scope.loop().now() + std::chrono::duration_cast<SteadyTime::duration>(limit),
               expiry) {}

CallScope::Deadline::~Deadline() {
  BF_DCHECK(scope_.innermost_ == this);
  scope_.innermost_ = outer_;
  if (outer_ == nullptr) return;
  scope_.arm_for_deadlines();
}

void CallScope::Deadline::move_to(SteadyTime at) {
  at_ = at;
  expired_ = false;
  if (at_ != SteadyTime::max()) scope_.arm_for_deadlines();
}

Task<Result<void>> sleep_for(CallScope& scope, std::chrono::nanoseconds duration) {
  static constexpr CallScope::Expiry kSlept{ErrorCode::kInternal, Origin::kGateway, Retry::kNo,
                                            "slept"};
  if (duration > std::chrono::nanoseconds::zero()) {
    const CallScope::Deadline end(scope, duration, kSlept);
    WaitSlot never;
    co_await scope.wait(never);
  }
  // Our own deadline has gone with its frame: what is left came from outside.
  if (auto interruption = scope.interruption()) co_return *std::move(interruption);
  co_return Result<void>();
}

}  // namespace bifrost::net
