// What a browser on another site needs to know.
#pragma once

#include "exchange/client_settings.h"
#include "http/headers.h"

namespace bifrost::exchange {

// CORS headers for an answer to this origin; empty when it may not ask, or is no browser.
[[nodiscard]] http::Headers cors_headers(const CorsSettings& settings,
                                         const http::Headers& request);
// Those of the answer to a preflight.
[[nodiscard]] http::Headers preflight_headers(const CorsSettings& settings,
                                              const http::Headers& request);

}  // namespace bifrost::exchange
