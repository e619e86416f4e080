#include "governance/reservation.h"

#include "base/try.h"
#include "governance/refusal.h"

#include <algorithm>
#include <cstddef>
#include <utility>

namespace bifrost::governance {

Reservation& Reservation::operator=(Reservation&& other) noexcept {
  if (this != &other) {
    settle({});
    held_ = std::move(other.held_);
  }
  return *this;
}

bool Reservation::Held::has(const Limit* limit) const {
  return std::any_of(pieces.begin(), pieces.begin() + static_cast<std::ptrdiff_t>(count),
                     [&](const Piece& piece) { return piece.limit == limit; });
}

bool Reservation::holds_place() const {
  if (held_ == nullptr) return false;
  const auto taken = std::span(held_->pieces).first(held_->count);
  return std::ranges::any_of(
      taken, [](const Piece& piece) { return piece.limit->unit() == Unit::kConcurrent; });
}

std::optional<Error> Reservation::take(Limits limits, WallTime now) {
  for (const auto& limit : limits) {
    if (held_->has(limit.get())) continue;
    if (held_->count == kLimitsMax) {
      return gateway_error(ErrorCode::kInternal, "the request falls under more limits than it can");
    }
    const auto taken = limit->take(held_->amount.of(limit->unit()), now);
    if (!taken) return refusal(*limit, now);
    held_->pieces[held_->count++] = {.limit = limit.get(), .taken = *taken};
  }
  return std::nullopt;
}

namespace {

// All lists in the order in which they are held, to the first error.
template <class Take>
Result<void> each_list(std::span<const Limits> of_target, Limits everywhere, Take take) {
  for (const Limits limits : of_target) {
    if (std::optional<Error> full = take(limits)) {
      full->retry = Retry::kOtherTarget;
      return *std::move(full);
    }
  }
  if (std::optional<Error> full = take(everywhere)) return *std::move(full);
  return {};
}

}  // namespace

// What is held already is given back with `out`.
Result<Reservation> Reservation::hold(std::span<const Limits> of_target, Limits everywhere,
                                      const Amount& estimate, WallTime now) {
  Reservation out;
  const auto some = [](Limits limits) { return !limits.empty(); };
  if (!some(everywhere) && std::ranges::none_of(of_target, some)) return out;
  out.held_ = std::make_unique<Held>();
  out.held_->amount = estimate;
  BF_TRY_VOID(
      each_list(of_target, everywhere, [&](Limits limits) { return out.take(limits, now); }));
  return out;
}

Result<void> Reservation::check(std::span<const Limits> of_target, Limits everywhere,
                                const Amount& estimate, WallTime now) {
  return each_list(of_target, everywhere, [&](Limits limits) -> std::optional<Error> {
    for (const auto& limit : limits) {
      if (!limit->would_take(estimate.of(limit->unit()), now)) return refusal(*limit, now);
    }
    return std::nullopt;
  });
}

const Limit* Reservation::grow(const Amount& whole, WallTime now) {
  if (held_ == nullptr) return nullptr;
  const std::span<Piece> pieces = std::span(held_->pieces).first(held_->count);
  std::array<std::optional<Limit::Taken>, kLimitsMax> grown;
  for (std::size_t i = 0; i < pieces.size(); ++i) {
    Limit& limit = *pieces[i].limit;
    const std::int64_t lacking = whole.of(limit.unit()) - pieces[i].held();
    if (lacking <= 0) continue;
    grown[i] = limit.take(lacking, now);
    if (grown[i]) continue;
    for (std::size_t back = 0; back < i; ++back) {
      if (grown[back]) pieces[back].limit->settle(*grown[back], 0);
    }
    return &limit;
  }
  for (std::size_t i = 0; i < pieces.size(); ++i) {
    if (!grown[i]) continue;
    Piece& piece = pieces[i];
    if (grown[i]->window == piece.taken.window) {
      piece.taken.amount += grown[i]->amount;
    } else {
      piece.before += piece.taken.amount;
      piece.taken = *grown[i];
    }
  }
  held_->amount.raise_to(whole);
  return nullptr;
}

Amount Reservation::covered() const {
  Amount covered{.requests = kLimitMax,
                 .tokens = kLimitMax,
                 .nano_dollars = kLimitMax,
                 .concurrent = kLimitMax};
  if (held_ == nullptr) return covered;
  for (const Piece& piece : std::span(held_->pieces).first(held_->count)) {
    std::int64_t& least = covered.of(piece.limit->unit());
    least = std::min(least, piece.held());
  }
  return covered;
}

void Reservation::settle(const Amount& used) {
  if (held_ == nullptr) return;
  for (const Piece& piece : std::span(held_->pieces).first(held_->count)) {
    piece.limit->settle(piece.taken, used_here(piece, used));
  }
  held_ = nullptr;
}

}  // namespace bifrost::governance
