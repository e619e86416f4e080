// Section `governance`: who may ask for what, and how much of it.
#pragma once

#include "config/facts.h"
#include "config/shared_list.h"
#include "governance/settings/api_key_settings.h"
#include "governance/settings/auth_settings.h"
#include "governance/settings/limit_settings.h"
#include "governance/settings/model_settings.h"
#include "governance/settings/owner_settings.h"
#include "governance/settings/pricing_settings.h"
#include "governance/settings/routing_settings.h"

#include <cstdint>
#include <string>
#include <vector>

namespace bifrost::config {
class Problems;
}

namespace bifrost::governance {

struct GovernanceSettings {
  config::SharedList<BudgetSettings> budgets;
  config::SharedList<RateLimitSettings> rate_limits;
  config::SharedList<CustomerSettings> customers;
  config::SharedList<TeamSettings> teams;
  config::SharedList<VirtualKeySettings> virtual_keys;
  config::SharedList<ModelConfigSettings> model_configs;
  config::SharedList<ProviderLimitSettings> providers;
  config::SharedList<PricingOverrideSettings> pricing_overrides;
  config::SharedList<RoutingRuleSettings> routing_rules;
  config::SharedList<ApiKeySettings> api_keys;
  AuthSettings auth;

  void describe(this auto& self, auto& visit) {
    visit.field("budgets", self.budgets,
                {.text = "Budgets that name their owner, or that an owner names."});
    visit.field("rate_limits", self.rate_limits,
                {.text = "Limits of tokens and requests, for owners to name."});
    visit.field("customers", self.customers, {.text = "Customers."});
    visit.field("teams", self.teams, {.text = "Teams, of a customer or not."});
    visit.field("virtual_keys", self.virtual_keys,
                {.text = "Keys that callers show in place of a provider's."});
    visit.field("model_configs", self.model_configs, {.text = "Limits of models."});
    visit.field("providers", self.providers, {.text = "Limits of providers."});
    visit.field("pricing_overrides", self.pricing_overrides,
                {.text = "Prices of your own, in place of those of the price sheet."});
    visit.field("routing_rules", self.routing_rules,
                {.text = "Which requests go elsewhere than they ask for."});
    visit.field("api_keys", self.api_keys,
                {.text = "Keys of programs that use the management API.", .ours = true});
    visit.field("auth_config", self.auth, {.text = "The administrator."});
    self.describe_unserved(visit);
  }

  void check(config::CheckScope& scope) const;

  friend bool operator==(const GovernanceSettings&, const GovernanceSettings&) = default;

 private:
  void describe_unserved(this auto& /*self*/, auto& visit) {
    visit.unserved("business_units", config::Shape::kArray, "Business units.");
    visit.unserved("complexity_analyzer_config", config::Shape::kObject, "Complexity of prompts.");
    visit.unserved("projects", config::Shape::kArray, "Projects.");
    visit.unserved("roles", config::Shape::kArray, "Roles of administrators.");
  }
};

// Calls each virtual key of a file that has no name by its id, with a warning, unless another one
// is called so.
void name_keys(GovernanceSettings& governance, config::Problems& problems,
               std::vector<std::string>& warnings);

// Gives the allow-lists one meaning, whatever the version of the file: {"*"} allows everything, an
// empty list denies everything.
void normalise_allow_lists(GovernanceSettings& governance, std::int64_t version);

}  // namespace bifrost::governance
