// The public endpoints of the data plane, in one table. The router is built from it, and so are
// the OpenAPI document and the labels of the HTTP metrics. How a pattern is written: http/router.h.
#pragma once

#include "exchange/surface.h"

#include <span>
#include <string>
#include <string_view>

namespace bifrost::pipeline {

using exchange::Shape;
using exchange::Surface;

[[nodiscard]] std::span<const Surface> surfaces();

// The routes as the `paths` part of an OpenAPI 3.1 document.
[[nodiscard]] std::string openapi();

}  // namespace bifrost::pipeline
