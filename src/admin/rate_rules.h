// `rate_limits` of the API: several windows of requests and tokens of one owner, each an entry of
// its own in the settings.
#pragma once

#include "admin/limits.h"
#include "admin/route.h"
#include "base/result.h"
#include "governance/settings/governance_settings.h"
#include "json/writer.h"

#include <string>
#include <vector>

namespace bifrost::admin {

// The windows of the one who names them by `ids` are these from now on. What was counted in one
// that stays stays; another metric or length is another count. One that others have too is left to
// them unless it stays as it is. Fails with kInvalidRequest where two are for the same window.
Result<void> put_rate_rules(governance::GovernanceSettings& governance,
                            std::vector<std::string>& ids, const std::vector<RateRuleBody>& wanted);

void write_rate_rules(json::Writer& writer, const Call& call,
                      const governance::GovernanceSettings& governance,
                      const std::vector<std::string>& ids);

}  // namespace bifrost::admin
