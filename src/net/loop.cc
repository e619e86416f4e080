#include "net/loop.h"

#include "base/assert.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>
#include <utility>

namespace bifrost::net {
namespace {

constexpr std::size_t kEventsPerRound = 256;

}  // namespace

void Timer::arm(SteadyTime at) {
  at_ = at;
  armed_ = true;
  if (index_ != kNotQueued && queued_at_ <= at) return;
  if (index_ != kNotQueued) loop_.unqueue(*this);
  queued_at_ = at;
  loop_.queue(*this);
}

void Timer::disarm() {
  armed_ = false;
  if (index_ != kNotQueued) loop_.unqueue(*this);
}

Loop::Loop() : Loop(nullptr) {}
Loop::Loop(FakeClock& clock) : Loop(&clock) {}

Loop::Loop(FakeClock* clock)
    : fake_clock_(clock),
      epoll_fd_(::epoll_create1(EPOLL_CLOEXEC)),
      wake_fd_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)),
      now_(time()) {
  BF_ASSERT(epoll_fd_ >= 0 && wake_fd_ >= 0);
  epoll_event event{};
  event.events = EPOLLIN;
  event.data.ptr = nullptr;  // stands for the wake-up descriptor
  BF_ASSERT(::epoll_ctl(epoll_fd_, EPOLL_CTL_ADD, wake_fd_, &event) == 0);
}

Loop::~Loop() {
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
    for (int i = 0; i < count; ++i) {
      const epoll_event& event = events[static_cast<std::size_t>(i)];
      if (event.data.ptr != nullptr)
        static_cast<FdHandler*>(event.data.ptr)->on_events(event.events);
    }
    fire_timers();
    if (has_posted_.load(std::memory_order_acquire)) run_posted();
    resume_ready();
  }
}

void Loop::stop() {
  post([this] { stopped_.store(true, std::memory_order_relaxed); });
}

void Loop::post(std::move_only_function<void()> function) {
  bool first = false;
  {
    const std::lock_guard lock(mutex_);
    posted_.push_back(std::move(function));
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

void Loop::wake(WaitSlot& slot) {
  if (slot.handle_ != nullptr) ready_.push_back(std::exchange(slot.handle_, nullptr));
}

SteadyTime Loop::time() const {
  return fake_clock_ != nullptr ? fake_clock_->now() : std::chrono::steady_clock::now();
}

void Loop::jump_to_next_timer() {
  if (!ready_.empty() || timers_.empty()) return;
  const auto left = timers_.front()->queued_at_ - fake_clock_->now();
  if (left > SteadyTime::duration::zero()) fake_clock_->advance(left);
}

int Loop::wait_milliseconds() const {
  if (!ready_.empty()) return 0;
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
    timer.fire();
  }
}

void Loop::run_posted() {
  std::uint64_t count = 0;
  [[maybe_unused]] const ssize_t got = ::read(wake_fd_, &count, sizeof count);
  std::vector<std::move_only_function<void()>> functions;
  {
    const std::lock_guard lock(mutex_);
    functions.swap(posted_);
    has_posted_.store(false, std::memory_order_relaxed);
  }
  for (auto& function : functions) function();
}

void Loop::resume_ready() {
  // What these coroutines wake goes on in the next round, so that sockets and timers get a turn.
  resuming_.swap(ready_);
  for (const std::coroutine_handle<> handle : resuming_) handle.resume();
  resuming_.clear();
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
