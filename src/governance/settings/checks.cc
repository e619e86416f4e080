// What the settings of governance say about one another.
#include "base/flat_set.h"
#include "base/limits.h"
#include "config/check_scope.h"
#include "governance/model_pattern.h"
#include "governance/operators.h"
#include "governance/period.h"
#include "governance/reservation.h"
#include "governance/settings/governance_settings.h"
#include "governance/settings/pricing_checks.h"
#include "json/writer.h"
#include "provider/settings/providers.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <functional>
#include <initializer_list>
#include <map>
#include <numeric>
#include <ranges>
#include <set>
#include <string>
#include <string_view>
#include <tuple>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

namespace bifrost::governance {
namespace {

using Names = FlatSet<std::string_view>;

// Where the form is wrong, that has been said already.
void check_length(std::string_view member, const std::string& period, config::CheckScope& scope) {
  if (period.empty() || Period::parse(period)) return;
  scope.problem(member, json::quoted(period) + " is longer than ten years");
}

// Reports each entry after the first whose `field` is that of another one.
template <class Entry>
Names unique_names(const config::SharedList<Entry>& entries, std::string_view list,
                   std::string_view field, std::string Entry::* text, config::CheckScope& scope) {
  Names seen;
  seen.reserve(entries.size());
  for (std::size_t i = 0; i < entries.size(); ++i) {
    const std::string& name = entries[i].*text;
    if (name.empty() || seen.insert(name)) continue;
    scope.problem(list, i, field, "another entry has " + json::quoted(name) + " too");
  }
  return seen;
}

// What entries of one list say of those of others.
class References {
 public:
  References(std::string_view list, config::CheckScope& scope) : list_(list), scope_(scope) {}

  void check(std::size_t index, std::string_view field, const std::string& name, const Names& names,
             std::string_view where) {
    if (name.empty() || names.contains(name)) return;
    scope_.problem(list_, index, field,
                   "there is no " + json::quoted(name) + " in governance." + std::string(where));
  }

 private:
  std::string_view list_;
  config::CheckScope& scope_;
};

// Budgets of one owner are told apart by their windows, so they need no name.
void check_lines(const std::vector<BudgetSettings>& budgets, std::string_view list,
                 std::size_t index, config::CheckScope& scope) {
  if (budgets.size() < 2) return;
  Names periods;
  for (const BudgetSettings& budget : budgets) {
    if (periods.insert(budget.reset_duration)) continue;
    scope.problem(list, index, "budgets",
                  "two of them have the window " + json::quoted(budget.reset_duration));
  }
}

void check_patterns(const std::vector<std::string>& models, std::string_view field,
                    std::size_t index, config::CheckScope& scope) {
  const auto count = std::ranges::count_if(models, is_model_pattern);
  if (std::cmp_greater(count, kModelPatternsMax)) {
    scope.problem("provider_configs", index, field,
                  "at most " + std::to_string(kModelPatternsMax) +
                      " of them may be patterns; write one with | between them");
    return;
  }
  for (const std::string& model : models) {
    if (!is_model_pattern(model)) continue;
    const auto pattern = model_pattern(model);
    if (!pattern) scope.problem("provider_configs", index, field, pattern.error().message);
  }
}

// How many limits requests fall under, so that a reservation has room for them.
class LimitCounts {
 public:
  explicit LimitCounts(const GovernanceSettings& settings) : settings_(settings) {
    rates_.reserve(settings.rate_limits.size());
    for (const RateLimitSettings& rate : settings.rate_limits) {
      rates_[rate.id] = std::size_t{rate.metric != RateMetric::kNone} +
                        std::size_t{rate.token_max_limit.has_value()} +
                        std::size_t{rate.request_max_limit.has_value()} +
                        std::size_t{rate.concurrent_max_limit.has_value()};
    }
    for (const BudgetSettings& budget : settings.budgets) {
      ++of_keys_[budget.virtual_key_id];
      ++of_teams_[budget.team_id];
      ++of_customers_[budget.customer_id];
      ++of_model_configs_[budget.model_config_id];
      ++of_provider_configs_[budget.provider_config_id];
    }
    for (const ModelConfigSettings& model : settings.model_configs) {
      models_.emplace(model.scope_id, &model);
    }
    everybodys_ = of_models({});
    for (const CustomerSettings& customer : settings.customers) {
      customers_[customer.id] = count(of_customers_, customer.id) +
                                of(customer.rate_limit_id, customer.budgets, customer.budget_id);
    }
    for (const TeamSettings& team : settings.teams) {
      teams_[team.id] = count(of_teams_, team.id) +
                        of(team.rate_limit_id, team.budgets, team.budget_id) +
                        count(customers_, team.customer_id);
    }
  }

