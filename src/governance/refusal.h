// What a caller is told when a limit is full.
#pragma once

#include "base/clock.h"
#include "base/error.h"
#include "governance/limit.h"

namespace bifrost::governance {

// kBudgetExceeded of money, else kRateLimited, with what was used, the limit, and when it begins
// anew.
[[nodiscard]] Error refusal(const Limit& limit, WallTime now);

}  // namespace bifrost::governance
