// The routes that are not about models: health, metrics, and a word for people.

#include "json/writer.h"
#include "pipeline/answer_headers.h"
#include "pipeline/pipeline.h"

namespace bifrost::pipeline {
namespace {

constexpr std::string_view kOverview =
    "POST /v1/chat/completions         OpenAI's format, any provider\n"
    "POST /anthropic/v1/messages       Anthropic's format, any provider\n"
    "POST /genai/v1beta/models/...     Gemini's format, any provider\n"
    "GET  /v1/models  /health  /metrics\n";

std::string routes_below(std::string_view base) {
  std::string out;
  for (const Surface& surface : surfaces()) {
    if (!surface.pattern.starts_with(base)) continue;
    out += surface.method;
    out += surface.method.size() < 4 ? "  " : " ";
    out += http::plain_pattern(surface.pattern) + "\n";
  }
  return out;
}

}  // namespace

std::string GatewayState::scrape() {
  // One at a time: the gauges below have a single writer.
  const std::lock_guard lock(scrape_mutex);
  for (const auto& [provider, gate] : gates.all()) {
    shard.gauge(telemetry::Metric::kInFlight, {provider})
        .set(static_cast<double>(gate->in_flight()));
    shard.gauge(telemetry::Metric::kQueueLength, {provider})
        .set(static_cast<double>(gate->waiting()));
  }
  shard.gauge(telemetry::Metric::kConnections, {"client"})
      .set(static_cast<double>(connections.open()));
  return metrics.scrape();
}

void GatewayState::count_reload(bool good) {
  const std::lock_guard lock(scrape_mutex);
  shard.counter(telemetry::Metric::kConfigReloads, {good ? "success" : "failure"}).add();
}

net::Task<Result<void>> Pipeline::health(Exchange& exchange) {
  const bool up = !state_.draining.load(std::memory_order_relaxed);
  std::string body;
  json::Writer w(body);
  w.begin_object();
  w.member("status", up ? "ok" : "draining");
  w.member("version", state_.version);
  w.end_object();
  http::Headers headers = base_headers(exchange);
  headers.add("content-type", "application/json");
  headers.add("cache-control", "no-store");
  co_return co_await exchange.request.out.send(exchange.request.scope, up ? 200 : 503, headers,
                                               body);
}

net::Task<Result<void>> Pipeline::metrics(Exchange& exchange) {
  http::Headers headers = base_headers(exchange);
  headers.add("content-type", telemetry::kExpositionType);
  co_return co_await exchange.request.out.send(exchange.request.scope, 200, headers,
                                               state_.scrape());
}

net::Task<Result<void>> Pipeline::banner(Exchange& exchange) {
  http::Headers headers = base_headers(exchange);
  headers.add("content-type", "text/plain; charset=utf-8");
  const std::string_view base = exchange.surface().pattern;
  co_return co_await exchange.request.out.send(
      exchange.request.scope, 200, headers,
      "bifrost " + state_.version + ", an AI gateway.\n\n" +
          (base == "/" ? std::string(kOverview) : routes_below(base)));
}

}  // namespace bifrost::pipeline
