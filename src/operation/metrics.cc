// The metrics of the whole process, for Prometheus. Their text is made beside the workers. Few
// are there at once, and not for long, because each is in memory until it was read.

#include "base/try.h"
#include "exchange/exchange.h"
#include "exchange/headers.h"
#include "exchange/worker_kit.h"
#include "operation/all.h"
#include "telemetry/registry.h"

#include <chrono>

namespace bifrost::operation {
namespace {

using exchange::Exchange;
using exchange::WorkerKit;

constexpr net::CallScope::Expiry kUnread{ErrorCode::kClientGone, Origin::kClient, Retry::kNo,
                                         "the metrics were not read in time"};
constexpr auto kReadTimeMax = std::chrono::seconds(10);  // scrapers give up then, too

net::Task<Result<void>> run(WorkerKit& kit, Exchange& exchange) {
  net::CallScope& scope = exchange.request.scope;
  BF_CO_TRY(const auto scrape, co_await kit.services.scrape(scope));
  http::Headers headers = exchange::base_headers(exchange);
  headers.add("content-type", telemetry::kExpositionType);
  const net::CallScope::Deadline patience(scope, kReadTimeMax, kUnread);
  co_return co_await exchange.request.out.send(scope, 200, headers, scrape.text);
}

}  // namespace

const exchange::Operation kMetrics = {.name = "metrics",
                                      .access = exchange::Access::kAnybody,
                                      .priority = overload::Priority::kHigh,
                                      .run = run};

}  // namespace bifrost::operation
