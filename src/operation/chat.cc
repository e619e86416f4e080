// A chat: read it, look, plan, and let it run.

#include "base/try.h"
#include "exchange/compat.h"
#include "exchange/model_call.h"
#include "exchange/path_model.h"
#include "exchange/read_body.h"
#include "governance/reservation.h"
#include "llm/operation.h"
#include "operation/all.h"
#include "operation/chat_call.h"
#include "routing/plan.h"

#include <utility>

namespace bifrost::operation {
namespace {

using exchange::Exchange;
using exchange::WorkerKit;

net::Task<Result<void>> run(WorkerKit& kit, Exchange& exchange) {
  const exchange::Surface& surface = exchange.surface();
  const dialect::ChatCodec& codec = *surface.dialect->chat;
  BF_CO_TRY(const exchange::CompatSettings compat,
            exchange::compat_of(exchange.snapshot->client.compat, exchange.request.head.headers));
  BF_CO_TRY_VOID(co_await exchange::read_body(exchange));

  exchange::ModelCall& asked = exchange.call.emplace();
  BF_CO_TRY(asked.path_model, exchange::path_model(exchange));
  const dialect::RequestInput input{
      .body = exchange.body, .path_model = asked.path_model, .path_stream = surface.path_stream};
  BF_CO_TRY(asked.facts, codec.peek(input, kit.scanner));
  if (asked.facts.stream) asked.form = &codec.stream;
  BF_CO_TRY(asked.reservation,
            governance::Reservation::hold(exchange.caller.principal->accounts, {.requests = 1}));
  BF_CO_TRY(asked.plan, routing::plan(exchange.snapshot->registry,
                                      {.model = asked.facts.model,
                                       .fallbacks = asked.facts.fallbacks,
                                       .default_provider = surface.provider,
                                       .constraints = exchange.caller.constraints()}));
  ChatCall call(*surface.dialect, input, asked.facts,
                {.extra_fields = exchange.unified(), .drop_refused = compat.should_drop_params});
  co_return co_await exchange::run_call(kit, exchange, call);
}

}  // namespace

const exchange::Operation kChat = {.name = llm::name_of(llm::Operation::kChat), .run = run};

}  // namespace bifrost::operation
