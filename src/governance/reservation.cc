#include "governance/reservation.h"

#include "base/try.h"

#include <cstddef>
#include <utility>

namespace bifrost::governance {

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

// What is held already is given back with `out`, by an exception too.
Result<Reservation> Reservation::hold(std::span<Account* const> accounts, const Amount& estimate) {
  Reservation out;
  out.held_ = estimate;
  for (std::size_t i = 0; i < accounts.size(); ++i) {
    BF_TRY_VOID(accounts[i]->hold(estimate));
    out.accounts_ = accounts.first(i + 1);
  }
  return out;
}

Result<void> Reservation::grow(const Amount& more) {
  BF_TRY(Reservation grown, hold(accounts_, more));
  grown.accounts_ = {};  // it is ours now
  held_ += more;
  return {};
}

void Reservation::settle(const Amount& used) {
  for (Account* account : std::exchange(accounts_, {})) account->settle(held_, used);
  held_ = {};
}

}  // namespace bifrost::governance
