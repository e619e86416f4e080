#include "routing/retry_accounts.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <utility>

namespace bifrost::routing {
namespace {

constexpr double kFailuresOfWell = 0.1;     // of the calls
constexpr double kFailuresForgotten = 0.1;  // a failure that has faded to this is no news

}  // namespace

void RetryAccounts::Account::fade(SteadyTime now) {
  if (now <= at) return;  // workers' clocks differ a little
  const auto passed = std::chrono::duration<double>(now - at) / kWindow;
  const double left = std::exp(-passed);
  requests *= left;
  retries *= left;
  failures *= left;
  at = now;
}

bool RetryAccounts::Account::has_room(RetryShare share) const {
  return retries + 1 <= std::max(share.floor, share.share * requests);
}

RetryAccounts::Account& RetryAccounts::account(Stripe& stripe, std::string_view name,
                                               SteadyTime now) const {
  std::list<Account>& accounts = stripe.accounts;
  if (const auto found = stripe.by_name.find(name); found != stripe.by_name.end()) {
    accounts.splice(accounts.begin(), accounts, found->second);
  } else {
    if (accounts.size() >= per_stripe_max_) {
      stripe.by_name.erase(accounts.back().name);
      accounts.pop_back();
    }
    std::list<Account> added;  // in both, or in none
    added.push_front({.name = std::string(name), .at = now});
    stripe.by_name.emplace(added.front().name, added.begin());
    accounts.splice(accounts.begin(), added);
  }
  accounts.front().fade(now);
  return accounts.front();
}

template <class Use>
auto RetryAccounts::with(std::string_view name, SteadyTime now, Use use) {
  Stripe& stripe = stripes_[std::hash<std::string_view>()(name) % kStripes];
  const std::lock_guard lock(stripe.mutex);
  return use(account(stripe, name, now));
}

void RetryAccounts::add_request(std::string_view name, SteadyTime now) {
  with(name, now, [](Account& account) { account.requests += 1; });
}

void RetryAccounts::add_retry(std::string_view name, SteadyTime now) {
  with(name, now, [](Account& account) { account.retries += 1; });
}

void RetryAccounts::add_failure(std::string_view name, SteadyTime now) {
  with(name, now, [](Account& account) { account.failures += 1; });
}

bool RetryAccounts::has_room(std::string_view name, RetryShare share, SteadyTime now) {
  return with(name, now, [&](const Account& account) { return account.has_room(share); });
}

bool RetryAccounts::take(std::string_view name, RetryShare share, SteadyTime now) {
  return with(name, now, [&](Account& account) {
    const bool room = account.has_room(share);
    if (room) account.retries += 1;
    return room;
  });
}

bool RetryAccounts::answers_well(std::string_view name, SteadyTime now) {
  return with(name, now, [](const Account& account) {
    return account.failures <= kFailuresForgotten ||
           account.failures <= kFailuresOfWell * (account.requests + account.retries);
  });
}

}  // namespace bifrost::routing
