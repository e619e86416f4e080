// How many retries there may be: a share of the requests, with a floor.
//
// When a provider fails, every request that is repeated makes it worse, and each layer that repeats
// multiplies the others. So retries are paid for by live traffic. An account counts requests,
// retries and failures of one provider key, or of one caller, over about kWindow: counts fade, so
// that an account of which nothing was heard for a while is as good as new.
//
// One for the process, shared by all workers; thread-safe. Bounded: the account that nobody asked
// for longest leaves first. Other replicas have accounts of their own; since these are plain counts
// under a name, what another one has seen could be added to them.
#pragma once

#include "base/clock.h"
#include "base/limits.h"

#include <array>
#include <chrono>
#include <cstddef>
#include <list>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>

namespace bifrost::routing {

struct RetryShare {
  double share = 0;  // retries for one request
  double floor = 0;  // retries in kWindow, whatever the traffic
};

class RetryAccounts {
 public:
  static constexpr std::chrono::seconds kWindow{10};

  explicit RetryAccounts(std::size_t accounts_max = limits::kRetryAccountsMax)
      : per_stripe_max_(accounts_max / kStripes + 1) {}

  void add_request(std::string_view name, SteadyTime now);
  void add_retry(std::string_view name, SteadyTime now);
  void add_failure(std::string_view name, SteadyTime now);

  // Is there room for one more retry?
  [[nodiscard]] bool has_room(std::string_view name, RetryShare share, SteadyTime now);
  // Takes it, if there is.
  [[nodiscard]] bool take(std::string_view name, RetryShare share, SteadyTime now);

  // Do nine of ten calls succeed, or is nothing known? A failure is forgotten after some kWindow of
  // silence: 23 s for one, half a minute more for twenty.
  [[nodiscard]] bool answers_well(std::string_view name, SteadyTime now);

 private:
  static constexpr std::size_t kStripes = 16;  // workers seldom meet at one

  struct Account {
    std::string name;
    SteadyTime at;  // to when the counts have faded
    double requests = 0;
    double retries = 0;
    double failures = 0;

    void fade(SteadyTime now);
    [[nodiscard]] bool has_room(RetryShare share) const;
  };
  struct Stripe {
    std::mutex mutex;
    std::list<Account> accounts;  // the one used last in front
    std::unordered_map<std::string_view, std::list<Account>::iterator> by_name;
  };

  // What `use` makes of the account, with its stripe's mutex held.
  template <class Use>
  auto with(std::string_view name, SteadyTime now, Use use);
  // With the stripe's mutex held.
  [[nodiscard]] Account& account(Stripe& stripe, std::string_view name, SteadyTime now) const;

  std::size_t per_stripe_max_;
  std::array<Stripe, kStripes> stripes_;
};

}  // namespace bifrost::routing
