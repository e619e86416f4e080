// The body of a request, bounded by client.max_request_body_size_mb.
#pragma once

#include "exchange/exchange.h"
#include "exchange/worker_kit.h"

namespace bifrost::exchange {

// Into `exchange.body`, with room behind it for a scanner. Fails with kBodyTooLarge,
// kRequestTimeout, kClientGone, and as a lease does where requests hold all the memory already.
net::Task<Result<void>> read_body(WorkerKit& kit, Exchange& exchange);

}  // namespace bifrost::exchange
