#include "exchange/finish.h"

#include "exchange/booking.h"
#include "exchange/cost.h"
#include "exchange/used.h"
#include "governance/principal.h"
#include "http/url.h"

#include <string_view>
#include <utility>

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

// What was cut or stopped says nothing of how long it would have been, and what nobody has counted
// nothing at all.
void learn_from(Exchange& exchange, const Used& used) {
  ModelCall& call = *exchange.call;
  governance::LearntUse* learnt_use = std::exchange(call.learnt_use, nullptr);
  if (learnt_use == nullptr || !used.anything || used.estimated || exchange.error) return;
  learnt_use->learn({.caller = exchange.caller.principal->id,
                     .provider = call.admitted->endpoint->name,
                     .model = call.admitted->model},
                    call.asked,
                    {.input = used.usage.input_total(), .output = used.usage.output_total()});
}

record::Caller caller_of(const governance::Principal& principal) {
  record::Caller caller;
  if (&principal == &governance::anybody()) return caller;
  caller.virtual_key_id = principal.id;
  caller.virtual_key_name = principal.name;
  if (const auto& team = principal.team) {
    caller.team_id = team->id;
    caller.team_name = team->name;
  }
  if (const auto& customer = principal.customer) {
    caller.customer_id = customer->id;
    caller.customer_name = customer->name;
  }
  return caller;
}

std::string_view engine_of(const ModelCall& call) {
  if (call.rule != nullptr) return "routing-rule";
  return call.plan.drawn ? "governance" : "";
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
           .routing_engine = engine_of(call),
           .caller = caller_of(*exchange.caller.principal),
           .service = nullptr,
           .upstream_time = call.upstream_time};
  if (call.rule != nullptr) {
    call_.rule_id = call.rule->id;
    call_.rule_name = call.rule->name;
  }
  if (call.served) {
    service_ = service_of(exchange);
    call_.service = &service_;
  }
  request_.call = &call_;
}

void settle(Exchange& exchange) {
  if (!exchange.call) return;
  ModelCall& call = *exchange.call;
  if (call.reservation.empty() && !call.entry) return;
  const Used used = used_by(exchange);
  book(exchange, used);  // first: a limit may forget what the ledger knows
  call.reservation.settle(used.amount());
  learn_from(exchange, used);
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
