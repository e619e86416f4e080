#include "exchange/model_call.h"

#include "base/try.h"
#include "dialect/weight.h"
#include "exchange/admission.h"
#include "exchange/finish.h"
#include "exchange/path_model.h"
#include "exchange/plan_call.h"
#include "exchange/prices.h"
#include "exchange/read_body.h"
#include "exchange/relay.h"
#include "exchange/repeated.h"
#include "exchange/session.h"
#include "exchange/stream_writer.h"
#include "governance/principal.h"

#include <optional>
#include <span>
#include <string>
#include <utility>

namespace bifrost::exchange {
namespace {

// Tells the sinks of each attempt, and the exchange whom it was with.
class Observer final : public upstream::AttemptObserver {
 public:
  Observer(std::span<record::Sink* const> sinks, Exchange& exchange)
      : sinks_(sinks), exchange_(exchange) {}
  void on_attempt(const record::Attempt& attempt) override {
    exchange_.call->attempted_provider = attempt.provider;
    exchange_.call->reached = attempt.taken > std::chrono::nanoseconds(0);
    ExchangeRecord so_far(exchange_);
    for (record::Sink* sink : sinks_) sink->attempt_ended(so_far.request(), attempt);
  }

 private:
  std::span<record::Sink* const> sinks_;
  Exchange& exchange_;
};

bool keeps_sent_body(const Exchange& exchange) {
  if (!exchange.unified()) return false;
  if (exchange.snapshot->client.allow_per_request_raw_override) return true;
  for (const auto& endpoint : exchange.snapshot->registry) {
    if (endpoint.settings.send_back_raw_request) return true;
  }
  return false;
}

// In the accounts of retries. Whoever shows no credential is known by where he comes from, as
// limits per address know him: one of them must not use up the retries of all, nor have an account
// for each address that he can choose.
std::string account_of(const Exchange& exchange) {
  const governance::Principal* principal = exchange.caller.principal;
  return principal == &governance::anybody() ? "address " + std::string(exchange.request.network)
                                             : "principal " + principal->name;
}

// Keys, retries, fallbacks: until one provider has given a good answer.
net::Task<Result<void>> execute(WorkerKit& kit, Exchange& exchange, Call& call) {
  const http::Headers& headers = exchange.request.head.headers;
  const ClientSettings& settings = exchange.snapshot->client;
  BF_CO_TRY(const routing::Session session, session_of(headers));
  const std::string caller = account_of(exchange);
  const bool repeats = says_it_repeats(headers);
  if (repeats) kit.meter.caller_retried();
  Admission admission(exchange, call, kit.clock, kit.services.learnt_use, kit.journal);
  const upstream::Job job{.network = exchange.snapshot->network,
                          .plan = exchange.call->plan,
                          .call = call,
                          .caller_headers = &headers,
                          .header_filter = &settings.header_filter,
                          .constraints = exchange.caller.constraints(),
                          .session = session,
                          .session_keys = &kit.services.session_keys,
                          .direct_key = exchange.caller.direct_key.get(),
                          .anthropic_login = exchange.caller.anthropic_login.get(),
                          .body_bytes = exchange.body.size(),
                          .keep_sent_body = keeps_sent_body(exchange),
                          .memory = &kit.memory,
                          .budget = {.settings = settings.retry_budget,
                                     .budgets = &kit.services.retry_budgets,
                                     .caller = caller,
                                     .repeats = repeats},
                          .admission = &admission};
  Observer observer(kit.sinks, exchange);
  const SteadyTime asked = kit.clock.now();
  auto served = co_await upstream::execute(exchange.request.scope, kit.client(), job, observer);
  exchange.call->upstream_time = kit.clock.now() - asked;
  BF_CO_TRY(exchange.call->served, std::move(served));
  const upstream::Served& by = *exchange.call->served;
  exchange.call->dropped = by.dropped;
  exchange.call->served_facts = facts_of(exchange.view(), {.endpoint = *by.target->endpoint,
                                                           .model = by.model,
                                                           .operation = call.type().operation,
                                                           .key_id = by.key_id,
                                                           .key_name = by.key_name});
  co_return Result<void>();
}

// A small body is looked into within this turn of the loop, so one at a time.
Result<dialect::RequestFacts> look_into(overload::ByteBudget& budget,
                                        const dialect::RequestInput& input, Peek peek,
                                        json::Scanner& scanner) {
  if (input.body.size() <= overload::kSmallLeaseBytes) return peek(input, scanner);
  overload::SharedLease memory(&budget);
  BF_TRY_VOID(memory.resize(dialect::Weight::of(input.body).scan()));
  return peek(input, scanner);
}

net::Task<Result<dialect::RequestFacts>> look_into_beside(WorkerKit& kit, Exchange& exchange,
                                                          const dialect::RequestInput& input,
                                                          Peek peek) {
  co_return co_await net::run_to_end(exchange.request.scope, kit.services.heavy, [&] {
    json::Scanner scanner;  // the worker's is not this thread's
    return look_into(kit.services.overload.memory(), input, peek, scanner);
  });
}

}  // namespace

net::Task<Result<dialect::RequestInput>> begin_call(WorkerKit& kit, Exchange& exchange, Peek peek) {
  BF_CO_TRY_VOID(co_await read_body(kit, exchange));
  ModelCall& asked = exchange.call.emplace();
  BF_CO_TRY(asked.path_model, path_model(exchange.route));
  const Surface& surface = exchange.surface();
  const dialect::RequestInput input{
      .body = exchange.body, .path_model = asked.path_model, .path_stream = surface.path_stream};
  BF_CO_TRY(asked.facts, kit.heavy().takes(input.body.size())
                             ? co_await look_into_beside(kit, exchange, input, peek)
                             : look_into(kit.services.overload.memory(), input, peek, kit.scanner));
  BF_CO_TRY(CallPlan planned,
            plan_call(exchange.view(), asked.facts, kit.clock.wall(), kit.random));
  asked.rule = planned.rule;
  asked.plan = std::move(planned.plan);
  co_return input;
}

net::Task<Result<void>> run_call(WorkerKit& kit, Exchange& exchange, Call& call) {
  std::optional<StreamWriter> writer;
  if (call.type().stream) writer.emplace(exchange, kit.meter);
  BF_CO_TRY_VOID(co_await execute(kit, exchange, call));
  // Long streams of long prompts: the prompt has done its work.
  exchange.call->facts.members.clear();
  std::string().swap(exchange.body);
  exchange.body_memory.release();
  call.forget_request();

  const RelayContext context{.exchange = exchange,
                             .call = call,
                             .clock = kit.clock,
                             .meter = kit.meter,
                             .heavy = kit.heavy()};
  co_return writer ? co_await relay_stream(context, *writer) : co_await relay_whole(context);
}

}  // namespace bifrost::exchange
