// How a route of the management API is run: beside the loop, with its body read before.
#pragma once

#include "exchange/exchange.h"
#include "exchange/worker_kit.h"

namespace bifrost::admin {

// The operation of `exchange` is a Route.
net::Task<Result<void>> run(exchange::WorkerKit& kit, exchange::Exchange& exchange);

}  // namespace bifrost::admin
