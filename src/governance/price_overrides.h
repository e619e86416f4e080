// From `pricing_overrides` to the prices that hold.
#pragma once

#include "base/result.h"
#include "catalog/price_overrides.h"
#include "catalog/price_patch.h"
#include "governance/settings/governance_settings.h"

#include <string_view>

namespace bifrost::governance {

// A JSON object of prices. Fails with kConfigInvalid, which names each field that is wrong. A null
// says nothing.
[[nodiscard]] Result<catalog::PricePatch> parse_price_patch(std::string_view json);

// The settings have been checked: nothing can fail.
[[nodiscard]] catalog::PriceOverrides build_price_overrides(const GovernanceSettings& settings);

}  // namespace bifrost::governance