  // Wherever the request goes, and at the provider and model where it falls under most.
  [[nodiscard]] std::size_t of(const VirtualKeySettings& key) const {
    std::size_t most = 0;
    for (const ProviderConfigSettings& entry : key.provider_configs) {
      const std::size_t owned = entry.id == 0 ? 0 : count(of_provider_configs_, entry.id);
      most = std::max(most, owned + of(entry.rate_limit_id, entry.budgets, {}));
    }
    return most + everybodys_ + of_models(key.id) + count(of_keys_, key.id) +
           of(key.rate_limit_id, key.budgets, {}) + count(teams_, key.team_id) +
           count(customers_, key.customer_id);
  }

  [[nodiscard]] std::size_t of_everybody() const { return everybodys_; }

 private:
  // By the name of an entry, which outlives them.
  using Counts = std::unordered_map<std::string_view, std::size_t>;

  static std::size_t count(const Counts& counts, std::string_view name) {
    const auto found = counts.find(name);
    return name.empty() || found == counts.end() ? 0 : found->second;
  }
  static std::size_t count(const std::unordered_map<std::int64_t, std::size_t>& counts,
                           std::int64_t id) {
    const auto found = counts.find(id);
    return found == counts.end() ? 0 : found->second;
  }
  [[nodiscard]] std::size_t of(std::string_view rate_limit_id,
                               const std::vector<BudgetSettings>& own,
                               std::string_view budget_id) const {
    return count(rates_, rate_limit_id) + own.size() + (budget_id.empty() ? 0 : 1);
  }

  // Those of one model at one provider are found in up to four entries.
  // Without a key, those of everybody.
  [[nodiscard]] std::size_t of_models(std::string_view key) const {
    std::array<std::size_t, 4> most{};
    const auto [first, last] = models_.equal_range(key);
    for (const ModelConfigSettings* each :
         std::ranges::subrange(first, last) | std::views::values) {
      const ModelConfigSettings& model = *each;
      std::size_t own = count(of_model_configs_, model.id) +
                        of(model.rate_limit_id, model.budgets, model.budget_id);
      for (const std::string& id : model.rate_limit_ids) own += count(rates_, id);
      own += model.budget_ids.size();
      auto& kind = most[(model.provider.empty() ? 0U : 1U) + (model.model_name == "*" ? 0U : 2U)];
      kind = std::max(kind, own);
    }
    if (key.empty()) {
      std::size_t providers = 0;
      for (const ProviderLimitSettings& provider : settings_.providers) {
        providers =
            std::max(providers, of(provider.rate_limit_id, provider.budgets, provider.budget_id));
      }
      most[1] += providers;
    }
    return std::accumulate(most.begin(), most.end(), std::size_t{0});
  }

