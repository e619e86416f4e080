#include "explain/refusal.h"

#include "exchange/error_answer.h"

namespace bifrost::explain {

Refusal refusal_of(const Error& error, const exchange::Match& route, std::string_view model) {
  const dialect::openai_chat::UnifiedErrorContext context{
      .event_id = {},  // a request that is not made has no id
      .provider = {},
      .model_requested = model,
      .request_type = route.surface != nullptr ? route.surface->operation->name : ""};
  return {.status = error.status(),
          .code = std::string(error.name()),
          .type = error.upstream_type,
          .message = error.message,
          .param = error.param,
          .retry_after = error.retry_after,
          .body = exchange::error_body(route.spoken(), error, context)};
}

}  // namespace bifrost::explain
