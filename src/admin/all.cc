#include "admin/resources.h"
#include "admin/route.h"
#include "admin/run.h"

#include <array>

namespace bifrost::admin {
namespace {

constexpr Route row(std::string_view name, std::string_view method, std::string_view pattern,
                    Result<Answer> (*answer)(const Call& call), std::string_view text) {
  return {{.name = name,
           .access = exchange::Access::kOperators,
           .priority = overload::Priority::kHigh,
           .run = run},
          method,
          pattern,
          answer,
          text};
}

constexpr std::string_view kKeys = "/api/governance/virtual-keys";
constexpr std::string_view kKey = "/api/governance/virtual-keys/{id}";
constexpr std::string_view kRotateKey = "/api/governance/virtual-keys/{id}/rotate";
constexpr std::string_view kTeams = "/api/governance/teams";
constexpr std::string_view kTeam = "/api/governance/teams/{id}";
constexpr std::string_view kCustomers = "/api/governance/customers";
constexpr std::string_view kCustomer = "/api/governance/customers/{id}";

constexpr std::array kRoutes = {
    row("version", "GET", "/api/version", show_version, "The version of the program."),

    row("virtual_keys", "GET", kKeys, list_virtual_keys,
        "Virtual keys, by pages; `search`, `team_id`, `customer_id`."),
    row("virtual_keys", "POST", kKeys, create_virtual_key, "Make a virtual key."),
    row("virtual_keys", "GET", kKey, show_virtual_key, "One virtual key, with what it has used."),
    row("virtual_keys", "PUT", kKey, update_virtual_key,
        "Change a virtual key; what is not given stays."),
    row("virtual_keys", "DELETE", kKey, delete_virtual_key, "Delete a virtual key."),
    row("virtual_keys", "POST", kRotateKey, rotate_virtual_key,
        "Give a virtual key another value; the old one is refused at once."),

    row("teams", "GET", kTeams, list_teams, "Teams, by pages; `search`, `customer_id`."),
    row("teams", "POST", kTeams, create_team, "Make a team."),
    row("teams", "GET", kTeam, show_team, "One team, with what it has used."),
    row("teams", "PUT", kTeam, update_team, "Change a team; what is not given stays."),
    row("teams", "DELETE", kTeam, delete_team, "Delete a team that nobody belongs to."),

    row("customers", "GET", kCustomers, list_customers, "Customers, by pages; `search`."),
    row("customers", "POST", kCustomers, create_customer, "Make a customer."),
    row("customers", "GET", kCustomer, show_customer, "One customer, with what he has used."),
    row("customers", "PUT", kCustomer, update_customer,
        "Change a customer; what is not given stays."),
    row("customers", "DELETE", kCustomer, delete_customer,
        "Delete a customer that nobody belongs to."),
};

}  // namespace

std::span<const Route> routes() { return kRoutes; }

}  // namespace bifrost::admin
