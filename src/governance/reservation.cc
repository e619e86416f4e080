#include "governance/reservation.h"

#include "base/try.h"

#include <utility>

namespace bifrost::governance {
namespace {

Result<void> hold_all(std::span<Account* const> accounts, const Amount& amount) {
  for (std::size_t i = 0; i < accounts.size(); ++i) {
    auto held = accounts[i]->hold(amount);
    if (held) continue;
    while (i > 0) accounts[--i]->settle(amount, {});
    return held;
  }
  return {};
}

}  // namespace

Reservation::Reservation(Reservation&& other) noexcept
    : accounts_(std::exchange(other.accounts_, {})), held_(std::exchange(other.held_, {})) {}

Reservation& Reservation::operator=(Reservation&& other) noexcept {
  if (this != &other) {
    settle({});
    accounts_ = std::exchange(other.accounts_, {});
    held_ = std::exchange(other.held_, {});
  }
  return *this;
}

Result<Reservation> Reservation::hold(std::span<Account* const> accounts, const Amount& estimate) {
  BF_TRY_VOID(hold_all(accounts, estimate));
  Reservation out;
  out.accounts_ = accounts;
  out.held_ = estimate;
  return out;
}

Result<void> Reservation::grow(const Amount& more) {
  BF_TRY_VOID(hold_all(accounts_, more));
  held_ += more;
  return {};
}

void Reservation::settle(const Amount& used) {
  for (Account* account : std::exchange(accounts_, {})) account->settle(held_, used);
  held_ = {};
}

}  // namespace bifrost::governance
