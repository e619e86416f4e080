// The way of a request to a model: read it, plan, hold at each target what it may cost, send it,
// with retries and fallbacks, and relay what comes back. The same for every operation.
#pragma once

#include "exchange/call.h"
#include "exchange/exchange.h"
#include "exchange/worker_kit.h"

namespace bifrost::exchange {

// What a wire format reads of a request before it is planned.
using Peek = Result<dialect::RequestFacts> (*)(const dialect::RequestInput& input,
                                               json::Scanner& scanner);

// Reads the body and makes `exchange.call`, with the facts and the plan. The result points into the
// exchange.
net::Task<Result<dialect::RequestInput>> begin_call(WorkerKit& kit, Exchange& exchange, Peek peek);

// `exchange.call` has the plan and the facts; `call` outlives the run. Fails with the error of the
// first target when all fail, and with what broke the answer after it has begun.
net::Task<Result<void>> run_call(WorkerKit& kit, Exchange& exchange, Call& call);

}  // namespace bifrost::exchange
