#include "governance/build_rules.h"

#include "base/assert.h"
#include "config/forms.h"
#include "governance/limit_names.h"
#include "governance/model_pattern.h"
#include "governance/price_overrides.h"

#include <algorithm>
#include <cmath>
#include <string>
#include <unordered_map>
#include <utility>

namespace bifrost::governance {
namespace {

using OwnLimits = std::vector<std::shared_ptr<Limit>>;

std::int64_t nano_dollars(double dollars) {
  constexpr double kNano = 1e9;
  return std::llround(dollars * kNano);
}

// Whose limits they are.
struct Owner {
  std::string_view kind;
  std::string id;
  std::string shown;  // "virtual key alice"
  bool aligned = false;
};

std::string shown(std::string_view kind, std::string_view name) {
  return std::string(kind).append(" ").append(name);
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

class Builder {
 public:
  Builder(const GovernanceSettings& settings, LimitBook& book, WallTime now)
      : settings_(settings), book_(book), now_(now) {
    for (const RateLimitSettings& rate : settings.rate_limits) rates_.emplace(rate.id, &rate);
    for (const BudgetSettings& budget : settings.budgets) {
      budgets_.emplace(budget.id, &budget);
      if (const std::string owner = owner_of(budget); !owner.empty()) {
        owned_[owner].push_back(&budget);
      }
    }
  }

  Rules build() {
    Rules rules;
    for (const CustomerSettings& customer : settings_.customers) add_customer(customer);
    for (const TeamSettings& team : settings_.teams) add_team(team);
    Directory::Builder directory;
    for (const VirtualKeySettings& key : settings_.virtual_keys) {
      const auto known = principal(key);
      directory.add(key.value.reveal(), known);
      for (const FormerValueSettings& former : key.former_values) {
        directory.add(former.value.reveal(), formerly(*known, former));
      }
    }
    rules.directory = std::move(directory).finish();
    for (const ModelConfigSettings& model : settings_.model_configs) add_model(rules.models, model);
    for (const ProviderLimitSettings& provider : settings_.providers) {
      add_provider(rules.models, provider);
    }
    rules.prices = build_price_overrides(settings_);
    book_.sweep(now_);
    return rules;
  }

 private:
  // A customer or a team, with the limits of those above it.
  struct Group {
    std::shared_ptr<const Named> named;
    std::shared_ptr<const Named> customer;
    OwnLimits limits;
  };
  using Groups = std::unordered_map<std::string, Group>;

  void add(OwnLimits& limits, const std::string& name, LimitTerms terms, std::int64_t used) {
    // Of one that several owners share, none is named to the others' callers.
    const auto [first, fresh] = owners_.emplace(name, terms.owner);
    if (!fresh && first->second != terms.owner) terms.owner = "shared " + name;
    limits.push_back(book_.limit(name, terms, used, now_));
  }

  void add_budget(OwnLimits& limits, const std::string& name, const BudgetSettings& budget,
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

  void add_rate(OwnLimits& limits, const std::string& id, const Owner& owner) {
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
          {.owner = owner.shown, .unit = Unit::kConcurrent, .amount = *rate.concurrent_max_limit},
          0);
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

  // Of one owner: rates first, since they come back sooner.
  // `known_as` is what budgets call the owner.
  void add_all(OwnLimits& limits, const std::string& rate_limit_id,
               const std::vector<BudgetSettings>& own, const std::string& budget_id,
               const std::string& known_as, const Owner& owner) {
    add_rate(limits, rate_limit_id, owner);
    for (const BudgetSettings& budget : own) {
      add_budget(limits, own_budget_name(owner.kind, owner.id, budget.reset_duration), budget,
                 owner);
    }
    add_named(limits, budget_id, owner);
    if (const auto owned = owned_.find(known_as); owned != owned_.end()) {
      for (const BudgetSettings* budget : owned->second) {
        add_budget(limits, budget_name(budget->id), *budget, owner);
      }
    }
  }

  void add_customer(const CustomerSettings& customer) {
    Group group{.named = std::make_shared<const Named>(Named{customer.id, customer.name}),
                .customer = nullptr,
                .limits = {}};
    group.customer = group.named;
    add_all(group.limits, customer.rate_limit_id, customer.budgets, customer.budget_id,
            "customer/" + customer.id,
            {.kind = kCustomerOwner,
             .id = customer.id,
             .shown = shown(kCustomerOwner, customer.name),
             .aligned = customer.calendar_aligned});
    customers_.emplace(customer.id, std::move(group));
  }

  void add_team(const TeamSettings& team) {
    Group group{.named = std::make_shared<const Named>(Named{team.id, team.name}),
                .customer = nullptr,
                .limits = {}};
    add_all(group.limits, team.rate_limit_id, team.budgets, team.budget_id, "team/" + team.id,
            {.kind = kTeamOwner,
             .id = team.id,
             .shown = shown(kTeamOwner, team.name),
             .aligned = team.calendar_aligned});
    if (const auto above = customers_.find(team.customer_id); above != customers_.end()) {
      group.customer = above->second.named;
      append(group.limits, above->second.limits);
    }
    teams_.emplace(team.id, std::move(group));
  }

  static void append(OwnLimits& limits, const OwnLimits& more) {
    limits.insert(limits.end(), more.begin(), more.end());
  }

  std::shared_ptr<const Principal> principal(const VirtualKeySettings& key) {
    auto out = std::make_shared<Principal>();
    out->id = key.id;
    out->name = key.name;
    out->active = key.is_active;
    out->expires_at = config::point_in_time(key.expires_at);
    out->access.all_providers = key.allow_all_providers;
    const Owner owner{.kind = kKeyOwner,
                      .id = key.id,
                      .shown = shown(kKeyOwner, key.name),
                      .aligned = key.calendar_aligned};
    for (const ProviderConfigSettings& entry : key.provider_configs) add_grant(*out, entry, owner);
    add_all(out->limits, key.rate_limit_id, key.budgets, {}, "virtual key/" + key.id, owner);
    if (const auto team = teams_.find(key.team_id); team != teams_.end()) {
      out->team = team->second.named;
      out->customer = team->second.customer;
      append(out->limits, team->second.limits);
    } else if (const auto above = customers_.find(key.customer_id); above != customers_.end()) {
      out->customer = above->second.named;
      append(out->limits, above->second.limits);
    }
    return out;
  }

  // The same one, with the same limits, as long as its former value is known.
  static std::shared_ptr<const Principal> formerly(const Principal& now,
                                                   const FormerValueSettings& former) {
    auto out = std::make_shared<Principal>(now);
    out->known_until = config::point_in_time(former.valid_until);
    return out;
  }

  void add_named(OwnLimits& limits, const std::string& budget_id, const Owner& owner) {
    const auto named = budgets_.find(budget_id);
    if (named != budgets_.end()) add_budget(limits, budget_name(budget_id), *named->second, owner);
  }

  void add_model(ModelLimits& out, const ModelConfigSettings& model) {
    const bool all_models = model.model_name == provider::kEverything;
    std::string name = all_models ? "all models" : "model " + model.model_name;
    if (!model.provider.empty()) name += " at provider " + model.provider;
    const bool of_key = model.scope == ModelScope::kVirtualKey;
    if (of_key) name += " of virtual key " + model.scope_id;
    const Owner owner{
        .kind = kModelOwner, .id = model.id, .shown = name, .aligned = model.calendar_aligned};
    OwnLimits limits;
    add_all(limits, model.rate_limit_id, model.budgets, model.budget_id, "model config/" + model.id,
            owner);
    for (const std::string& id : model.rate_limit_ids) add_rate(limits, id, owner);
    for (const std::string& id : model.budget_ids) add_named(limits, id, owner);
    out.add({.key = of_key ? std::string_view(model.scope_id) : std::string_view(),
             .provider = model.provider,
             .model = all_models ? std::string_view() : std::string_view(model.model_name)},
            std::move(limits));
  }

  void add_provider(ModelLimits& out, const ProviderLimitSettings& provider) {
    OwnLimits limits;
    const Owner owner{
        .kind = kProviderOwner, .id = provider.name, .shown = shown(kProviderOwner, provider.name)};
    add_all(limits, provider.rate_limit_id, provider.budgets, provider.budget_id, {}, owner);
    out.add({.key = {}, .provider = provider.name, .model = {}}, std::move(limits));
  }

  // Many keys have the same patterns, so each is made once.
  void split_list(const std::vector<std::string>& list, std::vector<std::string>& names,
                  std::vector<Pattern>& patterns) {
    for (const std::string& entry : list) {
      if (!is_model_pattern(entry)) {
        names.push_back(entry);
        continue;
      }
      auto made = patterns_.find(entry);
      if (made == patterns_.end()) {
        auto pattern = model_pattern(entry);
        BF_ASSERT(pattern.has_value());  // it has been checked
        made = patterns_.emplace(entry, *std::move(pattern)).first;
      }
      patterns.push_back(made->second);
    }
  }

  void add_grant(Principal& principal, const ProviderConfigSettings& entry, const Owner& key) {
    routing::Grant grant{
        .provider = entry.provider, .models = {}, .key_ids = entry.key_ids, .weight = entry.weight};
    split_list(entry.allowed_models, grant.models, grant.model_patterns);
    split_list(entry.blacklisted_models, grant.blacklisted_models, grant.blacklisted_patterns);
    if (std::ranges::find(entry.key_ids, provider::kEverything) != entry.key_ids.end()) {
      grant.key_ids = std::nullopt;
    }
    principal.access.grants.push_back(std::move(grant));
    Principal::ProviderLimits at{.provider = entry.provider, .limits = {}};
    const Owner owner{.kind = kKeyOwner,
                      .id = at_provider(key.id, entry.provider),
                      .shown = key.shown + " at provider " + entry.provider,
                      .aligned = key.aligned};
    add_all(at.limits, entry.rate_limit_id, entry.budgets, {},
            entry.id == 0 ? "" : "provider config/" + std::to_string(entry.id), owner);
    if (!at.limits.empty()) principal.at_providers.push_back(std::move(at));
  }

  const GovernanceSettings& settings_;
  LimitBook& book_;
  WallTime now_;
  std::unordered_map<std::string, const RateLimitSettings*> rates_;
  std::unordered_map<std::string, const BudgetSettings*> budgets_;
  std::unordered_map<std::string, std::vector<const BudgetSettings*>> owned_;
  std::unordered_map<std::string, std::string> owners_;  // of limits, by name
  std::unordered_map<std::string, Pattern> patterns_;
  Groups customers_;
  Groups teams_;
};

}  // namespace

Rules build_rules(const GovernanceSettings& settings, LimitBook& book, WallTime now) {
  return Builder(settings, book, now).build();
}

}  // namespace bifrost::governance
