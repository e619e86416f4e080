#include "exchange/finish.h"

#include "exchange/cost.h"
#include "http/url.h"

#include <algorithm>
#include <cstdint>

namespace bifrost::exchange {
namespace {

record::Service service_of(const Exchange& exchange) {
  const ModelCall& call = *exchange.call;
  const upstream::Served& served = *call.served;
  return {.provider = served.target->endpoint->name,
          .model = served.model,
          .model_name = served.target->model,
          .key_id = served.key_id,
          .key_name = served.key_name,
          .fallback_index = served.fallback_index,
          .retries = served.retries,
          .usage = call.tap.usage,
          .nano_dollars = cost_of(exchange),
          .finish = call.tap.finish,
          .first_content_after = served.answer->first_content_after};
}

// Where a provider has not told its usage, because the stream was cut or it never does: what was
// expected of the input, and a token for each piece of the answer that was seen.
llm::Usage counted(const ModelCall& call) {
  const dialect::TapState& seen = call.seen();
  llm::Usage usage = seen.usage;
  if (usage.input_total() == 0) usage.input = call.expected.input;
  const auto pieces = static_cast<std::int64_t>(seen.content_events);
  if (usage.output_total() < pieces) usage.output += pieces - usage.output_total();
  return usage;
}

governance::Amount amount_of(const llm::Usage& usage, const catalog::Model* facts) {
  return {.requests = 1,
          .tokens = usage.total(),
          .nano_dollars = facts == nullptr ? 0 : catalog::cost(facts->price, usage)};
}

// Did nobody wait for a provider that was at it? It has read the input by then, and wants its
// money.
bool left_alone(const Exchange& exchange) {
  if (!exchange.error || !exchange.call->reached) return false;
  switch (exchange.error->code) {
    case ErrorCode::kClientGone:
    case ErrorCode::kUpstreamHeaderTimeout:
    case ErrorCode::kUpstreamFirstTokenTimeout:
    case ErrorCode::kUpstreamIdleTimeout:
    case ErrorCode::kUpstreamTotalTimeout:
    case ErrorCode::kUpstreamCutShort:
      return true;
    default:
      return false;
  }
}

// What a provider refused or could not do has used nothing.
governance::Amount used_by(const Exchange& exchange) {
  const ModelCall& call = *exchange.call;
  if (call.served) return amount_of(counted(call), call.served_facts);
  if (!left_alone(exchange)) return {};
  return amount_of({.input = call.expected.input}, call.expected_facts);
}

}  // namespace

ExchangeRecord::ExchangeRecord(const Exchange& exchange) {
  const http::RequestHead& head = exchange.request.head;
  request_.id = exchange.request_id;
  request_.method = head.method;
  request_.path = http::path_of(head.target);
  request_.headers = &head.headers;
  if (const Surface* surface = exchange.route.surface) {
    request_.pattern = surface->pattern;
    request_.route_method = surface->method;
    request_.operation = surface->operation->name;
  }
  if (!exchange.call) return;
  const ModelCall& call = *exchange.call;
  call_ = {.model = call.facts.model,
           .stream = call.facts.stream,
           .service = nullptr,
           .upstream_time = call.upstream_time};
  if (call.served) {
    service_ = service_of(exchange);
    call_.service = &service_;
  }
  request_.call = &call_;
}

void settle(Exchange& exchange) {
  if (!exchange.call || exchange.call->reservation.empty()) return;
  exchange.call->reservation.settle(used_by(exchange));
}

void finish(Exchange& exchange, const Clock& clock, std::span<record::Sink* const> sinks) {
  settle(exchange);
  ExchangeRecord told(exchange);
  record::Request& request = told.request();
  // Nobody reads what a caller that has left is answered; and the error may come before its answer.
  const bool unsaid = exchange.error && (exchange.error->code == ErrorCode::kClientGone ||
                                         exchange.request.out.status() == 0);
  request.ended = clock.wall();
  request.duration = clock.now() - exchange.request.arrived;
  request.status = unsaid ? exchange.error->status() : exchange.request.out.status();
  request.error = exchange.error ? &*exchange.error : nullptr;
  request.request_bytes = exchange.body_bytes;
  request.response_bytes = exchange.request.out.body_bytes();
  for (record::Sink* sink : sinks) sink->request_ended(request);
}

}  // namespace bifrost::exchange