  const GovernanceSettings& settings_;
  std::multimap<std::string_view, const ModelConfigSettings*> models_;  // by key
  std::size_t everybodys_ = 0;
  Counts rates_;
  // Budgets that name their owner.
  Counts of_keys_;
  Counts of_teams_;
  Counts of_customers_;
  Counts of_model_configs_;
  std::unordered_map<std::int64_t, std::size_t> of_provider_configs_;
  Counts customers_;
  Counts teams_;
};

// The section as a whole, list by list.
class SectionCheck {
 public:
  SectionCheck(const GovernanceSettings& section, config::CheckScope& scope)
      : section_(section),
        scope_(scope),
        budgets_(unique_names(section.budgets, "budgets", "id", &BudgetSettings::id, scope)),
        rates_(
            unique_names(section.rate_limits, "rate_limits", "id", &RateLimitSettings::id, scope)),
        customers_(
            unique_names(section.customers, "customers", "id", &CustomerSettings::id, scope)),
        teams_(unique_names(section.teams, "teams", "id", &TeamSettings::id, scope)),
        keys_(unique_names(section.virtual_keys, "virtual_keys", "id", &VirtualKeySettings::id,
                           scope)),
        models_(unique_names(section.model_configs, "model_configs", "id", &ModelConfigSettings::id,
                             scope)),
        counts_(section) {
    unique_names(section.virtual_keys, "virtual_keys", "name", &VirtualKeySettings::name, scope);
    unique_names(section.api_keys, "api_keys", "id", &ApiKeySettings::id, scope);
    unique_names(section.api_keys, "api_keys", "name", &ApiKeySettings::name, scope);
    check_api_keys();
  }

  void run() {
    check_budgets();
    check_rates();
    check_customers();
    check_teams();
    check_keys();
    check_models();
    check_providers();
    check_routing_rules();
  }

 private:
  void check_api_keys() {
    std::set<CredentialDigest> seen;
    for (std::size_t i = 0; i < section_.api_keys.size(); ++i) {
      const auto digest = digest_of(section_.api_keys[i]);
      if (!digest || seen.insert(*digest).second) continue;
      scope_.problem("api_keys", i, "value", "another key has the same one");
    }
  }

  void check_budgets() {
    FlatSet<std::int64_t> configs;
    configs.reserve(section_.virtual_keys.size());
    for (std::size_t i = 0; i < section_.virtual_keys.size(); ++i) {
      for (const ProviderConfigSettings& entry : section_.virtual_keys[i].provider_configs) {
        if (entry.id == 0 || configs.insert(entry.id)) continue;
        scope_.problem("virtual_keys", i, "provider_configs",
                       "another provider config has the id " + std::to_string(entry.id) +
                           " too, and budgets could not tell them apart");
      }
    }
    References references("budgets", scope_);
    for (std::size_t i = 0; i < section_.budgets.size(); ++i) {
      const BudgetSettings& budget = section_.budgets[i];
      if (budget.id.empty()) scope_.problem("budgets", i, "id", "required: a name for this budget");
      references.check(i, "virtual_key_id", budget.virtual_key_id, keys_, "virtual_keys");
      references.check(i, "customer_id", budget.customer_id, customers_, "customers");
      references.check(i, "team_id", budget.team_id, teams_, "teams");
      references.check(i, "model_config_id", budget.model_config_id, models_, "model_configs");
      if (budget.provider_config_id != 0 && !configs.contains(budget.provider_config_id)) {
        scope_.problem("budgets", i, "provider_config_id",
                       "no provider config of a virtual key has the id " +
                           std::to_string(budget.provider_config_id));
      }
    }
  }

  void check_rates() {
    for (std::size_t i = 0; i < section_.rate_limits.size(); ++i) {
      if (!section_.rate_limits[i].id.empty()) continue;
      scope_.problem("rate_limits", i, "id", "required: a name for this limit");
    }
  }

  void check_customers() {
    References references("customers", scope_);
    for (std::size_t i = 0; i < section_.customers.size(); ++i) {
      const CustomerSettings& customer = section_.customers[i];
      references.check(i, "budget_id", customer.budget_id, budgets_, "budgets");
      references.check(i, "rate_limit_id", customer.rate_limit_id, rates_, "rate_limits");
      if (!customer.budget_id.empty() && !customer.budgets.empty()) {
        scope_.problem("customers", i, "budget_id", "cannot go together with budgets");
      }
      check_lines(customer.budgets, "customers", i, scope_);
    }
  }

