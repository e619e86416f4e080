// What is left of the limits of requests and tokens that a request falls under.
#pragma once

#include "base/clock.h"
#include "dialect/rate_limits.h"
#include "governance/limit.h"
#include "governance/reservation.h"

#include <optional>
#include <span>

namespace bifrost::exchange {

// Of a request that holds something on them and has used so much by now; nothing where that is not
// known: what it holds is not left.
[[nodiscard]] dialect::RateLimits limits_left(const governance::Reservation& reservation,
                                              const std::optional<governance::Amount>& used,
                                              WallTime now);

// Of one that was refused.
[[nodiscard]] dialect::RateLimits limits_left(std::span<const governance::Limits> lists,
                                              WallTime now);

}  // namespace bifrost::exchange
