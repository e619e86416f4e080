// What a request to a model has cost, by the catalog's price of the model that served it.
#pragma once

#include "catalog/catalog.h"
#include "exchange/exchange.h"
#include "routing/plan.h"

#include <cstdint>
#include <optional>
#include <string_view>

namespace bifrost::exchange {

// Of the model as the provider that was asked calls it; null: not in the catalog. What a custom
// provider offers is taken for what its base type sells under that name.
[[nodiscard]] const catalog::Model* model_facts(const Exchange& exchange,
                                                const provider::Endpoint& endpoint,
                                                std::string_view model);

// In nano-dollars, of what has been seen of the answer so far. Nothing: nobody answered, or the
// price or the usage is not known.
[[nodiscard]] std::optional<std::int64_t> cost_of(const Exchange& exchange);

}  // namespace bifrost::exchange
