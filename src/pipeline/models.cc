// The lists of models, in every dialect's shape.

#include "base/strings.h"
#include "base/try.h"
#include "pipeline/answer_headers.h"
#include "pipeline/pipeline.h"

namespace bifrost::pipeline {
namespace {

// The value of one parameter of the query; empty when it is not there.
std::string query_value(std::string_view target, std::string_view name) {
  const auto mark = target.find('?');
  if (mark == std::string_view::npos) return {};
  for (const std::string_view pair : split(target.substr(mark + 1), '&')) {
    const auto parts = split_once(pair, '=');
    if (parts && parts->first == name) return percent_decode(parts->second).value_or("");
  }
  return {};
}

}  // namespace

net::Task<Result<void>> Pipeline::list_models(Exchange& exchange) {
  const std::string provider = query_value(exchange.request.head.target, "provider");
  if (!provider.empty() && exchange.snapshot->registry.find(provider) == nullptr) {
    co_return client_error(ErrorCode::kInvalidRequest,
                           "provider \"" + provider + "\" is not configured; there are " +
                               exchange.snapshot->registry.names(),
                           "provider");
  }
  dialect::ModelPage page;
  BF_CO_TRY(page.rows, co_await models_.list(exchange.request.scope, exchange.snapshot, provider));
  http::Headers headers = base_headers(exchange);
  headers.add("content-type", "application/json");
  co_return co_await exchange.request.out.send(
      exchange.request.scope, 200, headers, exchange.surface().dialect->family.encode_models(page));
}

}  // namespace bifrost::pipeline
