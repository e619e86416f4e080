#include "exchange/cost.h"

namespace bifrost::exchange {

const catalog::Model* model_facts(const Exchange& exchange, const provider::Endpoint& endpoint,
                                  std::string_view model) {
  const catalog::Catalog& catalog = *exchange.snapshot->catalog;
  const std::string_view name = endpoint.canonical_model(model);
  const catalog::Model* facts = catalog.find(endpoint.name, name);
  if (facts != nullptr || endpoint.name == endpoint.spec->name) return facts;
  return catalog.find(endpoint.spec->name, name);
}

std::optional<std::int64_t> cost_of(const Exchange& exchange) {
  if (!exchange.call || exchange.call->served_facts == nullptr) return std::nullopt;
  const llm::Usage& usage = exchange.call->seen().usage;
  if (!usage.known) return std::nullopt;
  return catalog::cost(exchange.call->served_facts->price, usage);
}

}  // namespace bifrost::exchange
