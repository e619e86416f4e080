#include "net/loop.h"

#include "base/assert.h"
#include "base/log.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <exception>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>
#include <utility>

namespace bifrost::net {
namespace {

constexpr std::size_t kEventsPerRound = 256;
constexpr std::chrono::seconds kFiredAgainAfter{1};

class FunctionErrand final : public Errand {
 public:
  explicit FunctionErrand(std::move_only_function<void()> function)
      : function_(std::move(function)) {}
  void carry_out() override { function_(); }

 private:
  std::move_only_function<void()> function_;
};

// A callback has nobody above it. One that fails must not take the others' turn, nor the program.
// Did it end well?
template <class Callback>
bool call(Callback callback) {
  try {
    callback();
    return true;
  } catch (const std::exception& exception) {
    BF_LOG(kError, "net", "a callback ended with an exception", {"what", exception.what()});
  } catch (...) {
    BF_LOG(kError, "net", "a callback ended with an exception");
  }
  return false;
}

}  // namespace

Timer::Timer(Loop& loop) : loop_(loop) { loop_.add_timer(); }

Timer::~Timer() {
  disarm();
  --loop_.timer_count_;
}

void Timer::arm(SteadyTime at) noexcept {
  at_ = at;
  armed_ = true;
  if (index_ != kNotQueued && queued_at_ <= at) return;
  if (index_ != kNotQueued) loop_.unqueue(*this);
  queued_at_ = at;
  loop_.queue(*this);
}

void Timer::disarm() noexcept {
  armed_ = false;
  if (index_ != kNotQueued) loop_.unqueue(*this);
}

Loop::Loop() : Loop(nullptr) {}
Loop::Loop(FakeClock& clock) : Loop(&clock) {}

Loop::Loop(FakeClock* clock)
    : fake_clock_(clock),
      epoll_fd_(::epoll_create1(EPOLL_CLOEXEC)),
      wake_fd_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)),
      now_(time()),
      stopper_(std::make_shared<FunctionErrand>(
          [this] { stopped_.store(true, std::memory_order_relaxed); })) {
  BF_ASSERT(epoll_fd_ >= 0 && wake_fd_ >= 0);
  epoll_event event{};
  event.events = EPOLLIN;
  event.data.ptr = nullptr;  // stands for the wake-up descriptor
  BF_ASSERT(::epoll_ctl(epoll_fd_, EPOLL_CTL_ADD, wake_fd_, &event) == 0);
}

Loop::~Loop() {
  while (posted_ != nullptr) {  // nobody runs them any more
    const auto errand = std::move(posted_->self_);
    posted_ = errand->next_;
  }
  ::close(wake_fd_);
  ::close(epoll_fd_);
}

void Loop::run() {
  std::array<epoll_event, kEventsPerRound> events{};
  while (!stopped_.load(std::memory_order_relaxed)) {
    const int count = ::epoll_wait(epoll_fd_, events.data(), static_cast<int>(events.size()),
                                   wait_milliseconds());
    BF_ASSERT(count >= 0 || errno == EINTR);
    if (count == 0 && fake_clock_ != nullptr) jump_to_next_timer();
    now_ = time();
    if (count > 0) dispatch(std::span(events).first(static_cast<std::size_t>(count)));
    fire_timers();
    if (has_posted_.load(std::memory_order_acquire)) run_posted();
    resume_ready();
  }
}

void Loop::dispatch(std::span<const epoll_event> events) {
  for (const epoll_event& event : events) {
    if (event.data.ptr == nullptr) continue;
    call([&] { static_cast<FdHandler*>(event.data.ptr)->on_events(event.events); });
  }
}

void Loop::stop() noexcept {
  std::shared_ptr<Errand> stopper;
  {
    const std::lock_guard lock(mutex_);
    stopper = std::move(stopper_);
  }
  if (stopper != nullptr) post(std::move(stopper));
}

void Loop::post(std::move_only_function<void()> function) {
  post(std::make_shared<FunctionErrand>(std::move(function)));
}

void Loop::post(std::shared_ptr<Errand> errand) noexcept {
  bool first = false;
  {
    const std::lock_guard lock(mutex_);
    Errand* const last = std::exchange(last_posted_, errand.get());
    (posted_ == nullptr ? posted_ : last->next_) = errand.get();
    errand->next_ = nullptr;
    errand->self_ = std::move(errand);
    first = !has_posted_.exchange(true, std::memory_order_release);
  }
  if (!first) return;
  const std::uint64_t one = 1;
  [[maybe_unused]] const ssize_t written = ::write(wake_fd_, &one, sizeof one);
}

void Loop::watch(int fd, FdHandler& handler) const {
  epoll_event event{};
  event.events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET;
  event.data.ptr = &handler;
  BF_ASSERT(::epoll_ctl(epoll_fd_, EPOLL_CTL_ADD, fd, &event) == 0);
}

