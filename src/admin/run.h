// How a route of the management API is run: beside the loop, with its body read before.
#pragma once

#include "admin/route.h"
#include "exchange/exchange.h"
#include "exchange/worker_kit.h"
#include "explain/explain.h"

namespace bifrost::admin {

// Of what this runs and admit lets in, every operation is one.
[[nodiscard]] const Route& route_of(const exchange::Exchange& exchange);

// What its requests are decided by, for who wants to know. As long as `exchange` and the kit live.
[[nodiscard]] explain::World world_of(exchange::WorkerKit& kit, const exchange::Exchange& exchange);

// The operation of `exchange` is a Route.
net::Task<Result<void>> run(exchange::WorkerKit& kit, exchange::Exchange& exchange);

}  // namespace bifrost::admin