  void check_teams() {
    References references("teams", scope_);
    for (std::size_t i = 0; i < section_.teams.size(); ++i) {
      const TeamSettings& team = section_.teams[i];
      references.check(i, "customer_id", team.customer_id, customers_, "customers");
      references.check(i, "budget_id", team.budget_id, budgets_, "budgets");
      references.check(i, "rate_limit_id", team.rate_limit_id, rates_, "rate_limits");
      check_lines(team.budgets, "teams", i, scope_);
    }
  }

  void check_keys() {
    References references("virtual_keys", scope_);
    Names values;
    values.reserve(section_.virtual_keys.size());
    for (std::size_t i = 0; i < section_.virtual_keys.size(); ++i) {
      const VirtualKeySettings& key = section_.virtual_keys[i];
      references.check(i, "team_id", key.team_id, teams_, "teams");
      references.check(i, "customer_id", key.customer_id, customers_, "customers");
      references.check(i, "rate_limit_id", key.rate_limit_id, rates_, "rate_limits");
      for (const ProviderConfigSettings& entry : key.provider_configs) {
        references.check(i, "provider_configs", entry.rate_limit_id, rates_, "rate_limits");
      }
      check_lines(key.budgets, "virtual_keys", i, scope_);
      if (const std::size_t count = counts_.of(key); count > Reservation::kLimitsMax) {
        scope_.problem("virtual_keys", i, "budgets",
                       "its requests fall under " + std::to_string(count) +
                           " limits with those of its team and customer; at most " +
                           std::to_string(Reservation::kLimitsMax) + " are possible");
      }
      if (!key.value.empty() && !values.insert(key.value.reveal())) {
        scope_.problem("virtual_keys", i, "value", "another virtual key has the same value");
      }
      for (const FormerValueSettings& former : key.former_values) {
        if (values.insert(former.value.reveal())) continue;
        scope_.problem("virtual_keys", i, "former_values",
                       "one of them is a value of this or another virtual key already");
      }
    }
  }

  void check_models() {
    References references("model_configs", scope_);
    if (const std::size_t count = counts_.of_everybody(); count > Reservation::kLimitsMax) {
      scope_.problem("model_configs", 0, "id",
                     "requests fall under up to " + std::to_string(count) +
                         " limits of models and providers; at most " +
                         std::to_string(Reservation::kLimitsMax) + " are possible");
    }
    std::set<std::tuple<std::string_view, std::string_view, std::string_view>> places;
    for (std::size_t i = 0; i < section_.model_configs.size(); ++i) {
      const ModelConfigSettings& model = section_.model_configs[i];
      if (!places.emplace(model.scope_id, model.provider, model.model_name).second) {
        scope_.problem("model_configs", i, "model_name",
                       "another entry is for the same model, provider and scope: put their budgets "
                       "and limits into one");
      }
      references.check(i, "budget_id", model.budget_id, budgets_, "budgets");
      references.check(i, "rate_limit_id", model.rate_limit_id, rates_, "rate_limits");
      references.check(i, "scope_id", model.scope_id, keys_, "virtual_keys");
      check_lines(model.budgets, "model_configs", i, scope_);
      for (const std::string& id : model.budget_ids) {
        references.check(i, "budget_ids", id, budgets_, "budgets");
      }
      for (const std::string& id : model.rate_limit_ids) {
        references.check(i, "rate_limit_ids", id, rates_, "rate_limits");
      }
    }
  }

  void check_providers() {
    unique_names(section_.providers, "providers", "name", &ProviderLimitSettings::name, scope_);
    References references("providers", scope_);
    for (std::size_t i = 0; i < section_.providers.size(); ++i) {
      const ProviderLimitSettings& provider = section_.providers[i];
      references.check(i, "budget_id", provider.budget_id, budgets_, "budgets");
      check_lines(provider.budgets, "providers", i, scope_);
      references.check(i, "rate_limit_id", provider.rate_limit_id, rates_, "rate_limits");
    }
  }

