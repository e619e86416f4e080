// The model that stands in the path of a request.
#pragma once

#include "base/result.h"
#include "exchange/surface.h"

#include <string>

namespace bifrost::exchange {

// Decoded; empty where the route has none. Fails with kInvalidRequest when an escape is broken.
[[nodiscard]] Result<std::string> path_model(const Match& route);

}  // namespace bifrost::exchange
