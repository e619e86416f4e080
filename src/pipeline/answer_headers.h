// The headers of answers: what we say about a request, and what is passed on from the provider.
#pragma once

#include "http/headers.h"
#include "pipeline/exchange.h"

namespace bifrost::pipeline {

// The request id and CORS, on every answer.
[[nodiscard]] http::Headers base_headers(const Exchange& exchange);

// Of a good answer: who served it, what was dropped, the provider's rate-limit headers.
[[nodiscard]] http::Headers served_headers(const Exchange& exchange);

// Of an error answer: Retry-After, Allow, the operation.
[[nodiscard]] http::Headers error_headers(const Exchange& exchange, const Error& error);

}  // namespace bifrost::pipeline
