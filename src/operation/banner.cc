// A word for people who look at an address in a browser, and for SDKs that look whether anybody is
// there.

#include "exchange/exchange.h"
#include "exchange/headers.h"
#include "exchange/worker_kit.h"
#include "operation/all.h"

#include <string>
#include <string_view>

namespace bifrost::operation {
namespace {

using exchange::Exchange;
using exchange::WorkerKit;

constexpr std::string_view kOverview =
    "POST /v1/chat/completions         OpenAI's format, any provider\n"
    "POST /anthropic/v1/messages       Anthropic's format, any provider\n"
    "POST /genai/v1beta/models/...     Gemini's format, any provider\n"
    "GET  /v1/models  /health  /metrics\n";

std::string routes_below(const WorkerKit& kit, std::string_view base) {
  std::string out;
  for (const exchange::Surface& surface : kit.surfaces) {
    if (!surface.pattern.starts_with(base)) continue;
    out += surface.method;
    out += surface.method.size() < 4 ? "  " : " ";
    out += http::plain_pattern(surface.pattern) + "\n";
  }
  return out;
}

net::Task<Result<void>> run(WorkerKit& kit, Exchange& exchange) {
  http::Headers headers = exchange::base_headers(exchange);
  headers.add("content-type", "text/plain; charset=utf-8");
  const std::string_view base = exchange.surface().pattern;
  co_return co_await exchange.request.out.send(
      exchange.request.scope, 200, headers,
      "bifrost " + kit.services.version + ", an AI gateway.\n\n" +
          (base == "/" ? std::string(kOverview) : routes_below(kit, base)));
}

}  // namespace

const exchange::Operation kBanner = {.name = "banner",
                                     .access = exchange::Access::kAnybody,
                                     .priority = overload::Priority::kHigh,
                                     .run = run};

}  // namespace bifrost::operation
