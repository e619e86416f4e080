// From budgets and rate limits, as the settings have them, to limits of the book: for build_rules.
#pragma once

#include "base/clock.h"
#include "governance/limit.h"
#include "governance/limit_book.h"
#include "governance/settings/governance_settings.h"

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace bifrost::governance {

using OwnLimits = std::vector<std::shared_ptr<Limit>>;

// Whose limits they are.
struct Owner {
  std::string_view kind;
  std::string id;
  std::string shown;  // "virtual key alice"
  bool aligned = false;
};

// What an owner says of them.
struct OwnTerms {
  const std::string& rate_limit_id;
  const std::vector<BudgetSettings>& budgets;
  std::string_view budget_id = {};
  std::string known_as = {};  // what budgets call the owner; empty: none can
};

class LimitMaker {
 public:
  // What is given outlives it.
  LimitMaker(const GovernanceSettings& settings, LimitBook& book, WallTime now);

  // This owner has the rate limit too, and his limits are not made anew.
  void share(std::string_view rate_limit_id, std::string_view owner);

  // Rates first, since they come back sooner.
  void add_all(OwnLimits& limits, const OwnTerms& terms, const Owner& owner);
  void add_rate(OwnLimits& limits, std::string_view id, const Owner& owner);
  void add_budget(OwnLimits& limits, std::string_view id, const Owner& owner);

 private:
  void add(OwnLimits& limits, const std::string& name, LimitTerms terms, std::int64_t used);
  void add(OwnLimits& limits, const std::string& name, const BudgetSettings& budget,
           const Owner& owner);

  LimitBook& book_;
  WallTime now_;
  std::unordered_map<std::string_view, const RateLimitSettings*> rates_;
  std::unordered_map<std::string_view, const BudgetSettings*> budgets_;
  std::unordered_map<std::string, std::vector<const BudgetSettings*>> owned_;
  std::unordered_map<std::string, std::string> owners_;  // of limits, by name
};

}  // namespace bifrost::governance
