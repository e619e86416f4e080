// Which virtual keys are to be made anew after a change of the settings: for build_rules.
#pragma once

#include "governance/settings/governance_settings.h"

#include <memory>
#include <optional>
#include <vector>

namespace bifrost::governance {

struct ChangedKeys {
  using Keys = std::vector<std::shared_ptr<const VirtualKeySettings>>;
  Keys gone;  // as they were
  Keys come;  // as they are
};

// Those that changed themselves, and those with a limit that did. Nothing: all of them, since they
// are many, or what changed may be any key's.
[[nodiscard]] std::optional<ChangedKeys> changed_keys(const GovernanceSettings& before,
                                                      const GovernanceSettings& after);

}  // namespace bifrost::governance
