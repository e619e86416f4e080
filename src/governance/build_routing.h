// From `governance.routing_rules` to what requests are routed by.
#pragma once

#include "governance/settings/governance_settings.h"
#include "routing/rules.h"

#include <optional>
#include <string>
#include <vector>

namespace bifrost::governance {

// What is wrong with a rule's condition, with its place; nothing: it is one. Also of one that
// compiles and can never hold.
[[nodiscard]] std::optional<std::string> fault_of(const RoutingRuleSettings& rule);

// Rules that are not enabled are left out, and those whose condition is wrong, with a warning.
[[nodiscard]] routing::RuleSet build_routing(const GovernanceSettings& settings,
                                             std::vector<std::string>& warnings);

}  // namespace bifrost::governance
