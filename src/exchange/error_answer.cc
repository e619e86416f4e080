#include "exchange/error_answer.h"

#include "dialect/stream.h"
#include "exchange/headers.h"

namespace bifrost::exchange {
namespace {

dialect::openai_chat::UnifiedErrorContext unified_context(const Exchange& exchange) {
  return {.event_id = exchange.request_id,
          .provider = exchange.call ? std::string_view(exchange.call->attempted_provider) : "",
          .model_requested = exchange.call ? std::string_view(exchange.call->facts.model) : "",
          .request_type = exchange.route.surface != nullptr ? exchange.surface().operation->name
                                                            : std::string_view()};
}

}  // namespace

net::Task<void> write_error(Exchange& exchange, const Error& error) {
  if (exchange.request.scope.cancelled()) co_return;
  server::Responder& out = exchange.request.out;
  Result<void> written;
  switch (out.state()) {
    case server::Responder::State::kFresh: {
      const std::string body =
          error_body(exchange.route.spoken(), error, unified_context(exchange));
      written = co_await out.send(exchange.request.scope, error.status(),
                                  error_headers(exchange, error), body);
      break;
    }
    case server::Responder::State::kStream:
      // A keep-alive has committed the status: the stream is the only place left.
      if (!exchange.call || exchange.call->form == nullptr) break;
      written =
          co_await out.write(exchange.request.scope, exchange.call->form->encode_error(error));
      if (written) written = co_await out.end(exchange.request.scope);
      break;
    case server::Responder::State::kWhole:
    case server::Responder::State::kComplete:
    case server::Responder::State::kBroken:
      break;  // there is no place left to say it; an answer that is cut off ends the connection
  }
  ignore(written, "the caller has left, there is nobody to tell");
}

std::string error_body(const Surface* spoken, const Error& error,
                       const dialect::openai_chat::UnifiedErrorContext& context) {
  const bool native =
      spoken != nullptr && spoken->dialect != nullptr && spoken->shape == Shape::kNative;
  return native ? spoken->dialect->family.encode_error(error)
                : dialect::openai_chat::encode_unified_error(error, context);
}

std::string protocol_error_body(const Error& error) {
  return dialect::openai_chat::encode_unified_error(error, {});
}

}  // namespace bifrost::exchange
