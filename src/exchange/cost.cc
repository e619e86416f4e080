#include "exchange/cost.h"

namespace bifrost::exchange {

std::optional<std::int64_t> cost_of(const Exchange& exchange) {
  if (!exchange.call || exchange.call->served_facts == nullptr) return std::nullopt;
  const llm::Usage& usage = exchange.call->seen().usage;
  if (!usage.known) return std::nullopt;
  return catalog::cost(exchange.call->served_facts->price, usage);
}

}  // namespace bifrost::exchange
