#include "governance/reservation.h"

#include "base/assert.h"
#include "governance/refusal.h"

#include <algorithm>
#include <utility>

namespace bifrost::governance {

Reservation::Reservation(Reservation&& other) noexcept
    : count_(std::exchange(other.count_, 0)), held_(std::exchange(other.held_, {})) {
  std::copy_n(other.pieces_.begin(), count_, pieces_.begin());
}

Reservation& Reservation::operator=(Reservation&& other) noexcept {
  if (this != &other) {
    settle({});
    count_ = std::exchange(other.count_, 0);
    held_ = std::exchange(other.held_, {});
    std::copy_n(other.pieces_.begin(), count_, pieces_.begin());
  }
  return *this;
}

std::optional<Error> Reservation::take(Limits limits, WallTime now) {
  for (const auto& limit : limits) {
    BF_ASSERT(count_ < kLimitsMax);
    const auto taken = limit->take(held_.of(limit->unit()), now);
    if (!taken) return refusal(*limit, now);
    pieces_[count_++] = {.limit = limit.get(), .taken = *taken};
  }
  return std::nullopt;
}

// What is held already is given back with `out`.
Result<Reservation> Reservation::hold(std::span<const Limits> of_target, Limits everywhere,
                                      const Amount& estimate, WallTime now) {
  Reservation out;
  out.held_ = estimate;
  for (const Limits limits : of_target) {
    if (auto full = out.take(limits, now)) {
      full->retry = Retry::kOtherTarget;
      return *std::move(full);
    }
  }
  if (auto full = out.take(everywhere, now)) return *std::move(full);
  return out;
}

Result<void> Reservation::grow(const Amount& more, WallTime now) {
  std::array<Limit::Taken, kLimitsMax> grown;
  for (std::size_t i = 0; i < count_; ++i) {
    Limit& limit = *pieces_[i].limit;
    const auto taken = limit.take(more.of(limit.unit()), now);
    if (!taken) {
      for (std::size_t back = 0; back < i; ++back) pieces_[back].limit->settle(grown[back], 0);
      return refusal(limit, now);
    }
    grown[i] = *taken;
  }
  for (std::size_t i = 0; i < count_; ++i) {
    Piece& piece = pieces_[i];
    if (grown[i].window == piece.taken.window) {
      piece.taken.amount += grown[i].amount;
    } else {
      piece.before += piece.taken.amount;
      piece.taken = grown[i];
    }
  }
  held_ += more;
  return {};
}

void Reservation::settle(const Amount& used) {
  for (std::size_t i = 0; i < count_; ++i) {
    Limit& limit = *pieces_[i].limit;
    limit.settle(pieces_[i].taken, used.of(limit.unit()) - pieces_[i].before);
  }
  count_ = 0;
  held_ = {};
}

}  // namespace bifrost::governance
