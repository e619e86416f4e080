// The lists of the section, as kinds of entries that are stored one by one and have an id each.
#pragma once

#include "governance/settings/governance_settings.h"

#include <string_view>
#include <utility>

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

// visit(kind, list, member that is the id)
template <class Visit>
void for_each_list(Visit visit) {
  visit(kBudgetKind, &GovernanceSettings::budgets, &BudgetSettings::id);
  visit(kRateLimitKind, &GovernanceSettings::rate_limits, &RateLimitSettings::id);
  visit(kCustomerKind, &GovernanceSettings::customers, &CustomerSettings::id);
  visit(kTeamKind, &GovernanceSettings::teams, &TeamSettings::id);
  visit(kVirtualKeyKind, &GovernanceSettings::virtual_keys, &VirtualKeySettings::id);
  visit(kModelConfigKind, &GovernanceSettings::model_configs, &ModelConfigSettings::id);
  visit(kProviderLimitKind, &GovernanceSettings::providers, &ProviderLimitSettings::name);
  visit(kPricingOverrideKind, &GovernanceSettings::pricing_overrides, &PricingOverrideSettings::id);
  visit(kRoutingRuleKind, &GovernanceSettings::routing_rules, &RoutingRuleSettings::id);
  visit(kApiKeyKind, &GovernanceSettings::api_keys, &ApiKeySettings::id);
}

// How the section calls the list of a kind.
[[nodiscard]] constexpr std::string_view list_name(std::string_view kind) {
  constexpr std::pair<std::string_view, std::string_view> kNames[] = {
      {kBudgetKind, "budgets"},           {kRateLimitKind, "rate_limits"},
      {kCustomerKind, "customers"},       {kTeamKind, "teams"},
      {kVirtualKeyKind, "virtual_keys"},  {kModelConfigKind, "model_configs"},
      {kProviderLimitKind, "providers"},  {kPricingOverrideKind, "pricing_overrides"},
      {kRoutingRuleKind, "routing_rules"}};
  for (const auto& [each, name] : kNames) {
    if (each == kind) return name;
  }
  return {};
}

}  // namespace bifrost::governance
