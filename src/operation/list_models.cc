// The lists of models, in every dialect's shape, and single models of them.

#include "base/strings.h"
#include "base/try.h"
#include "exchange/exchange.h"
#include "exchange/headers.h"
#include "exchange/path_model.h"
#include "exchange/worker_kit.h"
#include "http/url.h"
#include "json/writer.h"
#include "llm/model_name.h"
#include "llm/operation.h"
#include "operation/all.h"
#include "operation/model_page.h"
#include "provider/registry.h"
#include "routing/constraints.h"
#include "routing/plan.h"

#include <algorithm>
#include <utility>
#include <vector>

namespace bifrost::operation {
namespace {

using exchange::Exchange;
using exchange::ModelList;
using exchange::WorkerKit;

Error not_found(std::string message) {
  return client_error(ErrorCode::kModelNotFound, std::move(message), "model");
}

// Whose model it is. A name that leads nowhere, or to several, is no model.
Result<routing::Target> find_target(const Exchange& exchange, std::string_view model) {
  auto target = routing::resolve(exchange.snapshot->registry, model, exchange.surface().provider);
  if (!target) return not_found(std::move(target).error().message);
  return target;
}

// The row of a model in its provider's list.
Result<dialect::ModelRow> row_of(const routing::Target& target, ModelList::Listing listing) {
  const std::string id = target.endpoint->name + "/" + target.model;
  const auto found = std::ranges::find(listing.rows, id, &dialect::ModelRow::id);
  if (found != listing.rows.end()) return std::move(*found);
  // Nobody knows whether there is such a model.
  if (listing.failure) return *std::move(listing.failure);
  return not_found("there is no model " + quoted(id) + " among those that may be used");
}

// Of a row's id, which begins with its provider.
bool may_have(const Exchange& exchange, const dialect::ModelRow& row) {
  const auto parts = split_once(row.id, '/');
  if (!parts) return true;
  const provider::Endpoint* endpoint = exchange.snapshot->registry.find(parts->first);
  return endpoint == nullptr ||
         routing::check_access(exchange.caller.constraints(), *endpoint, parts->second);
}

void leave_what_he_may_have(const Exchange& exchange, std::vector<dialect::ModelRow>& rows) {
  const routing::Access& access = exchange.caller.principal->access;
  if (access.all_providers && access.grants.empty()) return;
  std::erase_if(rows, [&](const dialect::ModelRow& row) { return !may_have(exchange, row); });
}

net::Task<Result<void>> send_json(Exchange& exchange, std::string body) {
  http::Headers headers = exchange::base_headers(exchange);
  headers.add("content-type", "application/json");
  co_return co_await exchange.request.out.send(exchange.request.scope, 200, headers, body);
}

net::Task<Result<void>> one_model(WorkerKit& kit, Exchange& exchange, const std::string& model) {
  BF_CO_TRY_VOID(llm::check_model_name(model));
  BF_CO_TRY(const routing::Target target, find_target(exchange, model));
  BF_CO_TRY_VOID(
      routing::check_access(exchange.caller.constraints(), *target.endpoint, target.model));
  BF_CO_TRY(
      ModelList::Listing listing,
      co_await kit.models.list(exchange.request.scope, exchange.snapshot, target.endpoint->name));
  BF_CO_TRY(const dialect::ModelRow row, row_of(target, std::move(listing)));
  std::string body;
  json::Writer writer(body);
  exchange.surface().dialect->family.write_model(writer, row);
  co_return co_await send_json(exchange, std::move(body));
}

net::Task<Result<void>> run(WorkerKit& kit, Exchange& exchange) {
  BF_CO_TRY_VOID(exchange.caller.check_known());  // providers are asked with configured keys
  BF_CO_TRY(const std::string wanted, exchange::path_model(exchange.route));
  if (!wanted.empty()) co_return co_await one_model(kit, exchange, wanted);

  const dialect::Family& family = exchange.surface().dialect->family;
  const std::string_view query = http::query_of(exchange.request.head.target);
  const std::string provider = http::query_value(query, "provider").value_or("");
  if (!provider.empty() && exchange.snapshot->registry.find(provider) == nullptr) {
    co_return client_error(ErrorCode::kInvalidRequest,
                           "provider " + quoted(provider) + " is not configured; there are " +
                               exchange.snapshot->registry.names(),
                           "provider");
  }
  if (!provider.empty()) {
    BF_CO_TRY_VOID(routing::check_provider(exchange.caller.constraints(),
                                           *exchange.snapshot->registry.find(provider)));
  }
  BF_CO_TRY(const dialect::ModelQuery asked, family.decode_model_query(query));
  BF_CO_TRY(ModelList::Listing listing,
            co_await kit.models.list(exchange.request.scope, exchange.snapshot, provider));
  leave_what_he_may_have(exchange, listing.rows);
  BF_CO_TRY(const dialect::ModelPage page, page_of(std::move(listing.rows), asked));
  co_return co_await send_json(exchange, family.encode_models(page));
}

}  // namespace

const exchange::Operation kListModels = {.name = llm::name_of(llm::Operation::kListModels),
                                         .priority = overload::Priority::kLow,
                                         .run = run};

}  // namespace bifrost::operation
