#include "exchange/cost.h"

#include "routing/permit.h"

namespace bifrost::exchange {

const catalog::Model* model_facts(const Exchange& exchange, const provider::Endpoint& endpoint,
                                  std::string_view model) {
  const catalog::Catalog& catalog = *exchange.snapshot->catalog;
  // Some sheets and servers have names with an owner ("openrouter/auto"), so as it stands first.
  for (const std::string_view name :
       {endpoint.canonical_model(model), routing::counted_model(endpoint, model)}) {
    if (const auto* facts = catalog.find(endpoint.name, name)) return facts;
    if (endpoint.name == endpoint.spec->name) continue;
    if (const auto* facts = catalog.find(endpoint.spec->name, name)) return facts;
  }
  return nullptr;
}

std::optional<std::int64_t> cost_of(const Exchange& exchange) {
  if (!exchange.call || exchange.call->served_facts == nullptr) return std::nullopt;
  const llm::Usage& usage = exchange.call->seen().usage;
  if (!usage.known) return std::nullopt;
  return catalog::cost(exchange.call->served_facts->price, usage);
}

}  // namespace bifrost::exchange
