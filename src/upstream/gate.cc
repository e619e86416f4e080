#include "upstream/gate.h"

#include <algorithm>
#include <utility>

namespace bifrost::upstream {
namespace {

// Without dropping, calls wait beyond the buffer as well; their connections are bounded already.
constexpr std::size_t kWaitingBound = 100'000;

}  // namespace

Permit::Permit(Permit&& other) noexcept : gate_(std::exchange(other.gate_, nullptr)) {}

Permit& Permit::operator=(Permit&& other) noexcept {
  if (this != &other) {
    release();
    gate_ = std::exchange(other.gate_, nullptr);
  }
  return *this;
}

void Permit::release() {
  if (const auto gate = std::exchange(gate_, nullptr)) gate->leave();
}

// One who waits; being destroyed, he has left.
class Gate::Waiting {
 public:
  Waiting(Gate& gate, const std::shared_ptr<Waiter>& waiter) : gate_(gate), waiter_(waiter) {}
  ~Waiting() { gate_.abandon(waiter_); }
  Waiting(const Waiting&) = delete;
  Waiting& operator=(const Waiting&) = delete;

 private:
  Gate& gate_;
  const std::shared_ptr<Waiter>& waiter_;
};

Permit Gate::enter_at_once() {
  const std::lock_guard lock(mutex_);
  if (in_flight_ >= limits_.in_flight_max || !queue_.empty()) return {};
  ++in_flight_;
  return Permit(shared_from_this());
}

net::Task<Result<Permit>> Gate::enter(net::CallScope& scope) {
  if (Permit permit = enter_at_once(); permit.held()) co_return permit;
  const auto waiter = std::make_shared<Waiter>(scope.loop());
  {
    const std::lock_guard lock(mutex_);
    if (in_flight_ < limits_.in_flight_max && queue_.empty()) {
      ++in_flight_;
      co_return Permit(shared_from_this());
    }
    const std::size_t waiting_max = limits_.drop_excess ? limits_.waiting_max : kWaitingBound;
    if (queue_.size() >= waiting_max) {
      Error error =
          gateway_error(ErrorCode::kQueueFull,
                        "request dropped: queue is full (" + std::to_string(in_flight_) +
                            " calls under way, " + std::to_string(queue_.size()) + " waiting)");
      error.retry = Retry::kOtherTarget;
      error.retry_after = std::chrono::seconds(1);
      co_return error;
    }
    queue_.push_back(waiter);
  }
  const Waiting waiting(*this, waiter);
  while (true) {
    co_await scope.wait(waiter->slot);
    if (auto interruption = scope.interruption()) co_return *std::move(interruption);
    if (take(*waiter)) co_return Permit(shared_from_this());
  }
}

bool Gate::take(Waiter& waiter) {
  const std::lock_guard lock(mutex_);
  return std::exchange(waiter.granted, false);
}

void Gate::abandon(const std::shared_ptr<Waiter>& waiter) {
  const std::lock_guard lock(mutex_);
  if (std::exchange(waiter->granted, false)) {
    // The place came too late for him: it is the next one's.
    --in_flight_;
    admit_waiting();
  } else {
    std::erase(queue_, waiter);
  }
}

void Gate::leave() {
  const std::lock_guard lock(mutex_);
  --in_flight_;
  admit_waiting();
}

void Gate::admit_waiting() noexcept {
  while (!queue_.empty() && in_flight_ < limits_.in_flight_max) {
    std::shared_ptr<Waiter> next = std::move(queue_.front());
    queue_.pop_front();
    next->granted = true;
    ++in_flight_;
    net::Loop& loop = next->loop;
    loop.post(std::move(next));
  }
}

void Gate::set_limits(GateLimits limits) {
  const std::lock_guard lock(mutex_);
  limits_ = limits;
  admit_waiting();
}

std::size_t Gate::in_flight() const {
  const std::lock_guard lock(mutex_);
  return in_flight_;
}

std::size_t Gate::waiting() const {
  const std::lock_guard lock(mutex_);
  return queue_.size();
}

}  // namespace bifrost::upstream
