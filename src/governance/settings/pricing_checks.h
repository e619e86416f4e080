// What entries of `pricing_overrides` say about others.
#pragma once

#include "config/check_scope.h"
#include "governance/settings/governance_settings.h"

namespace bifrost::governance {

void check_pricing_overrides(const GovernanceSettings& settings, config::CheckScope& scope);

}  // namespace bifrost::governance
