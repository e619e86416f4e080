#include "governance/limit_maker.h"

#include "config/forms.h"
#include "governance/limit_names.h"

#include <cmath>
#include <utility>

namespace bifrost::governance {
namespace {

std::int64_t nano_dollars(double dollars) {
  constexpr double kNano = 1e9;
  return std::llround(dollars * kNano);
}

// Of a budget that names it: kind and id.
std::string owner_of(const BudgetSettings& budget) {
  if (!budget.virtual_key_id.empty()) return "virtual key/" + budget.virtual_key_id;
  if (!budget.team_id.empty()) return "team/" + budget.team_id;
  if (!budget.customer_id.empty()) return "customer/" + budget.customer_id;
  if (!budget.model_config_id.empty()) return "model config/" + budget.model_config_id;
  if (budget.provider_config_id != 0) {
    return "provider config/" + std::to_string(budget.provider_config_id);
  }
  return {};
}

Unit unit_of(RateMetric metric) {
  return metric == RateMetric::kRequests ? Unit::kRequests : Unit::kTokens;
}

}  // namespace

LimitMaker::LimitMaker(const GovernanceSettings& settings, LimitBook& book, WallTime now)
    : book_(book), now_(now) {
  rates_.reserve(settings.rate_limits.size());
  for (const RateLimitSettings& rate : settings.rate_limits) rates_.emplace(rate.id, &rate);
  budgets_.reserve(settings.budgets.size());
  for (const BudgetSettings& budget : settings.budgets) {
    budgets_.emplace(budget.id, &budget);
    if (const std::string owner = owner_of(budget); !owner.empty()) {
      owned_[owner].push_back(&budget);
    }
  }
}

void LimitMaker::share(std::string_view rate_limit_id, std::string_view owner) {
  owners_.emplace(rate_limit_name(rate_limit_id), owner);
}

void LimitMaker::add_all(OwnLimits& limits, const OwnTerms& terms, const Owner& owner) {
  add_rate(limits, terms.rate_limit_id, owner);
  for (const BudgetSettings& budget : terms.budgets) {
    add(limits, own_budget_name(owner.kind, owner.id, budget.reset_duration), budget, owner);
  }
  add_budget(limits, terms.budget_id, owner);
  if (const auto owned = owned_.find(terms.known_as); owned != owned_.end()) {
    for (const BudgetSettings* budget : owned->second) {
      add(limits, budget_name(budget->id), *budget, owner);
    }
  }
}

void LimitMaker::add_budget(OwnLimits& limits, std::string_view id, const Owner& owner) {
  const auto named = budgets_.find(id);
  if (named != budgets_.end()) add(limits, budget_name(id), *named->second, owner);
}

void LimitMaker::add_rate(OwnLimits& limits, std::string_view id, const Owner& owner) {
  const auto found = rates_.find(id);
  if (found == rates_.end()) return;
  const RateLimitSettings& rate = *found->second;
  const bool aligned = owner.aligned || rate.calendar_aligned;
  if (rate.metric != RateMetric::kNone && rate.max_limit) {
    add(limits, rate_limit_name(id),
        {.owner = owner.shown,
         .unit = unit_of(rate.metric),
         .amount = *rate.max_limit,
         .period = Period::parse(rate.reset_duration),
         .aligned = aligned},
        0);
  }
  if (rate.concurrent_max_limit) {
    add(limits, rate_limit_name(id),
        {.owner = owner.shown, .unit = Unit::kConcurrent, .amount = *rate.concurrent_max_limit}, 0);
  }
  if (rate.request_max_limit) {
    add(limits, rate_limit_name(id),
        {.owner = owner.shown,
         .unit = Unit::kRequests,
         .amount = *rate.request_max_limit,
         .period = Period::parse(rate.request_reset_duration),
         .aligned = aligned,
         .anchor = config::point_in_time(rate.request_last_reset)},
        rate.request_current_usage);
  }
  if (rate.token_max_limit) {
    add(limits, rate_limit_name(id),
        {.owner = owner.shown,
         .unit = Unit::kTokens,
         .amount = *rate.token_max_limit,
         .period = Period::parse(rate.token_reset_duration),
         .aligned = aligned,
         .anchor = config::point_in_time(rate.token_last_reset)},
        rate.token_current_usage);
  }
}

void LimitMaker::add(OwnLimits& limits, const std::string& name, LimitTerms terms,
                     std::int64_t used) {
  // Of one that several owners share, none is named to the others' callers.
  const auto [first, fresh] = owners_.emplace(name, terms.owner);
  if (!fresh && first->second != terms.owner) terms.owner = "shared " + name;
  limits.push_back(book_.limit(name, terms, used, now_));
}

void LimitMaker::add(OwnLimits& limits, const std::string& name, const BudgetSettings& budget,
                     const Owner& owner) {
  LimitTerms terms{.owner = owner.shown,
                   .unit = Unit::kNanoDollars,
                   .amount = nano_dollars(budget.max_limit),
                   .period = Period::parse(budget.reset_duration),
                   .aligned = owner.aligned || budget.calendar_aligned,
                   .anchor = config::point_in_time(budget.last_reset)};
  if (budget.reset_config && budget.reset_config->quarter_start_month > 0) {
    terms.quarter_start = static_cast<int>(budget.reset_config->quarter_start_month);
  }
  const bool for_some = budget.override_mode == OverrideMode::kCycles;
  if (budget.override_mode == OverrideMode::kForever ||
      (for_some && budget.override_cycles_remaining > 0)) {
    terms.extra = nano_dollars(budget.override_amount);
    terms.extra_windows = for_some ? static_cast<int>(budget.override_cycles_remaining) : 0;
    if (for_some) terms.extra_from = config::point_in_time(budget.override_anchor_reset);
  }
  add(limits, cleared_name(name, budget.usage_resets), terms, nano_dollars(budget.current_usage));
}

}  // namespace bifrost::governance
