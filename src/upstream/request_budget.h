// What one request may cost: attempts, time, and retries that its keys and its caller still have.
//
// Three bounds of different reach. Attempts and time are the request's own, whatever it asks for,
// fallbacks included. Retries are paid for by the traffic of the key that gets them and of the
// caller who causes them (routing::RetryAccounts). No retry in that sense are a fallback, a new key
// in place of a refused one, and the move to an untried key that answers well: none of them adds to
// the load of what fails.
#pragma once

#include "base/clock.h"
#include "base/error.h"
#include "provider/endpoint.h"
#include "record/attempt.h"
#include "routing/retry_accounts.h"
#include "upstream/budget_settings.h"

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace bifrost::upstream {

// Of the process, for all workers.
struct RetryBudgets {
  routing::RetryAccounts keys = routing::RetryAccounts();
  routing::RetryAccounts callers = routing::RetryAccounts();
};

// By what a request is measured. Everything is borrowed and outlives the request.
struct BudgetTerms {
  BudgetSettings settings = {};
  RetryBudgets* budgets = nullptr;  // null: retries are not counted
  std::string_view caller = {};
  bool repeats = false;  // the caller says that it is a retry of his own
};

// A retry that is about to be made.
struct Repetition {
  const provider::Endpoint& endpoint;
  const provider::Key* failed;  // null: the provider needs none
  const provider::Key* next;
  bool next_is_fresh;  // this request has not tried it
  Retry reason;
  std::chrono::milliseconds delay;
};

class RequestBudget {
 public:
  RequestBudget(const BudgetTerms& terms, std::size_t targets, SteadyTime now);

  // What keeps another target from being asked; nothing when it may be.
  [[nodiscard]] std::optional<record::Budget> refuses_target(SteadyTime now) const;
  void target_begins() { --targets_left_; }

  void attempt_begins(const provider::Endpoint& endpoint, const provider::Key* key, SteadyTime now);
  void attempt_failed(const provider::Endpoint& endpoint, const provider::Key* key, Retry retry,
                      SteadyTime now);

  // What keeps it from being made; nothing when it may be, and then it is paid for.
  [[nodiscard]] std::optional<record::Budget> refuses(const Repetition& repetition, SteadyTime now);

  // Says in the error that it was not, or no longer, tried again, and why.
  void tell(Error& error, record::Budget spent) const;

 private:
  [[nodiscard]] routing::RetryShare share() const;

  const BudgetTerms& terms_;
  std::size_t attempts_left_;
  std::size_t targets_left_;  // whose turn has not come
  SteadyTime until_;
  bool paid_ = false;  // the next attempt is a retry that was counted
};

}  // namespace bifrost::upstream
