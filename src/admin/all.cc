#include "admin/resources.h"
#include "admin/route.h"
#include "admin/run.h"

#include <array>

namespace bifrost::admin {
namespace {

constexpr Route row(std::string_view name, std::string_view method, std::string_view pattern,
                    Result<Answer> (*answer)(const Call& call), std::string_view text,
                    exchange::Access access = exchange::Access::kOperators) {
  // Only operators come before the requests of callers.
  const auto priority = access == exchange::Access::kOperators ? overload::Priority::kHigh
                                                               : overload::Priority::kNormal;
  return {{.name = name, .access = access, .priority = priority, .run = run},
          method,
          pattern,
          answer,
          text};
}

constexpr Route report(Route route) {
  route.report = true;
  return route;
}

// A POST that asks.
constexpr Route question(Route route) {
  route.only_asks = true;
  return route;
}

constexpr Route as(std::string_view action, Route route) {
  route.action = action;
  return route;
}

constexpr Route sets_up(Route route) {
  route.sets_up = true;
  return route;
}

// What happens at once or not at all.
constexpr Route at_once(Route route) {
  route.may_be_tried = false;
  return route;
}

constexpr Route judges(Route route) {
  route.judges = true;
  return route;
}

constexpr std::string_view kServers = "/api/providers";
constexpr std::string_view kServer = "/api/providers/{id}";
constexpr std::string_view kServerKeys = "/api/providers/{id}/keys";
constexpr std::string_view kServerKey = "/api/providers/{id}/keys/{key_id}";
constexpr std::string_view kKeys = "/api/governance/virtual-keys";
constexpr std::string_view kKey = "/api/governance/virtual-keys/{id}";
constexpr std::string_view kRotateKey = "/api/governance/virtual-keys/{id}/rotate";
constexpr std::string_view kRotateKeys = "/api/governance/virtual-keys/rotate";
constexpr std::string_view kQuota = "/api/governance/virtual-keys/quota";
constexpr std::string_view kOverride =
    "/api/governance/virtual-keys/{id}/budgets/{budget_id}/override";
constexpr std::string_view kModels = "/api/governance/model-configs";
constexpr std::string_view kModel = "/api/governance/model-configs/{id}";
constexpr std::string_view kProviders = "/api/governance/providers";
constexpr std::string_view kProvider = "/api/governance/providers/{id}";
constexpr std::string_view kPrices = "/api/governance/pricing-overrides";
constexpr std::string_view kPrice = "/api/governance/pricing-overrides/{id}";
constexpr std::string_view kTeams = "/api/governance/teams";
constexpr std::string_view kTeam = "/api/governance/teams/{id}";
constexpr std::string_view kFormerTeams = "/api/teams";
constexpr std::string_view kFormerTeam = "/api/teams/{id}";
constexpr std::string_view kCustomers = "/api/governance/customers";
constexpr std::string_view kCustomer = "/api/governance/customers/{id}";
constexpr std::string_view kRules = "/api/routing/rules";
constexpr std::string_view kRule = "/api/routing/rules/{id}";
constexpr std::string_view kFormerRules = "/api/governance/routing-rules";
constexpr std::string_view kFormerRule = "/api/governance/routing-rules/{id}";

constexpr std::string_view kApiKeys = "/api/api-keys";
constexpr std::string_view kApiKey = "/api/api-keys/{id}";
constexpr std::string_view kAudit = "/api/governance/audit-logs";
constexpr std::string_view kAuditRecord = "/api/governance/audit-logs/{id}";
constexpr exchange::Access kSignIn = exchange::Access::kSignIn;

constexpr std::array kRoutes = {
    row("version", "GET", "/api/version", show_version, "The version of the program."),

    row("config", "GET", "/api/config", show_config, "How the gateway treats its callers."),
    sets_up(row("config", "PUT", "/api/config", update_config,
                "Change it: `client_config`, `framework_config`, `auth_config`; what is not given "
                "stays. The first administrator needs the `setup_token`.")),
    row("proxy_config", "GET", "/api/proxy-config", show_proxy_config,
        "The proxy of everything that has none of its own."),
    row("proxy_config", "PUT", "/api/proxy-config", update_proxy_config,
        "Change it; what is not given stays."),

    as("authenticate",
       at_once(judges(row("session", "POST", "/api/session/login", login,
                          "Sign in as the administrator: `username`, `password`.", kSignIn)))),
    as("authenticate",
       at_once(row("session", "POST", "/api/session/logout", logout, "End the session.", kSignIn))),
    row("session", "GET", "/api/session/is-auth-enabled", is_auth_enabled,
        "Whether there is an administrator, and whether the session that is shown is his.",
        kSignIn),

    row("api_keys", "GET", kApiKeys, list_api_keys, "Keys of programs that use this API."),
    row("api_keys", "POST", kApiKeys, create_api_key,
        "Make one: `name`, `role` (`admin` or `viewer`), `expires_at`. Its `value` is shown this "
        "once."),
    row("api_keys", "GET", kApiKey, show_api_key, "One of them."),
    row("api_keys", "PUT", kApiKey, update_api_key, "Change one of them; what is not given stays."),
    row("api_keys", "DELETE", kApiKey, delete_api_key, "Delete one of them."),

    report(row("audit_logs", "GET", kAudit, list_audit_logs,
               "Who did what through this API, the newest first, by pages; `from`, `to`, `actor`, "
               "`action`, `outcome`, `search`.")),
    report(row("audit_logs", "GET", "/api/governance/audit-logs/filterdata", show_audit_filters,
               "The actors, actions and outcomes that there are.")),
    report(
        row("audit_logs", "GET", "/api/governance/audit-logs/export", export_audit_logs,
            "The same records, the oldest first, as `format`: `json`, `jsonl` or `syslog`; at most "
            "10,000, then `offset`.")),
    row("audit_logs", "GET", kAuditRecord, show_audit_log, "One record."),
    row("audit_logs", "GET", "/api/governance/audit-logs/{id}/verify", verify_audit_log,
        "Whether it is as it was signed (`audit_logs.hmac_key`)."),
    report(row("audit_logs", "GET", "/api/audit-logs", list_audit_logs, "Former name of it.")),
    report(row("audit_logs", "GET", "/api/audit-logs/filterdata", show_audit_filters, "The same.")),
    report(row("audit_logs", "GET", "/api/audit-logs/export", export_audit_logs, "The same.")),
    row("audit_logs", "GET", "/api/audit-logs/{id}", show_audit_log, "The same."),
    row("audit_logs", "GET", "/api/audit-logs/{id}/verify", verify_audit_log, "The same."),

    row("providers", "GET", kServers, list_providers, "Providers with their keys."),
    row("providers", "POST", kServers, create_provider, "Add a provider, with keys or without."),
    row("providers", "GET", kServer, show_provider, "One provider with its keys."),
    row("providers", "PUT", kServer, update_provider,
        "Change a provider; what is not given stays, `keys` are all that it has then."),
    row("providers", "DELETE", kServer, delete_provider, "Delete a provider and its keys."),
    row("provider_keys", "GET", kServerKeys, list_provider_keys, "Keys of a provider."),
    row("provider_keys", "POST", kServerKeys, create_provider_key, "Add a key."),
    row("provider_keys", "GET", kServerKey, show_provider_key, "One key."),
    row("provider_keys", "PUT", kServerKey, update_provider_key,
        "Change a key; what is not given stays."),
    row("provider_keys", "DELETE", kServerKey, delete_provider_key, "Delete a key."),
    row("provider_keys", "GET", "/api/keys", list_all_provider_keys, "Keys of all providers."),
    row("configured_models", "GET", "/api/models", list_configured_models,
        "Models that keys may be used for, by `provider`, `query`, `keys` and `vks`; at most "
        "`limit`. With `unfiltered=true` also those that no key may be used for."),
    row("configured_models", "GET", "/api/models/details", list_model_details,
        "The same with context, longest output and prices in dollars for a token."),
    row("configured_models", "GET", "/api/models/parameters", show_model_parameters,
        "Which parameters `model`, of `provider` where several have it, takes, as requests to /v1 "
        "write them."),
    row("configured_models", "GET", "/api/models/base", list_base_models,
        "The names that prices and limits of these models go by."),

    row("virtual_keys", "GET", kKeys, list_virtual_keys,
        "Virtual keys, by pages; `search`, `team_id`, `customer_id`."),
    row("virtual_keys", "POST", kKeys, create_virtual_key, "Make a virtual key."),
    row("virtual_keys", "GET", kKey, show_virtual_key, "One virtual key, with what it has used."),
    row("virtual_keys", "PUT", kKey, update_virtual_key,
        "Change a virtual key; what is not given stays."),
    row("virtual_keys", "DELETE", kKey, delete_virtual_key, "Delete a virtual key."),
    as("update", row("virtual_keys", "POST", kRotateKey, rotate_virtual_key,
                     "Give a virtual key another value; the one before is good for "
                     "`client.vk_rotation_cooldown`.")),
    as("update", row("virtual_keys", "POST", kRotateKeys, rotate_virtual_keys,
                     "The same for all keys that `ids` names, or for none of them.")),

    row("virtual_keys", "GET", kQuota, show_quota,
        "What the virtual key that asks has used of its budgets and limits.",
        exchange::Access::kCallers),
    row("budgets", "PUT", kOverride, put_override,
        "More dollars for a budget of a key: `amount`, `mode` (`cycles` or `forever`), `cycles`."),
    row("budgets", "DELETE", kOverride, delete_override, "Take them away again."),

    row("teams", "GET", kTeams, list_teams, "Teams, by pages; `search`, `customer_id`."),
    row("teams", "POST", kTeams, create_team, "Make a team."),
    row("teams", "GET", kTeam, show_team, "One team, with what it has used."),
    row("teams", "PUT", kTeam, update_team, "Change a team; what is not given stays."),
    row("teams", "DELETE", kTeam, delete_team, "Delete a team that nobody belongs to."),
    row("teams", "GET", kFormerTeams, list_teams, "Former name of it."),
    row("teams", "POST", kFormerTeams, create_team, "The same."),
    row("teams", "GET", kFormerTeam, show_team, "The same."),
    row("teams", "PUT", kFormerTeam, update_team, "The same."),
    row("teams", "DELETE", kFormerTeam, delete_team, "The same."),

    row("customers", "GET", kCustomers, list_customers, "Customers, by pages; `search`."),
    row("customers", "POST", kCustomers, create_customer, "Make a customer."),
    row("customers", "GET", kCustomer, show_customer, "One customer, with what he has used."),
    row("customers", "PUT", kCustomer, update_customer,
        "Change a customer; what is not given stays."),
    row("customers", "DELETE", kCustomer, delete_customer,
        "Delete a customer that nobody belongs to."),

    row("budgets", "GET", "/api/governance/budgets", list_budgets,
        "Every budget with its owner and what was used, by pages."),
    row("rate_limits", "GET", "/api/governance/rate-limits", list_rate_limits,
        "Every rate limit with what was used, by pages."),

    row("model_configs", "GET", kModels, list_model_configs,
        "Limits of models, by pages; `search`, `scope`, `provider`."),
    row("model_configs", "POST", kModels, create_model_config, "Limit a model."),
    row("model_configs", "GET", kModel, show_model_config, "One of them, with what was used."),
    row("model_configs", "PUT", kModel, update_model_config,
        "Change one of them; what is not given stays."),
    row("model_configs", "DELETE", kModel, delete_model_config, "Delete one of them."),

    row("provider_limits", "GET", kProviders, list_provider_limits,
        "Limits of providers, for everybody together, by pages."),
    row("provider_limits", "PUT", kProvider, put_provider_limits,
        "Limit a provider; what is not given stays."),
    row("provider_limits", "DELETE", kProvider, delete_provider_limits,
        "Take the limits of a provider away."),

    row("pricing_overrides", "GET", kPrices, list_pricing_overrides,
        "Prices of your own, by pages; `search`, `scope_kind`, `virtual_key_id`, `provider_id`."),
    row("pricing_overrides", "POST", kPrices, create_pricing_override, "Set prices."),
    row("pricing_overrides", "GET", kPrice, show_pricing_override, "One of them."),
    row("pricing_overrides", "PUT", kPrice, update_pricing_override,
        "Change one of them; what is not given stays, `patch` is replaced whole."),
    row("pricing_overrides", "DELETE", kPrice, delete_pricing_override, "Delete one of them."),

    as("update", at_once(report(row("pricing", "POST", "/api/pricing/force-sync", sync_prices,
                                    "Read the price sheet of `framework.pricing` again, now.")))),

    report(row("usage", "GET", "/api/usage", show_usage,
               "Requests, tokens and cost, summed up by `group_by` (some of `virtual_key`, `team`, "
               "`customer`, `provider`, `provider_key`, `model`, `day`, `hour`) between `from` and "
               "`to`, for the values of the filters of the same names; `format=csv` for a table.")),

    question(row("explain", "POST", "/api/explain", explain_request,
                 "What would happen to a request (`method`, `path`, `headers`, `body`), and why.")),

    row("routing_rules", "GET", kRules, list_routing_rules,
        "Routing rules, by pages; `search`, `scope`, `scope_id`."),
    row("routing_rules", "POST", kRules, create_routing_rule, "Make a routing rule."),
    row("routing_rules", "GET", kRule, show_routing_rule, "One routing rule."),
    row("routing_rules", "PUT", kRule, update_routing_rule,
        "Change a routing rule; what is not given stays."),
    row("routing_rules", "DELETE", kRule, delete_routing_rule, "Delete a routing rule."),
    row("routing_rules", "GET", kFormerRules, list_routing_rules, "Former name of it."),
    row("routing_rules", "POST", kFormerRules, create_routing_rule, "The same."),
    row("routing_rules", "GET", kFormerRule, show_routing_rule, "The same."),
    row("routing_rules", "PUT", kFormerRule, update_routing_rule, "The same."),
    row("routing_rules", "DELETE", kFormerRule, delete_routing_rule, "The same."),
};

}  // namespace

std::span<const Route> routes() { return kRoutes; }

}  // namespace bifrost::admin
