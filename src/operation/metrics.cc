// The metrics of the whole process, for Prometheus.

#include "exchange/exchange.h"
#include "exchange/headers.h"
#include "exchange/worker_kit.h"
#include "operation/all.h"
#include "telemetry/exposition.h"

namespace bifrost::operation {
namespace {

using exchange::Exchange;
using exchange::WorkerKit;

net::Task<Result<void>> run(WorkerKit& kit, Exchange& exchange) {
  http::Headers headers = exchange::base_headers(exchange);
  headers.add("content-type", telemetry::kExpositionType);
  co_return co_await exchange.request.out.send(exchange.request.scope, 200, headers,
                                               kit.services.scrape());
}

}  // namespace

const exchange::Operation kMetrics = {
    .name = "metrics", .access = exchange::Access::kAnybody, .run = run};

}  // namespace bifrost::operation
