// The lists of the section, as kinds of entries that are stored one by one and have an id each.
#pragma once

#include "governance/settings/governance_settings.h"

#include <string_view>

namespace bifrost::governance {

inline constexpr std::string_view kBudgetKind = "budget";
inline constexpr std::string_view kRateLimitKind = "rate_limit";
inline constexpr std::string_view kCustomerKind = "customer";
inline constexpr std::string_view kTeamKind = "team";
inline constexpr std::string_view kVirtualKeyKind = "virtual_key";
inline constexpr std::string_view kModelConfigKind = "model_config";
inline constexpr std::string_view kProviderLimitKind = "provider_limit";
inline constexpr std::string_view kPricingOverrideKind = "pricing_override";
inline constexpr std::string_view kRoutingRuleKind = "routing_rule";
inline constexpr std::string_view kApiKeyKind = "api_key";

// And the administrator: there is one, of the same name, or none.
inline constexpr std::string_view kAdministratorKind = "auth_config";

// visit(kind, how the section calls their list, list, member that is the id)
template <class Visit>
void for_each_list(Visit visit) {
  using Section = GovernanceSettings;
  visit(kBudgetKind, "budgets", &Section::budgets, &BudgetSettings::id);
  visit(kRateLimitKind, "rate_limits", &Section::rate_limits, &RateLimitSettings::id);
  visit(kCustomerKind, "customers", &Section::customers, &CustomerSettings::id);
  visit(kTeamKind, "teams", &Section::teams, &TeamSettings::id);
  visit(kVirtualKeyKind, "virtual_keys", &Section::virtual_keys, &VirtualKeySettings::id);
  visit(kModelConfigKind, "model_configs", &Section::model_configs, &ModelConfigSettings::id);
  visit(kProviderLimitKind, "providers", &Section::providers, &ProviderLimitSettings::name);
  visit(kPricingOverrideKind, "pricing_overrides", &Section::pricing_overrides,
        &PricingOverrideSettings::id);
  visit(kRoutingRuleKind, "routing_rules", &Section::routing_rules, &RoutingRuleSettings::id);
  visit(kApiKeyKind, "api_keys", &Section::api_keys, &ApiKeySettings::id);
}

}  // namespace bifrost::governance
