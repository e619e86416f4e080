// One thread's readiness and timers, with waits that are exact to microseconds.
//
// Not net::Loop, on purpose: its timers are exact to a millisecond, which is right for deadlines
// and useless for pacing; and what measures the gateway should not share the code it measures.
#pragma once

#include "base/clock.h"

#include <cstdint>
#include <set>
#include <utility>

namespace bifrost::bench {

class Poller;

// Whoever a descriptor's events are for. It must live until the end of the round in which it is
// removed: events that were already fetched are still delivered.
class Ready {
 public:
  virtual ~Ready() = default;
  virtual void on_ready(std::uint32_t events) = 0;  // EPOLL* bits
};

// A function at a time. Disarms itself when destroyed.
class Alarm {
 public:
  explicit Alarm(Poller& poller) : poller_(poller) {}
  virtual ~Alarm() { disarm(); }
  Alarm(const Alarm&) = delete;
  Alarm& operator=(const Alarm&) = delete;

  void arm(SteadyTime at);
  void disarm();
  [[nodiscard]] SteadyTime at() const { return at_; }

 protected:
  virtual void on_time() = 0;

 private:
  friend class Poller;
  Poller& poller_;
  SteadyTime at_{};
  bool armed_ = false;
};

class Poller {
 public:
  Poller();
  ~Poller();
  Poller(const Poller&) = delete;
  Poller& operator=(const Poller&) = delete;

  // Level-triggered, for reading and, when asked for, writing.
  void add(int fd, Ready& ready, bool writing);
  void change(int fd, Ready& ready, bool writing);

  // Waits for something to happen, at most until then, and lets everybody know.
  void run_once(SteadyTime until);

 private:
  friend class Alarm;
  void control(int operation, int fd, Ready& ready, bool writing) const;
  void ring();

  int epoll_fd_;
  std::set<std::pair<SteadyTime, Alarm*>> alarms_;
};

}  // namespace bifrost::bench
