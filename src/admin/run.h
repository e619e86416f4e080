// How a route of the management API is run: beside the loop, with its body read before.
#pragma once

#include "admin/route.h"
#include "exchange/exchange.h"
#include "exchange/worker_kit.h"

namespace bifrost::admin {

// Of what this runs and admit lets in, every operation is one.
[[nodiscard]] const Route& route_of(const exchange::Exchange& exchange);

// The operation of `exchange` is a Route.
net::Task<Result<void>> run(exchange::WorkerKit& kit, exchange::Exchange& exchange);

}  // namespace bifrost::admin
