// Whether the program's threads turn, for whoever would start it anew: it does not fail on the way
// down, nor for what the gateway needs of others.

#include "exchange/exchange.h"
#include "exchange/headers.h"
#include "exchange/worker_kit.h"
#include "operation/all.h"

namespace bifrost::operation {
namespace {

using exchange::Exchange;
using exchange::WorkerKit;

net::Task<Result<void>> run(WorkerKit& kit, Exchange& exchange) {
  const bool turns = kit.services.pulse.silence(kit.clock.now()) <
                     exchange.snapshot->server->overload.stalled_after;
  http::Headers headers = exchange::base_headers(exchange);
  headers.add("content-type", "application/json");
  headers.add("cache-control", "no-store");
  co_return co_await exchange.request.out.send(
      exchange.request.scope, turns ? 200 : 503, headers,
      turns ? R"({"status":"ok"})" : R"({"status":"stalled"})");
}

}  // namespace

const exchange::Operation kLive = {.name = "live",
                                   .access = exchange::Access::kAnybody,
                                   .priority = overload::Priority::kHigh,
                                   .run = run};

}  // namespace bifrost::operation
