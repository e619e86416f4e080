// The providers that a bare model may go to by the weights of a caller's grants.
#pragma once

#include "catalog/catalog.h"
#include "provider/registry.h"
#include "routing/constraints.h"

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace bifrost::routing {

// Why a grant is in the draw, or is not.
enum class GrantStanding : std::uint8_t {
  kDrawn,
  kNoWeight,
  kNotConfigured,  // its provider
  kRefused,        // the model, by its lists
  kNotServed,      // the model is in no list, and the catalog does not know it there
  kFull,           // the caller's limits at its provider
};
struct ConsideredGrant {
  const Grant* grant = nullptr;
  GrantStanding standing = GrantStanding::kDrawn;
};

struct DrawRequest {
  const Constraints& constraints;
  std::string_view model;           // bare
  const catalog::Catalog* catalog;  // null: only what is listed by name is known to be served
  double number = 0;                // uniform in [0, 1)
  std::span<const std::string_view> full = {};  // providers that are drawn only if all are full
  std::vector<ConsideredGrant>* considered = nullptr;  // told of each grant; null: nobody asks
};

// Those whose grant has a weight and allows the model: the drawn one first, then the others by
// falling weight. A grant that allows all models counts where one of the provider's keys lists the
// model or the catalog says that the provider has it: no model goes to who might not serve it.
[[nodiscard]] std::vector<const provider::Endpoint*> draw(const provider::Registry& registry,
                                                          const DrawRequest& request);

}  // namespace bifrost::routing
