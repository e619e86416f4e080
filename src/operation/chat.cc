// A chat: read it, plan, and let it run.

#include "base/try.h"
#include "exchange/compat.h"
#include "exchange/model_call.h"
#include "llm/operation.h"
#include "operation/all.h"
#include "operation/chat_call.h"

namespace bifrost::operation {
namespace {

using exchange::Exchange;
using exchange::WorkerKit;

net::Task<Result<void>> run(WorkerKit& kit, Exchange& exchange) {
  const dialect::Dialect& dialect = *exchange.surface().dialect;
  BF_CO_TRY(const exchange::CompatSettings compat,
            exchange::compat_of(exchange.snapshot->client.compat, exchange.request.head.headers));
  BF_CO_TRY(const dialect::RequestInput input,
            co_await exchange::begin_call(kit, exchange, dialect.chat->peek));
  exchange::ModelCall& asked = *exchange.call;
  if (asked.facts.stream) asked.form = &dialect.chat->stream;
  ChatCall call(dialect, input, asked.facts,
                {.extra_fields = exchange.unified(),
                 .drop_refused = compat.should_drop_params,
                 .memory = &kit.services.overload.memory()});
  co_return co_await exchange::run_call(kit, exchange, call);
}

}  // namespace

const exchange::Operation kChat = {.name = llm::name_of(llm::Operation::kChat), .run = run};

}  // namespace bifrost::operation
