// What a request holds on the limits that it falls under while it runs: reserve, then settle.
//
// Looking first and charging afterwards would let a burst through, since all of it sees the same
// room. So a request takes its estimate from every limit, all or nothing, and at its end says what
// it really used. What is never settled was not used: the destructor gives it back, so a request
// that fails, is cut or throws costs nothing by itself.
//
// Limits are shared by all workers; a reservation belongs to one request. What holds something
// makes one allocation; what holds nothing is a pointer, since most streams are long and hold
// nothing.
#pragma once

#include "base/clock.h"
#include "base/result.h"
#include "governance/amount.h"
#include "governance/limit.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>

namespace bifrost::governance {

class Reservation {
 public:
  // Of one request, on all levels together. Whoever makes a configuration sees to it.
  static constexpr std::size_t kLimitsMax = 32;

  Reservation() = default;  // holds nothing
  Reservation(Reservation&& other) noexcept = default;
  Reservation& operator=(Reservation&& other) noexcept;
  Reservation(const Reservation&) = delete;
  Reservation& operator=(const Reservation&) = delete;
  ~Reservation() { settle({}); }

  // All or nothing, in the order given: those of one target, then those that hold wherever the
  // request goes. Fails as `refusal` of the first that is full; where that is one of the target,
  // another target may do. The limits outlive the reservation; there are kLimitsMax at most.
  static Result<Reservation> hold(std::span<const Limits> of_target, Limits everywhere,
                                  const Amount& estimate, WallTime now);

  // What hold() would fail with. Holds nothing.
  [[nodiscard]] static Result<void> check(std::span<const Limits> of_target, Limits everywhere,
                                          const Amount& estimate, WallTime now);

  // Holds `whole` at least on each limit that holds less, for a stream that outgrows its estimate;
  // a class of which `whole` has nothing stays as it is. Null: done. Else the limit that has no
  // more, and it keeps what it had.
  [[nodiscard]] const Limit* grow(const Amount& whole, WallTime now);

  // Ends it. Only the first call counts.
  void settle(const Amount& used);

  // Of each limit that outlives the request: visit(limit, taken, use), with what settling `used`
  // adds to its use.
  template <class Visit>
  void each_use(const Amount& used, Visit visit) const {
    if (held_ == nullptr) return;
    for (const Piece& piece : std::span(held_->pieces).first(held_->count)) {
      if (piece.limit->unit() == Unit::kConcurrent) continue;
      visit(*piece.limit, piece.taken, used_here(piece, used));
    }
  }

  [[nodiscard]] bool empty() const { return held_ == nullptr; }
  // Is it one of those that may run at once?
  [[nodiscard]] bool holds_place() const;
  // What it was to be; a limit that was nearly full may hold less.
  [[nodiscard]] Amount held() const { return held_ == nullptr ? Amount() : held_->amount; }
  // As much is held on every limit. kLimitMax of what no limit counts.
  [[nodiscard]] Amount covered() const;

 private:
  struct Piece {
    Limit* limit = nullptr;
    Limit::Taken taken;
    std::int64_t before = 0;  // taken in windows that are over, and used up there

    [[nodiscard]] std::int64_t held() const { return before + taken.amount; }
  };

  // In the window that it was taken in last.
  static std::int64_t used_here(const Piece& piece, const Amount& used) {
    return std::clamp<std::int64_t>(used.of(piece.limit->unit()) - piece.before, 0, kLimitMax);
  }

  struct Held {
    std::array<Piece, kLimitsMax> pieces;
    std::size_t count = 0;
    Amount amount;

    [[nodiscard]] bool has(const Limit* limit) const;
  };

  // The error of the first of them that is full. One that several owners share counts once.
  std::optional<Error> take(Limits limits, WallTime now);

  std::unique_ptr<Held> held_;  // null: nothing
};

}  // namespace bifrost::governance
