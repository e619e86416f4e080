// A conversation, as a chat or as Responses: read it, plan, and let it run.

#include "base/try.h"
#include "exchange/compat.h"
#include "exchange/model_call.h"
#include "exchange/model_requests.h"
#include "llm/operation.h"
#include "operation/all.h"
#include "operation/chat_call.h"

#include <memory>

namespace bifrost::operation {
namespace {

using exchange::Exchange;
using exchange::WorkerKit;

// What the options of a call ask of the request's head.
Result<ChatCall::Options> options_of(const exchange::RequestView& request,
                                     overload::ByteBudget* memory) {
  BF_TRY(const exchange::CompatSettings compat,
         exchange::compat_of(request.snapshot.client.compat, request.head.headers));
  return ChatCall::Options{.extra_fields = request.surface.shape == exchange::Shape::kUnified,
                           .drop_refused = compat.should_drop_params,
                           .memory = memory};
}

net::Task<Result<void>> run(WorkerKit& kit, Exchange& exchange) {
  const dialect::Dialect& dialect = *exchange.surface().dialect;
  BF_CO_TRY(const ChatCall::Options options,
            options_of(exchange.view(), &kit.services.overload.memory()));
  BF_CO_TRY(const dialect::RequestInput input,
            co_await exchange::begin_call(kit, exchange, dialect.chat->peek));
  exchange::ModelCall& asked = *exchange.call;
  if (asked.facts.stream) asked.form = &dialect.chat->stream;
  ChatCall call(dialect, input, asked.facts, options);
  co_return co_await exchange::run_call(kit, exchange, call);
}

Result<dialect::RequestFacts> peek(const exchange::RequestView& request,
                                   const dialect::RequestInput& input, json::Scanner& scanner) {
  BF_TRY_VOID(options_of(request, nullptr));
  return request.surface.dialect->chat->peek(input, scanner);
}

Result<std::unique_ptr<exchange::Call>> make_call(const exchange::RequestView& request,
                                                  const dialect::RequestInput& input,
                                                  const dialect::RequestFacts& facts,
                                                  overload::ByteBudget* memory) {
  BF_TRY(const ChatCall::Options options, options_of(request, memory));
  return std::make_unique<ChatCall>(*request.surface.dialect, input, facts, options);
}

constexpr exchange::ModelRequests kToModel = {.peek = peek, .make_call = make_call};

}  // namespace

const exchange::Operation kChat = {
    .name = llm::name_of(llm::Operation::kChat), .run = run, .to_model = &kToModel};

const exchange::Operation kResponses = {
    .name = llm::name_of(llm::Operation::kResponses), .run = run, .to_model = &kToModel};

}  // namespace bifrost::operation
