// Who is refused first when the gateway is short of something.
#pragma once

#include "exchange/operation.h"
#include "http/headers.h"

namespace bifrost::exchange {

// That of the operation; a caller may lower it with `x-bf-priority: low`, for work that can wait,
// but nobody can raise his own.
[[nodiscard]] overload::Priority priority_of(const Operation& operation,
                                             const http::Headers& headers);

}  // namespace bifrost::exchange
