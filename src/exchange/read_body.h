// The body of a request, bounded by client.max_request_body_size_mb.
#pragma once

#include "exchange/exchange.h"

namespace bifrost::exchange {

// Into `exchange.body`, with room behind it for a scanner. Fails with kBodyTooLarge,
// kRequestTimeout, kClientGone.
net::Task<Result<void>> read_body(Exchange& exchange);

}  // namespace bifrost::exchange
