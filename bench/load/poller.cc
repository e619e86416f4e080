#include "bench/load/poller.h"

#include "base/assert.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <ctime>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <unistd.h>

namespace bifrost::bench {
namespace {

constexpr std::size_t kEventsPerRound = 256;

timespec wait_time(SteadyTime until) {
  using std::chrono::seconds;
  const auto left = std::max(until - std::chrono::steady_clock::now(), SteadyTime::duration(0));
  const auto whole = std::chrono::duration_cast<seconds>(left);
  return {.tv_sec = whole.count(), .tv_nsec = (left - whole).count()};
}

}  // namespace

void Alarm::arm(SteadyTime at) {
  if (armed_) {
    // The node is used again: an alarm that moves costs no allocation.
    auto node = poller_.alarms_.extract({at_, this});
    at_ = at;
    node.value() = {at, this};
    poller_.alarms_.insert(std::move(node));
    return;
  }
  at_ = at;
  armed_ = true;
  poller_.alarms_.insert({at, this});
}

void Alarm::disarm() {
  if (!armed_) return;
  armed_ = false;
  poller_.alarms_.erase({at_, this});
}

Poller::Poller() : epoll_fd_(::epoll_create1(EPOLL_CLOEXEC)) {
  BF_ASSERT(epoll_fd_ >= 0);
  // The kernel may be late by 50 us otherwise, to save wake-ups.
  ::prctl(PR_SET_TIMERSLACK, 1UL, 0UL, 0UL, 0UL);
}

Poller::~Poller() { ::close(epoll_fd_); }

void Poller::add(int fd, Ready& ready, bool writing) { control(EPOLL_CTL_ADD, fd, ready, writing); }

void Poller::change(int fd, Ready& ready, bool writing) {
  control(EPOLL_CTL_MOD, fd, ready, writing);
}

void Poller::control(int operation, int fd, Ready& ready, bool writing) const {
  epoll_event event{};
  event.events = EPOLLIN | EPOLLRDHUP;
  if (writing) event.events |= EPOLLOUT;
  event.data.ptr = &ready;
  BF_ASSERT(::epoll_ctl(epoll_fd_, operation, fd, &event) == 0);
}

void Poller::run_once(SteadyTime until) {
  if (!alarms_.empty()) until = std::min(until, alarms_.begin()->first);
  const timespec wait = wait_time(until);
  std::array<epoll_event, kEventsPerRound> events{};
  const int count =
      ::epoll_pwait2(epoll_fd_, events.data(), static_cast<int>(events.size()), &wait, nullptr);
  BF_ASSERT(count >= 0 || errno == EINTR);
  for (int i = 0; i < count; ++i) {
    const epoll_event& event = events[static_cast<std::size_t>(i)];
    static_cast<Ready*>(event.data.ptr)->on_ready(event.events);
  }
  ring();
}

void Poller::ring() {
  const SteadyTime now = std::chrono::steady_clock::now();
  while (!alarms_.empty() && alarms_.begin()->first <= now) {
    Alarm& alarm = *alarms_.begin()->second;
    alarm.disarm();
    alarm.on_time();
  }
}

}  // namespace bifrost::bench
