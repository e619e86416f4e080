// What answers at each route, a file a resource.
#pragma once

#include "admin/route.h"

namespace bifrost::admin {

// virtual_keys.cc
Result<Answer> list_virtual_keys(const Call& call);
Result<Answer> create_virtual_key(const Call& call);
Result<Answer> show_virtual_key(const Call& call);
Result<Answer> update_virtual_key(const Call& call);
Result<Answer> delete_virtual_key(const Call& call);
Result<Answer> show_quota(const Call& call);

// rotation.cc
Result<Answer> rotate_virtual_key(const Call& call);
Result<Answer> rotate_virtual_keys(const Call& call);

// groups.cc
Result<Answer> list_teams(const Call& call);
Result<Answer> create_team(const Call& call);
Result<Answer> show_team(const Call& call);
Result<Answer> update_team(const Call& call);
Result<Answer> delete_team(const Call& call);
Result<Answer> list_customers(const Call& call);
Result<Answer> create_customer(const Call& call);
Result<Answer> show_customer(const Call& call);
Result<Answer> update_customer(const Call& call);
Result<Answer> delete_customer(const Call& call);

// budgets.cc
Result<Answer> list_budgets(const Call& call);
Result<Answer> list_rate_limits(const Call& call);
Result<Answer> put_override(const Call& call);
Result<Answer> delete_override(const Call& call);

// model_configs.cc
Result<Answer> list_model_configs(const Call& call);
Result<Answer> create_model_config(const Call& call);
Result<Answer> show_model_config(const Call& call);
Result<Answer> update_model_config(const Call& call);
Result<Answer> delete_model_config(const Call& call);

// provider_limits.cc
Result<Answer> list_provider_limits(const Call& call);
Result<Answer> put_provider_limits(const Call& call);
Result<Answer> delete_provider_limits(const Call& call);

// providers.cc
Result<Answer> list_providers(const Call& call);
Result<Answer> create_provider(const Call& call);
Result<Answer> show_provider(const Call& call);
Result<Answer> update_provider(const Call& call);
Result<Answer> delete_provider(const Call& call);

// provider_keys.cc
Result<Answer> list_all_provider_keys(const Call& call);
Result<Answer> list_provider_keys(const Call& call);
Result<Answer> create_provider_key(const Call& call);
Result<Answer> show_provider_key(const Call& call);
Result<Answer> update_provider_key(const Call& call);
Result<Answer> delete_provider_key(const Call& call);

// models.cc
Result<Answer> list_configured_models(const Call& call);
Result<Answer> list_model_details(const Call& call);
Result<Answer> list_base_models(const Call& call);

// model_parameters.cc
Result<Answer> show_model_parameters(const Call& call);

// gateway_config.cc
Result<Answer> show_config(const Call& call);
Result<Answer> update_config(const Call& call);

// global_proxy.cc
Result<Answer> show_proxy_config(const Call& call);
Result<Answer> update_proxy_config(const Call& call);

// usage.cc
Result<Answer> show_usage(const Call& call);

// pricing_overrides.cc
Result<Answer> list_pricing_overrides(const Call& call);
Result<Answer> create_pricing_override(const Call& call);
Result<Answer> show_pricing_override(const Call& call);
Result<Answer> update_pricing_override(const Call& call);
Result<Answer> delete_pricing_override(const Call& call);

// pricing.cc
Result<Answer> sync_prices(const Call& call);

// routing_rules.cc
Result<Answer> list_routing_rules(const Call& call);
Result<Answer> create_routing_rule(const Call& call);
Result<Answer> show_routing_rule(const Call& call);
Result<Answer> update_routing_rule(const Call& call);
Result<Answer> delete_routing_rule(const Call& call);
// With whom they are for.
void drop_rules_of(governance::GovernanceSettings& governance, governance::RuleScope scope,
                   std::string_view id);

// explain.cc
Result<Answer> explain_request(const Call& call);

// sessions.cc
Result<Answer> login(const Call& call);
Result<Answer> logout(const Call& call);
Result<Answer> is_auth_enabled(const Call& call);

// api_keys.cc
Result<Answer> list_api_keys(const Call& call);
Result<Answer> create_api_key(const Call& call);
Result<Answer> show_api_key(const Call& call);
Result<Answer> update_api_key(const Call& call);
Result<Answer> delete_api_key(const Call& call);

// audit_logs.cc
Result<Answer> list_audit_logs(const Call& call);
Result<Answer> show_audit_filters(const Call& call);
Result<Answer> export_audit_logs(const Call& call);
Result<Answer> show_audit_log(const Call& call);
Result<Answer> verify_audit_log(const Call& call);

// version.cc
Result<Answer> show_version(const Call& call);

}  // namespace bifrost::admin