  void check_routing_rules() {
    unique_names(section_.routing_rules, "routing_rules", "id", &RoutingRuleSettings::id, scope_);
    if (section_.routing_rules.size() > limits::kRoutingRulesMax) {
      scope_.problem("routing_rules",
                     "at most " + std::to_string(limits::kRoutingRulesMax) + " are possible");
    }
    References references("routing_rules", scope_);
    for (std::size_t i = 0; i < section_.routing_rules.size(); ++i) {
      const RoutingRuleSettings& rule = section_.routing_rules[i];
      switch (rule.scope) {
        case RuleScope::kGlobal:
          break;
        case RuleScope::kTeam:
          references.check(i, "scope_id", rule.scope_id, teams_, "teams");
          break;
        case RuleScope::kCustomer:
          references.check(i, "scope_id", rule.scope_id, customers_, "customers");
          break;
        case RuleScope::kVirtualKey:
          references.check(i, "scope_id", rule.scope_id, keys_, "virtual_keys");
          break;
      }
    }
  }

  const GovernanceSettings& section_;
  config::CheckScope& scope_;
  Names budgets_;
  Names rates_;
  Names customers_;
  Names teams_;
  Names keys_;
  Names models_;
  LimitCounts counts_;
};

// For `cycles` all of them, for `forever` the amount alone, else none.
void check_override(const BudgetSettings& budget, config::CheckScope& scope) {
  const bool cycles = budget.override_mode == OverrideMode::kCycles;
  if (budget.override_mode == OverrideMode::kNone && budget.override_amount > 0) {
    scope.problem("override_mode", R"(required with override_amount: "cycles" or "forever")");
  }
  if (budget.override_mode != OverrideMode::kNone && budget.override_amount <= 0) {
    scope.problem("override_amount", "must be more than 0 with override_mode");
  }
  if (cycles && budget.override_cycles_total == 0) {
    scope.problem("override_cycles_total", R"(must be more than 0 with override_mode "cycles")");
  }
  if (cycles && budget.override_cycles_remaining > budget.override_cycles_total) {
    scope.problem("override_cycles_remaining", "more than override_cycles_total");
  }
  if (cycles && budget.override_anchor_reset.empty()) {
    scope.problem("override_anchor_reset",
                  R"(required with override_mode "cycles": without it each start gives them anew)");
  }
  if (!cycles && (budget.override_cycles_remaining > 0 || budget.override_cycles_total > 0)) {
    scope.problem("override_mode", R"(windows are counted with "cycles" only)");
  }
}

// All of it or nothing, and nothing else.
void check_metric(const RateLimitSettings& rate, config::CheckScope& scope) {
  const bool has_metric = rate.metric != RateMetric::kNone;
  check_length("reset_duration", rate.reset_duration, scope);
  if (!has_metric && (rate.max_limit || !rate.reset_duration.empty())) {
    scope.problem("metric",
                  R"(required with max_limit and reset_duration: "requests" or "tokens")");
  }
  if (!has_metric) return;
  if (!rate.max_limit) scope.problem("max_limit", "required with metric");
  if (rate.reset_duration.empty()) {
    scope.problem("reset_duration", "required with metric, such as \"1h\"");
  }
  if (rate.token_max_limit || rate.request_max_limit || rate.concurrent_max_limit) {
    scope.problem("metric", "cannot go together with limits by their own names");
  }
}

}  // namespace

void BudgetSettings::check(config::CheckScope& scope) const {
  check_length("reset_duration", reset_duration, scope);
  const auto period = Period::parse(reset_duration);
  if (reset_config && period && !period->is_quarters()) {
    scope.problem("reset_config", "only for windows of quarters (\"1Q\"), and reset_duration is " +
                                      json::quoted(reset_duration));
  }
  const auto owners = std::ranges::count_if(
      std::initializer_list<bool>{!virtual_key_id.empty(), provider_config_id != 0,
                                  !model_config_id.empty(), !customer_id.empty(), !team_id.empty()},
      std::identity());
  if (owners > 1) {
    scope.problem("id",
                  "has more than one owner; only one of virtual_key_id, provider_config_id, "
                  "model_config_id, customer_id and team_id may be given");
  }
  check_override(*this, scope);
}

void RateLimitSettings::check(config::CheckScope& scope) const {
  check_metric(*this, scope);
  check_length("token_reset_duration", token_reset_duration, scope);
  check_length("request_reset_duration", request_reset_duration, scope);
  if (token_max_limit && token_reset_duration.empty()) {
    scope.problem("token_reset_duration", "required with token_max_limit, such as \"1h\"");
  }
  if (request_max_limit && request_reset_duration.empty()) {
    scope.problem("request_reset_duration", "required with request_max_limit, such as \"1m\"");
  }
}

void ModelConfigSettings::check(config::CheckScope& problems) const {
  const bool of_key = scope == ModelScope::kVirtualKey;
  if (of_key && scope_id.empty()) {
    problems.problem("scope_id", "required with scope \"virtual_key\": the id of the key");
  } else if (!of_key && !scope_id.empty()) {
    problems.problem("scope_id", "only with scope \"virtual_key\"");
  }
}

void VirtualKeySettings::check(config::CheckScope& scope) const {
  if (!team_id.empty() && !customer_id.empty()) {
    scope.problem("customer_id", "cannot go together with team_id; the team names its customer");
  }
  if (value.reveal().size() > limits::kCredentialBytesMax) {
    scope.problem("value", "longer than the " + std::to_string(limits::kCredentialBytesMax) +
                               " bytes that are looked at");
  }
  if (value.empty()) {
    scope.problem("value",
                  "required: what callers show, \"sk-bf-\" and a random rest, or env.NAME");
  }
  if (former_values.size() > kFormerValuesMax) {
    scope.problem("former_values", "at most " + std::to_string(kFormerValuesMax) + " are kept");
  }
  std::set<std::string_view> providers;
  for (std::size_t i = 0; i < provider_configs.size(); ++i) {
    if (!providers.insert(provider_configs[i].provider).second) {
      scope.problem(
          "provider_configs", i, "provider",
          "another entry of the key is for " + json::quoted(provider_configs[i].provider) + " too");
    }
    check_lines(provider_configs[i].budgets, "provider_configs", i, scope);
    check_patterns(provider_configs[i].allowed_models, "allowed_models", i, scope);
    check_patterns(provider_configs[i].blacklisted_models, "blacklisted_models", i, scope);
  }
}

void GovernanceSettings::check(config::CheckScope& scope) const {
  SectionCheck(*this, scope).run();
  check_pricing_overrides(*this, scope);
}

void name_keys(GovernanceSettings& governance, config::Problems& problems,
               std::vector<std::string>& warnings) {
  config::SharedList<VirtualKeySettings>& keys = governance.virtual_keys;
  std::unordered_set<std::string> names;
  names.reserve(keys.size());
  for (const VirtualKeySettings& key : keys) names.insert(key.name);
  if (!names.contains({})) return;
  for (std::size_t i = 0; i < keys.size(); ++i) {
    if (!keys[i].name.empty() || keys[i].id.empty()) continue;
    const std::string path = "governance.virtual_keys[" + std::to_string(i) + "].name";
    if (names.insert(keys[i].id).second) {
      VirtualKeySettings& named = keys.edit(i);
      named.name = named.id;
      warnings.push_back(path + ": not given, so the key is called by its id");
    } else {
      problems.add_unless_reported(path, "required, since another key is called as this one's id");
    }
  }
}

void normalise_allow_lists(GovernanceSettings& governance, std::int64_t version) {
  config::SharedList<VirtualKeySettings>& keys = governance.virtual_keys;
  for (std::size_t i = 0; i < keys.size(); ++i) {
    if (keys[i].provider_configs.empty()) continue;
    for (ProviderConfigSettings& entry : keys.edit(i).provider_configs) {
      provider::normalise_allow_list(entry.allowed_models, version);
      provider::normalise_allow_list(entry.key_ids, version);
    }
  }
}

}  // namespace bifrost::governance
