// Does a caller say that he has asked the same before?
#pragma once

#include "http/headers.h"

namespace bifrost::exchange {

// By what SDKs and proxies send with their retries: `x-stainless-retry-count` (the SDKs of OpenAI
// and Anthropic and those that are made like them), `grpc-previous-rpc-attempts`, and, counted from
// 1, `amz-sdk-request: attempt=2; max=3` and `x-envoy-attempt-count`.
[[nodiscard]] bool says_it_repeats(const http::Headers& headers);

}  // namespace bifrost::exchange
