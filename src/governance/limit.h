// One limit: so much of one unit, in each window of a period.
//
// Requests take an estimate out of what is free and, at their end, settle what they used. So what
// is used and what is still held never exceed the limit, however many ask at once. One exception
// keeps small limits of use: while nothing is held, a request may take what is left although that
// is less than its estimate. One at a time may therefore go beyond the limit, by what it uses more.
//
// A window that is over takes its count with it: what was taken in it settles nowhere. A clock that
// is set back gives nothing back: by less than a window's length, what it was is still the window;
// by more, the window of that time takes the use over.
//
// Thread-safe. Taking and settling are a few atomic steps, without a lock unless a window begins.
#pragma once

#include "base/clock.h"
#include "governance/amount.h"
#include "governance/period.h"

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>

namespace bifrost::governance {

// The largest amount; in nano-dollars 9 million USD. Whatever counts it, doubles too, is exact.
inline constexpr std::int64_t kLimitMax = 9'000'000'000'000'000;

struct LimitTerms {
  std::string owner;  // for people: "virtual key alice"
  Unit unit = Unit::kRequests;
  std::int64_t amount = 0;                      // 0 lets nothing through
  std::optional<Period> period = std::nullopt;  // never of what is concurrent
  bool aligned = false;    // windows are those of the calendar, where it has any
  int quarter_start = 1;   // month of an aligned quarter
  std::int64_t extra = 0;  // on top, in this window and some after it
  int extra_windows = 0;   // how many, the first one included; 0: in all
  std::optional<WallTime> extra_from = std::nullopt;  // in the first one; absent: when it is given
  std::optional<WallTime> anchor = std::nullopt;  // of rolling windows; absent: when it was made
  friend bool operator==(const LimitTerms&, const LimitTerms&) = default;
};

class Limit;
using Limits = std::span<const std::shared_ptr<Limit>>;  // none is null

class Limit {
 public:
  // In which window something was taken, and how much.
  struct Taken {
    std::uint32_t window = 0;
    std::int64_t amount = 0;
    WallTime::rep window_start = 0;
    WallTime::rep window_end = 0;
  };
  // What was used in a window before the limit was made, by another run of the program.
  struct Kept {
    Window window;
    std::int64_t used = 0;
  };
  struct State {
    std::int64_t amount = 0;
    std::int64_t used = 0;
    std::int64_t held = 0;                        // by requests that have not ended
    std::optional<Window> window = std::nullopt;  // absent: it has no windows
  };

  // What is free for whoever asks next.
  struct Room {
    std::int64_t amount = 0;
    std::int64_t left = 0;
    WallTime ends = WallTime::max();  // of the window; max: there is none, or it has not begun
  };

  // `used` has been used in the window that `now` is in. `id` names the limit, and nothing else,
  // as long as it is configured.
  Limit(const LimitTerms& terms, WallTime now, std::int64_t used = 0, std::string id = {});
  // One that goes on: windows are counted on from the one that is kept, and its use counts if it is
  // not over.
  Limit(const LimitTerms& terms, WallTime now, const Kept& kept, std::string id);
  Limit(const Limit&) = delete;
  Limit& operator=(const Limit&) = delete;
  ~Limit() = default;

  // Takes `amount`, or what is left while nothing is held. Nothing: it is full.
  [[nodiscard]] std::optional<Taken> take(std::int64_t amount, WallTime now);
  // Would it give that much, or what is left? Takes nothing, and begins no window.
  [[nodiscard]] bool would_take(std::int64_t amount, WallTime now) const;
  // What was taken is over, and `used` of it, or more, was used.
  void settle(const Taken& taken, std::int64_t used);

  // Without a lock: half of what others do just now may be in it.
  [[nodiscard]] Room room(WallTime now) const;
  // Is something left to take?
  [[nodiscard]] bool has_room(WallTime now) const;

  // Other terms of the same unit from now on. What was used stays used, unless the period is
  // another.
  void change(const LimitTerms& terms, WallTime now);

  [[nodiscard]] Unit unit() const { return unit_; }
  [[nodiscard]] const std::string& id() const { return id_; }
  [[nodiscard]] LimitTerms terms() const;
  // Would one that is made anew say the same?
  [[nodiscard]] bool idle(WallTime now) const;
  // Begins no window: whoever looks with a clock that is late or ahead takes nobody's count.
  [[nodiscard]] State state(WallTime now) const;

 private:
  // A count with the window that it belongs to: 8 bits of the window's number over 56 of a signed
  // amount, so that a compare and swap of one is never mistaken for one of the other.
  class Word;

  [[nodiscard]] Window window_at(WallTime now) const;
  void grant_extra(WallTime now);
  [[nodiscard]] std::int64_t amount_at(WallTime now) const;
  void enter_window(WallTime now);
  void begin_window(WallTime now, std::int64_t used);
  void set_bounds(WallTime now);
  [[nodiscard]] bool outside(WallTime now) const;

  const Unit unit_;
  const std::string id_;
  std::atomic<std::uint64_t> free_{0};
  std::atomic<std::uint64_t> used_{0};
  std::atomic<std::uint32_t> window_{0};
  std::atomic<std::int64_t> amount_{0};
  std::atomic<WallTime::rep> begins_{0};
  std::atomic<WallTime::rep> ends_{0};
  std::atomic<std::uint32_t> bounds_set_{0};  // odd while both are set; another number after it

  mutable std::mutex mutex_;  // of what follows, and of whoever begins a window
  LimitTerms terms_;
  WallTime anchor_;
  WallTime extra_until_ = WallTime::max();
};

}  // namespace bifrost::governance
