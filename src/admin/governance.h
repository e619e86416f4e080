// The section `governance` of what is managed, for the resources that change nothing else.
#pragma once

#include "admin/route.h"
#include "governance/settings/governance_settings.h"

#include <functional>
#include <memory>

namespace bifrost::admin {

// Immutable, as the Desk's settings are.
using GovernancePtr = std::shared_ptr<const governance::GovernanceSettings>;
[[nodiscard]] GovernancePtr governance_of(const Call& call);

// As Desk::change.
using GovernanceEdit = std::function<Result<void>(governance::GovernanceSettings&)>;
Result<GovernancePtr> change_governance(const Call& call, const GovernanceEdit& edit,
                                        const exchange::Desk::Terms& terms);

}  // namespace bifrost::admin
