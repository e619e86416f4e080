#include "exchange/cost.h"

namespace bifrost::exchange {

std::optional<std::int64_t> cost_of(const Exchange& exchange) {
  if (!exchange.call) return std::nullopt;
  const catalog::Price* price = exchange.call->served_facts.price();
  const llm::Usage& usage = exchange.call->seen().usage;
  if (price == nullptr || !usage.known) return std::nullopt;
  return catalog::cost(*price, usage);
}

}  // namespace bifrost::exchange
