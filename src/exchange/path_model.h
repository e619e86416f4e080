// The model that stands in the path of a request.
#pragma once

#include "exchange/exchange.h"

#include <string>

namespace bifrost::exchange {

// Decoded; empty where the route has none. Fails with kInvalidRequest when an escape is broken.
[[nodiscard]] Result<std::string> path_model(const Exchange& exchange);

}  // namespace bifrost::exchange
