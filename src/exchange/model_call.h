// The way of a request to a model once it has been read: send it, with retries and fallbacks, and
// relay what comes back. The same for every operation.
#pragma once

#include "exchange/call.h"
#include "exchange/exchange.h"
#include "exchange/worker_kit.h"

namespace bifrost::exchange {

// `exchange.call` has the plan and the facts; `call` outlives the run. Fails with the error of the
// first target when all fail, and with what broke the answer after it has begun.
net::Task<Result<void>> run_call(WorkerKit& kit, Exchange& exchange, Call& call);

}  // namespace bifrost::exchange
