#include "governance/limit.h"

#include "base/assert.h"

#include <algorithm>
#include <chrono>
#include <utility>

namespace bifrost::governance {

class Limit::Word {
 public:
  static constexpr int kAmountBits = 56;

  explicit Word(std::uint64_t bits) : bits_(bits) {}
  Word(std::uint32_t window, std::int64_t amount)
      : bits_(std::uint64_t{window} << kAmountBits |
              (static_cast<std::uint64_t>(amount) & ((std::uint64_t{1} << kAmountBits) - 1))) {}

  [[nodiscard]] std::uint64_t bits() const { return bits_; }
  [[nodiscard]] std::int64_t amount() const {
    constexpr int kRest = 64 - kAmountBits;
    return static_cast<std::int64_t>(bits_ << kRest) >> kRest;
  }
  [[nodiscard]] bool of(std::uint32_t window) const {
    return bits_ >> kAmountBits == (window & 0xff);
  }
  // Never beyond what the word holds: what is more than that is full or free all the same.
  [[nodiscard]] Word plus(std::int64_t more) const {
    return {static_cast<std::uint32_t>(bits_ >> kAmountBits),
            std::clamp(amount() + more, -2 * kLimitMax, 2 * kLimitMax)};
  }

  static void add(std::atomic<std::uint64_t>& bits, std::uint32_t window, std::int64_t more) {
    Word before(bits.load(std::memory_order_relaxed));
    std::uint64_t expected = before.bits();
    while (before.of(window) &&
           !bits.compare_exchange_weak(expected, before.plus(more).bits(),
                                       std::memory_order_acq_rel, std::memory_order_relaxed)) {
      before = Word(expected);
    }
  }

