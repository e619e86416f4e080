// What a request holds on the limits that it falls under while it runs: reserve, then settle.
//
// Looking first and charging afterwards would let a burst through, since all of it sees the same
// room. So a request takes its estimate from every account, all or nothing, and at its end says
// what it really used. What is never settled was not used: the destructor gives it back, so a
// request that fails, is cut or throws costs nothing by itself.
//
// An account is shared by all workers; a reservation belongs to one request. No allocation.
#pragma once

#include "base/result.h"

#include <cstdint>
#include <span>

namespace bifrost::governance {

// In every unit that a limit may count. Money is integer nano-dollars.
struct Amount {
  std::int64_t requests = 0;
  std::int64_t tokens = 0;
  std::int64_t nano_dollars = 0;

  Amount& operator+=(const Amount& other) {
    requests += other.requests;
    tokens += other.tokens;
    nano_dollars += other.nano_dollars;
    return *this;
  }
  friend bool operator==(const Amount&, const Amount&) = default;
};

// One limit's count. Thread-safe; a call neither waits nor takes a lock for long.
class Account {
 public:
  Account() = default;
  Account(const Account&) = delete;
  Account& operator=(const Account&) = delete;
  virtual ~Account() = default;

  // Takes the amount out of what is free, or fails with the limit's name, its use and when it is
  // over (kRateLimited and its like), having taken nothing.
  virtual Result<void> hold(const Amount& amount) = 0;
  // What was held is over: `used` of it, or more, has been used, and the rest is free again.
  virtual void settle(const Amount& held, const Amount& used) = 0;
};

class Reservation {
 public:
  Reservation() = default;  // holds nothing
  Reservation(Reservation&& other) noexcept;
  Reservation& operator=(Reservation&& other) noexcept;
  Reservation(const Reservation&) = delete;
  Reservation& operator=(const Reservation&) = delete;
  ~Reservation() { settle({}); }

  // All or nothing, in the order given; fails as the first account that refuses. The accounts
  // outlive the reservation.
  static Result<Reservation> hold(std::span<Account* const> accounts, const Amount& estimate);

  // More of it, for a stream that outgrows its estimate; on failure it keeps what it had.
  Result<void> grow(const Amount& more);

  // Ends it. Only the first call counts.
  void settle(const Amount& used);

  [[nodiscard]] const Amount& held() const { return held_; }

 private:
  std::span<Account* const> accounts_;
  Amount held_;
};

}  // namespace bifrost::governance
