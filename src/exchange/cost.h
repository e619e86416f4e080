// What a request to a model has cost, by the catalog's price of the model that served it.
#pragma once

#include "exchange/exchange.h"
#include "routing/plan.h"

#include <cstdint>
#include <optional>

namespace bifrost::exchange {

// In nano-dollars, of what has been seen of the answer so far. Nothing: nobody answered, or the
// price or the usage is not known.
[[nodiscard]] std::optional<std::int64_t> cost_of(const Exchange& exchange);

}  // namespace bifrost::exchange
