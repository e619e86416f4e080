// Values that virtual keys had before they were rotated: kept for a while, and then dropped.
#pragma once

#include "base/clock.h"
#include "governance/settings/governance_settings.h"

#include <chrono>
#include <optional>
#include <string_view>

namespace bifrost::governance {

// Gives the key another value. Callers may show the one before for as long as `grace`; 0: no more.
void rotate(VirtualKeySettings& key, std::string_view value, std::chrono::milliseconds grace,
            WallTime now);

// Drops those whose time is over.
void drop_former_values(GovernanceSettings& governance, WallTime now);

// When the first of them is over; absent: there are none.
[[nodiscard]] std::optional<WallTime> first_former_end(const GovernanceSettings& governance);

}  // namespace bifrost::governance
