#include "tests/support/gate.h"

#include "base/assert.h"

#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <sys/eventfd.h>

namespace bifrost::test {

// A semaphore that can be polled beside a socket, and a count of arrivals for the test.
struct Gate::State {
  Descriptor passes{::eventfd(0, EFD_SEMAPHORE | EFD_NONBLOCK | EFD_CLOEXEC)};
  std::mutex mutex;
  std::condition_variable changed;
  std::size_t arrivals = 0;
};

Gate::Gate() : state_(std::make_shared<State>()) { BF_ASSERT(static_cast<bool>(state_->passes)); }

void Gate::open(std::size_t count) {
  BF_ASSERT(::eventfd_write(state_->passes.number(), count) == 0);
}

void Gate::open_for_good() {
  constexpr std::size_t kForGood = 1'000'000'000'000;
  open(kForGood);
}

bool Gate::wait_until_reached(std::size_t count, std::chrono::milliseconds timeout) const {
  std::unique_lock lock(state_->mutex);
  return state_->changed.wait_for(lock, timeout, [&] { return state_->arrivals >= count; });
}

void Gate::arrive() const {
  const std::lock_guard lock(state_->mutex);
  ++state_->arrivals;
  state_->changed.notify_all();
}

int Gate::descriptor() const { return state_->passes.number(); }

bool Gate::try_pass() const {
  eventfd_t one = 0;
  return ::eventfd_read(state_->passes.number(), &one) == 0;
}

}  // namespace bifrost::test
