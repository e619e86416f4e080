// Whether the gateway takes requests, for load balancers.

#include "exchange/exchange.h"
#include "exchange/headers.h"
#include "exchange/worker_kit.h"
#include "json/writer.h"
#include "operation/all.h"

#include <string>
#include <string_view>
#include <vector>

namespace bifrost::operation {
namespace {

using exchange::Exchange;
using exchange::WorkerKit;

net::Task<Result<void>> run(WorkerKit& kit, Exchange& exchange) {
  const bool up = !kit.services.draining.load(std::memory_order_relaxed);
  // What is lost takes no gateway out of service: requests need no database.
  const auto troubles = exchange.snapshot->client.disable_db_pings_in_health
                            ? std::vector<std::string_view>()
                            : kit.services.store_troubles();
  std::string body;
  json::Writer w(body);
  w.begin_object();
  w.member("status", !up ? "draining" : troubles.empty() ? "ok" : "degraded");
  w.member("version", kit.services.version);
  if (!troubles.empty()) {
    w.key("reasons").begin_array();
    for (const std::string_view trouble : troubles) w.string(trouble);
    w.end_array();
  }
  w.end_object();
  http::Headers headers = exchange::base_headers(exchange);
  headers.add("content-type", "application/json");
  headers.add("cache-control", "no-store");
  co_return co_await exchange.request.out.send(exchange.request.scope, up ? 200 : 503, headers,
                                               body);
}

}  // namespace

const exchange::Operation kHealth = {.name = "health",
                                     .access = exchange::Access::kAnybody,
                                     .priority = overload::Priority::kHigh,
                                     .run = run};

}  // namespace bifrost::operation