void Loop::watch_level(int fd, std::uint32_t events, FdHandler& handler) const {
  epoll_event event{};
  event.events = events;
  event.data.ptr = &handler;
  if (events == 0) {
    ::epoll_ctl(epoll_fd_, EPOLL_CTL_DEL, fd, &event);
    return;
  }
  if (::epoll_ctl(epoll_fd_, EPOLL_CTL_MOD, fd, &event) == 0) return;
  BF_ASSERT(::epoll_ctl(epoll_fd_, EPOLL_CTL_ADD, fd, &event) == 0);
}

void Loop::wake(WaitSlot& slot) noexcept {
  Waiter* const waiter = std::exchange(slot.waiter_, nullptr);
  if (waiter == nullptr) return;
  Waiter* const last = std::exchange(last_ready_, waiter);
  (ready_ == nullptr ? ready_ : last->next) = waiter;
  waiter->next = nullptr;
}

SteadyTime Loop::time() const {
  return fake_clock_ != nullptr ? fake_clock_->now() : std::chrono::steady_clock::now();
}

void Loop::jump_to_next_timer() {
  if (ready_ != nullptr || timers_.empty()) return;
  const auto left = timers_.front()->queued_at_ - fake_clock_->now();
  if (left > SteadyTime::duration::zero()) fake_clock_->advance(left);
}

int Loop::wait_milliseconds() const {
  if (ready_ != nullptr) return 0;
  if (timers_.empty()) return -1;
  if (fake_clock_ != nullptr) return 0;
  const auto left = timers_.front()->queued_at_ - time();
  if (left <= SteadyTime::duration::zero()) return 0;
  // Rounded up: a timer never fires early.
  const auto milliseconds = std::chrono::ceil<std::chrono::milliseconds>(left).count();
  return static_cast<int>(std::min<std::int64_t>(milliseconds, 60'000));
}

void Loop::fire_timers() {
  while (!timers_.empty() && timers_.front()->queued_at_ <= now_) {
    Timer& timer = *timers_.front();
    unqueue(timer);
    if (timer.at_ != timer.queued_at_) {  // it was moved later meanwhile: to its place
      timer.queued_at_ = timer.at_;
      queue(timer);
      continue;
    }
    timer.armed_ = false;
    const bool fired = call([&timer] { timer.fire(); });
    // What it is there for has not been done: somebody may wait for it.
    if (!fired && !timer.armed_) timer.arm(now_ + kFiredAgainAfter);
  }
}

void Loop::run_posted() {
  std::uint64_t count = 0;
  [[maybe_unused]] const ssize_t got = ::read(wake_fd_, &count, sizeof count);
  Errand* next = nullptr;
  {
    const std::lock_guard lock(mutex_);
    next = std::exchange(posted_, nullptr);
    has_posted_.store(false, std::memory_order_relaxed);
  }
  while (next != nullptr) {
    const auto errand = std::move(next->self_);
    next = errand->next_;  // before it may be posted again
    call([&errand] { errand->carry_out(); });
  }
}

void Loop::resume_ready() {
  // What these coroutines wake goes on in the next round, so that sockets and timers get a turn.
  Waiter* next = std::exchange(ready_, nullptr);
  while (next != nullptr) std::exchange(next, next->next)->handle.resume();
}

void Loop::add_timer() {
  const std::size_t count = timer_count_ + 1;
  if (timers_.capacity() < count) timers_.reserve(2 * count);
  timer_count_ = count;
}

void Loop::place(std::size_t index, Timer* timer) {
  timers_[index] = timer;
  timer->index_ = index;
}

void Loop::queue(Timer& timer) {
  timers_.push_back(&timer);
  timer.index_ = timers_.size() - 1;
  sift_up(timer.index_);
}

void Loop::unqueue(Timer& timer) {
  const std::size_t index = std::exchange(timer.index_, Timer::kNotQueued);
  Timer* last = timers_.back();
  timers_.pop_back();
  if (last == &timer) return;
  place(index, last);
  sift_up(index);
  sift_down(last->index_);
}

void Loop::sift_up(std::size_t index) {
  Timer* timer = timers_[index];
  while (index > 0) {
    const std::size_t parent = (index - 1) / 2;
    if (timers_[parent]->queued_at_ <= timer->queued_at_) break;
    place(index, timers_[parent]);
    index = parent;
  }
  place(index, timer);
}

void Loop::sift_down(std::size_t index) {
  Timer* timer = timers_[index];
  while (true) {
    std::size_t child = 2 * index + 1;
    if (child >= timers_.size()) break;
    if (child + 1 < timers_.size() && timers_[child + 1]->queued_at_ < timers_[child]->queued_at_) {
      ++child;
    }
    if (timer->queued_at_ <= timers_[child]->queued_at_) break;
    place(index, timers_[child]);
    index = child;
  }
  place(index, timer);
}

}  // namespace bifrost::net
