#include "upstream/request_budget.h"

#include <fmt/format.h>

#include <utility>

namespace bifrost::upstream {
namespace {

// A key in the accounts of the process. A caller's own one is counted with its caller alone.
std::string account_name(const provider::Endpoint& endpoint, const provider::Key* key) {
  std::string name = endpoint.name;
  name += '/';  // no provider's name has one
  if (key != nullptr) name += key->id();
  return name;
}

bool is_counted(const provider::Endpoint& endpoint, const provider::Key* key) {
  return key == nullptr || endpoint.owns(*key);
}

}  // namespace

RequestBudget::RequestBudget(const BudgetTerms& terms, std::size_t targets, SteadyTime now)
    : terms_(terms),
      attempts_left_(static_cast<std::size_t>(terms.settings.max_attempts_per_request)),
      targets_left_(targets),
      until_(now + terms.settings.max_time_per_request) {
  if (terms_.budgets == nullptr) return;
  routing::RetryAccounts& callers = terms_.budgets->callers;
  if (terms_.repeats) {
    callers.add_retry(terms_.caller, now);
  } else {
    callers.add_request(terms_.caller, now);
  }
}

routing::RetryShare RequestBudget::share() const {
  return {.share = terms_.settings.retry_percent / 100,
          .floor = static_cast<double>(terms_.settings.retry_floor)};
}

std::optional<record::Budget> RequestBudget::refuses_target(SteadyTime now) const {
  if (attempts_left_ == 0) return record::Budget::kAttempts;
  if (now >= until_) return record::Budget::kTime;
  return std::nullopt;
}

void RequestBudget::attempt_begins(const provider::Endpoint& endpoint, const provider::Key* key,
                                   SteadyTime now) {
  --attempts_left_;
  const bool paid = std::exchange(paid_, false);
  if (terms_.budgets == nullptr || paid || !is_counted(endpoint, key)) return;
  terms_.budgets->keys.add_request(account_name(endpoint, key), now);
}

void RequestBudget::attempt_failed(const provider::Endpoint& endpoint, const provider::Key* key,
                                   Retry retry, SteadyTime now) {
  const bool under_load = retry == Retry::kSameTarget || retry == Retry::kOtherKey;
  if (terms_.budgets == nullptr || !under_load || !is_counted(endpoint, key)) return;
  terms_.budgets->keys.add_failure(account_name(endpoint, key), now);
}

std::optional<record::Budget> RequestBudget::refuses(const Repetition& repetition, SteadyTime now) {
  if (attempts_left_ <= targets_left_) return record::Budget::kAttempts;
  if (now + repetition.delay >= until_) return record::Budget::kTime;
  if (terms_.budgets == nullptr || repetition.reason == Retry::kReplaceKey) return std::nullopt;

  RetryBudgets& budgets = *terms_.budgets;
  const bool counted = is_counted(repetition.endpoint, repetition.next);
  const std::string name = account_name(repetition.endpoint, repetition.next);
  const bool moves = repetition.next != repetition.failed && repetition.next_is_fresh;
  if (moves && budgets.keys.answers_well(name, now)) return std::nullopt;
  if (counted && !budgets.keys.has_room(name, share(), now)) return record::Budget::kKey;
  if (!budgets.callers.take(terms_.caller, share(), now)) return record::Budget::kCaller;
  // Workers may take the last room at once, each its own: one too many is no storm.
  if (counted) budgets.keys.add_retry(name, now);
  paid_ = true;
  return std::nullopt;
}

void RequestBudget::tell(Error& error, record::Budget spent) const {
  const BudgetSettings& settings = terms_.settings;
  const bool others_follow = targets_left_ > 0 && attempts_left_ > 0;
  const std::string_view what = others_follow ? "not retried" : "no further attempt";
  switch (spent) {
    case record::Budget::kAttempts:
      error.message += fmt::format(" ({}: client.retry_budget.max_attempts_per_request is {})",
                                   what, settings.max_attempts_per_request);
      return;
    case record::Budget::kTime:
      error.message +=
          fmt::format(" ({}: client.retry_budget.max_time_per_request_in_seconds is {:g})", what,
                      std::chrono::duration<double>(settings.max_time_per_request).count());
      return;
    case record::Budget::kKey:
    case record::Budget::kCaller:
      error.message += fmt::format(
          " (not retried: the retry budget of the {} is spent; see client.retry_budget)",
          spent == record::Budget::kKey ? "provider's key" : "caller");
      error.repeat_unwanted = true;
      return;
  }
}

}  // namespace bifrost::upstream
