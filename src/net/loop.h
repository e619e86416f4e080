// One thread's event loop: sockets that became ready, timers that are due, functions posted by
// other threads, and coroutines to go on with, in this order, round after round.
//
// Coroutines are resumed only at the end of a round, never from inside a callback. So nothing that
// a callback still holds is destroyed under it, and a wake-up is never lost or delivered twice.
//
// What ends things needs no memory: to wake, to move a timer, to run an errand. It is taken where
// things begin, so whoever gets none has begun nothing, and destructors may do all of these.
//
// What escapes from a callback is logged, and the loop goes on. A timer whose `fire` ended so fires
// again a second later, unless it was armed anew: it must live, and may be called after half of its
// work.
#pragma once

#include "base/clock.h"

#include <atomic>
#include <coroutine>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <memory>
#include <mutex>
#include <span>
#include <vector>

struct epoll_event;  // NOLINT(readability-identifier-naming): the system's

namespace bifrost::net {

// Whoever a file descriptor's events are for.
class FdHandler {
 public:
  virtual ~FdHandler() = default;
  virtual void on_events(std::uint32_t events) = 0;  // EPOLL* bits
};

// A function at a time. Disarms itself when destroyed; belongs to one loop's thread.
class Loop;
class Timer {
 public:
  explicit Timer(Loop& loop);
  virtual ~Timer();
  Timer(const Timer&) = delete;
  Timer& operator=(const Timer&) = delete;

  // Arms, or moves an armed timer. Moving it later is cheap: the queue learns of it when the
  // earlier time comes.
  void arm(SteadyTime at) noexcept;
  void disarm() noexcept;
  [[nodiscard]] bool armed() const { return armed_; }

 protected:
  virtual void fire() = 0;

 private:
  friend class Loop;
  static constexpr std::size_t kNotQueued = std::numeric_limits<std::size_t>::max();
  Loop& loop_;
  SteadyTime at_{};         // when it is to fire
  SteadyTime queued_at_{};  // its place in the queue, never later than at_
  std::size_t index_ = kNotQueued;
  bool armed_ = false;
};

// A coroutine that waits. Lies in its frame for as long.
struct Waiter {
  std::coroutine_handle<> handle;
  Waiter* next = nullptr;  // of those that are ready
};

// Where one coroutine waits. Whoever wakes it empties the slot first, so it happens once.
class WaitSlot {
 public:
  [[nodiscard]] bool waiting() const { return waiter_ != nullptr; }

 private:
  friend class Loop;
  friend class CallScope;
  Waiter* waiter_ = nullptr;
};

// What another thread wants done on a loop's thread, once. Made beforehand; posting it cannot fail.
class Errand {
 public:
  Errand() = default;
  Errand(const Errand&) = delete;
  Errand& operator=(const Errand&) = delete;
  virtual ~Errand() = default;
  virtual void carry_out() = 0;

 private:
  friend class Loop;
  std::shared_ptr<Errand> self_;  // from posting to running
  Errand* next_ = nullptr;
};

class Loop {
 public:
  Loop();
  // Runs in the time of `clock`, for tests and simulations: it stands still while anything is
  // ready, and then jumps to the next timer. So what is waited for must be ready at once: bytes
  // through a socket pair are, those through TCP or from another thread may be late. The clock
  // outlives the loop.
  explicit Loop(FakeClock& clock);
  ~Loop();
  Loop(const Loop&) = delete;
  Loop& operator=(const Loop&) = delete;

  // Runs until `stop`. Call it once.
  void run();

  // From any thread.
  void stop() noexcept;
  void post(std::move_only_function<void()> function);
  // The errand is posted once at most, unless it has run.
  void post(std::shared_ptr<Errand> errand) noexcept;

  // Of the descriptors of the process this loop's sockets leave those from this number on to
  // others. The kernel gives the lowest free number, so a higher one says that all below are in
  // use. Call it before `run`.
  void set_descriptors_max(int number) { descriptors_max_ = number; }

  // The rest: from the loop's thread only.

  // Is there a descriptor too few for the socket that has this one?
  [[nodiscard]] bool is_beyond(int descriptor) const { return descriptor >= descriptors_max_; }

  // The time at the start of this round.
  [[nodiscard]] SteadyTime now() const { return now_; }

  // Edge-triggered, for reading, writing and the peer's close.
  void watch(int fd, FdHandler& handler) const;
  // Level-triggered and for these EPOLL* bits only, in place of what was watched before; without
  // a bit, no more. For libraries that do not read until there is nothing left.
  void watch_level(int fd, std::uint32_t events, FdHandler& handler) const;

  // Goes on with the coroutine in the slot at the end of this round, if there is one.
  void wake(WaitSlot& slot) noexcept;

 private:
  friend class Timer;
  explicit Loop(FakeClock* clock);
  void add_timer();
  void queue(Timer& timer);
  void unqueue(Timer& timer);
  void sift_up(std::size_t index);
  void sift_down(std::size_t index);
  void place(std::size_t index, Timer* timer);

  [[nodiscard]] SteadyTime time() const;
  [[nodiscard]] int wait_milliseconds() const;
  void jump_to_next_timer();
  void dispatch(std::span<const epoll_event> events);
  void fire_timers();
  void run_posted();
  void resume_ready();

  FakeClock* fake_clock_;  // null: real time
  int epoll_fd_;
  int wake_fd_;
  int descriptors_max_ = std::numeric_limits<int>::max();
  SteadyTime now_;
  std::vector<Timer*> timers_;   // a binary heap by queued_at_, with room for all that there are
  std::size_t timer_count_ = 0;  // also those that are not queued
  Waiter* ready_ = nullptr;      // in the order of their waking
  Waiter* last_ready_ = nullptr;

  std::mutex mutex_;          // of the next three
  Errand* posted_ = nullptr;  // in the order of posting
  Errand* last_posted_ = nullptr;
  std::shared_ptr<Errand> stopper_;  // null: it has been posted
  std::atomic<bool> has_posted_{false};
  std::atomic<bool> stopped_{false};
};

}  // namespace bifrost::net
