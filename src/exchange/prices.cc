#include "exchange/prices.h"

#include "routing/permit.h"

namespace bifrost::exchange {

catalog::Facts facts_of(const RequestView& request, const Asked& asked) {
  const Snapshot& snapshot = request.snapshot;
  const provider::Endpoint& endpoint = asked.endpoint;
  const catalog::Model* model = routing::model_facts(*snapshot.catalog, endpoint, asked.model);
  const catalog::PriceOverrides& own = snapshot.rules.prices;
  if (own.empty()) return {model, nullptr};
  return {model, own.find({.virtual_key = request.caller.principal->id,
                           .provider = endpoint.name,
                           .provider_key = {asked.key_id, asked.key_name},
                           .model = {routing::counted_model(endpoint, asked.model),
                                     endpoint.canonical_model(asked.model)},
                           .operation = asked.operation})};
}

}  // namespace bifrost::exchange
