#include "governance/reservation.h"

#include "base/assert.h"
#include "governance/refusal.h"

#include <algorithm>
#include <utility>

namespace bifrost::governance {

Reservation::Reservation(Reservation&& other) noexcept
    : of_target_(std::exchange(other.of_target_, {})),
      everywhere_(std::exchange(other.everywhere_, {})),
      count_(std::exchange(other.count_, 0)),
      held_(std::exchange(other.held_, {})) {
  std::copy_n(other.pieces_.begin(), count_, pieces_.begin());
}

Reservation& Reservation::operator=(Reservation&& other) noexcept {
  if (this != &other) {
    settle({});
    of_target_ = std::exchange(other.of_target_, {});
    everywhere_ = std::exchange(other.everywhere_, {});
    count_ = std::exchange(other.count_, 0);
    held_ = std::exchange(other.held_, {});
    std::copy_n(other.pieces_.begin(), count_, pieces_.begin());
  }
  return *this;
}

// What is held already is given back with `out`.
Result<Reservation> Reservation::hold(Limits of_target, Limits everywhere, const Amount& estimate,
                                      WallTime now) {
  Reservation out;
  out.of_target_ = of_target;
  out.everywhere_ = everywhere;
  out.held_ = estimate;
  BF_ASSERT(out.size() <= kLimitsMax);
  for (; out.count_ < out.size(); ++out.count_) {
    Limit& limit = out.at(out.count_);
    const auto taken = limit.take(estimate.of(limit.unit()), now);
    if (!taken) {
      Error error = refusal(limit, now);
      if (out.count_ < of_target.size()) error.retry = Retry::kOtherTarget;
      return error;
    }
    out.pieces_[out.count_] = {.taken = *taken};
  }
  return out;
}

Result<void> Reservation::grow(const Amount& more, WallTime now) {
  std::array<Limit::Taken, kLimitsMax> grown;
  for (std::size_t i = 0; i < count_; ++i) {
    Limit& limit = at(i);
    const auto taken = limit.take(more.of(limit.unit()), now);
    if (!taken) {
      for (std::size_t back = 0; back < i; ++back) at(back).settle(grown[back], 0);
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
    Limit& limit = at(i);
    limit.settle(pieces_[i].taken, used.of(limit.unit()) - pieces_[i].before);
  }
  count_ = 0;
  held_ = {};
}

}  // namespace bifrost::governance