 private:
  std::uint64_t bits_;
};

namespace {

// Amounts come from what others say of themselves, tokens too.
std::int64_t in_range(std::int64_t amount) {
  return std::clamp<std::int64_t>(amount, 0, kLimitMax);
}

// What who asks for `amount` gets where so much is free; `held` says whether others hold something
// of it. Nothing: it is full for him.
template <class Held>
std::optional<std::int64_t> given(std::int64_t amount, std::int64_t room, Held held) {
  // One that wants nothing is refused by what is full, too.
  if (room <= 0) return std::nullopt;
  const std::int64_t wanted = in_range(amount);
  if (wanted <= room) return wanted;
  if (held()) return std::nullopt;
  return room;
}

}  // namespace

Limit::Limit(const LimitTerms& terms, WallTime now, std::int64_t used, std::string id)
    : unit_(terms.unit), id_(std::move(id)), terms_(terms), anchor_(terms.anchor.value_or(now)) {
  grant_extra(now);
  // What was used in a window that is over has been used up.
  const bool over = terms.anchor && window_at(*terms.anchor).end <= now;
  begin_window(now, over ? 0 : in_range(used));
}

Limit::Limit(const LimitTerms& terms, WallTime now, const Kept& kept, std::string id)
    : unit_(terms.unit),
      id_(std::move(id)),
      terms_(terms),
      anchor_(terms.anchor.value_or(terms.period ? kept.window.start : now)) {
  grant_extra(now);
  // A clock that was set back a little is still in the window that is kept.
  const Window& window = kept.window;
  const bool before = now < window.start && window.start - now <= window.end - window.start;
  const WallTime at = before ? window.start : now;
  begin_window(at, window_at(at) == window ? in_range(kept.used) : 0);
}

std::optional<Limit::Taken> Limit::take(std::int64_t amount, WallTime now) {
  if (outside(now)) enter_window(now);
  std::uint64_t bits = free_.load(std::memory_order_acquire);
  for (;;) {
    const Word room(bits);
    const auto taken = given(amount, room.amount(), [&] {
      const Word used(used_.load(std::memory_order_acquire));
      return used.amount() + room.amount() < amount_.load(std::memory_order_relaxed);
    });
    if (!taken) return std::nullopt;
    const std::uint32_t window = window_.load(std::memory_order_acquire);
    const std::uint32_t setting = bounds_set_.load();
    const WallTime::rep begins = begins_.load();
    const WallTime::rep ends = ends_.load();
    // Bounds are set after the number, so they are this window's if it still is the number. A clock
    // that is set back moves them without another number.
    const bool same = setting % 2 == 0 && setting == bounds_set_.load() &&
                      window == window_.load(std::memory_order_acquire);
    if (!same || !room.of(window)) {  // one begins just now
      bits = free_.load(std::memory_order_acquire);
      continue;
    }
    if (free_.compare_exchange_weak(bits, room.plus(-*taken).bits(), std::memory_order_acq_rel,
                                    std::memory_order_acquire)) {
      return Taken{.window = window, .amount = *taken, .window_start = begins, .window_end = ends};
    }
  }
}

bool Limit::would_take(std::int64_t amount, WallTime now) const {
  const State state = this->state(now);
  const std::int64_t room = state.amount - state.used - state.held;
  return given(amount, room, [&] { return state.held > 0; }).has_value();
}

void Limit::settle(const Taken& taken, std::int64_t used) {
  if (window_.load(std::memory_order_acquire) != taken.window) return;
  used = in_range(used);
  // In this order whoever looks in between sees more in use than there is, never less.
  if (used != 0) Word::add(used_, taken.window, used);
  if (used != taken.amount) Word::add(free_, taken.window, taken.amount - used);
}

void Limit::change(const LimitTerms& terms, WallTime now) {
  BF_ASSERT(terms.unit == unit_);
  if (outside(now)) enter_window(now);
  const std::scoped_lock lock(mutex_);
  if (terms == terms_) return;
  const bool same_period = terms.period == terms_.period;
  const bool same_extra = same_period && terms.extra == terms_.extra &&
                          terms.extra_windows == terms_.extra_windows &&
                          terms.extra_from == terms_.extra_from;
  terms_ = terms;
  if (terms.anchor) anchor_ = *terms.anchor;
  if (!same_period && !terms.anchor) anchor_ = now;
  if (!same_extra) grant_extra(now);
  if (!same_period) {
    begin_window(now, 0);
    return;
  }
  set_bounds(now);
  const std::int64_t amount = amount_at(now);
  const std::int64_t more = amount - amount_.exchange(amount);
  Word::add(free_, window_.load(), more);
}

Limit::Room Limit::room(WallTime now) const {
  const std::int64_t amount = amount_.load(std::memory_order_relaxed);
  if (outside(now)) return {.amount = amount, .left = amount};
  return {.amount = amount,
          .left = Word(free_.load(std::memory_order_acquire)).amount(),
          .ends = WallTime(WallTime::duration(ends_.load(std::memory_order_acquire)))};
}

bool Limit::has_room(WallTime now) const {
  return outside(now) || Word(free_.load(std::memory_order_acquire)).amount() > 0;
}

bool Limit::idle(WallTime now) const {
  const bool over = now.time_since_epoch().count() >= ends_.load();
  const std::scoped_lock lock(mutex_);
  return over || Word(free_.load()).amount() == amount_.load();
}

LimitTerms Limit::terms() const {
  const std::scoped_lock lock(mutex_);
  return terms_;
}

Limit::State Limit::state(WallTime now) const {
  const std::scoped_lock lock(mutex_);
  if (now.time_since_epoch().count() >= ends_.load()) {  // nobody has begun the next one yet
    return {.amount = amount_at(now), .window = window_at(now)};
  }
  const std::int64_t room = Word(free_.load()).amount();
  State state{.amount = amount_.load(), .used = Word(used_.load()).amount()};
  state.held = std::max<std::int64_t>(0, state.amount - state.used - room);
  if (terms_.period) {
    state.window = Window{.start = WallTime(WallTime::duration(begins_.load())),
                          .end = WallTime(WallTime::duration(ends_.load()))};
  }
  return state;
}

bool Limit::outside(WallTime now) const {
  const WallTime::rep ticks = now.time_since_epoch().count();
  const WallTime::rep ends = ends_.load(std::memory_order_acquire);
  if (ticks >= ends) return true;
  // Clocks that were read a moment before the window began, or are set back a little, are in it.
  const WallTime::rep begins = begins_.load(std::memory_order_acquire);
  return ticks < begins && begins - ticks > ends - begins;
}

void Limit::enter_window(WallTime now) {
  const std::scoped_lock lock(mutex_);
  if (!outside(now)) return;  // another one was quicker
  if (now.time_since_epoch().count() >= ends_.load()) {
    begin_window(now, 0);
  } else {
    set_bounds(now);  // the clock was set far back: it is the same window for what was used
  }
}

void Limit::begin_window(WallTime now, std::int64_t used) {
  const std::uint32_t window = window_.load() + 1;
  amount_.store(amount_at(now));
  // In this order: what is settled meanwhile belongs to the window before, and finds it gone.
  window_.store(window);
  set_bounds(now);
  used_.store(Word(window, used).bits());
  free_.store(Word(window, amount_.load() - used).bits());
}

Window Limit::window_at(WallTime now) const {
  if (!terms_.period) return {.start = WallTime::min(), .end = WallTime::max()};
  const auto aligned =
      terms_.aligned ? terms_.period->aligned(now, terms_.quarter_start) : std::nullopt;
  return aligned ? *aligned : terms_.period->rolling(anchor_, now);
}

void Limit::grant_extra(WallTime now) {
  extra_until_ = WallTime::max();
  if (terms_.extra_windows == 0 || !terms_.period) return;
  // Far enough, and far from the end of what a clock can say.
  const WallTime furthest = now + std::chrono::years(100);
  extra_until_ = terms_.extra_from.value_or(now);
  for (int i = 0; i < terms_.extra_windows && extra_until_ < furthest; ++i) {
    extra_until_ = window_at(extra_until_).end;
  }
}

std::int64_t Limit::amount_at(WallTime now) const {
  return in_range(in_range(terms_.amount) + (now < extra_until_ ? in_range(terms_.extra) : 0));
}

void Limit::set_bounds(WallTime now) {
  const Window window = window_at(now);
  bounds_set_.fetch_add(1);
  begins_.store(window.start.time_since_epoch().count());
  ends_.store(window.end.time_since_epoch().count());
  bounds_set_.fetch_add(1);
}

}  // namespace bifrost::governance
