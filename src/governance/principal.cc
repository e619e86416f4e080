#include "governance/principal.h"

#include <algorithm>

namespace bifrost::governance {

Limits Principal::limits_at(std::string_view provider) const {
  const auto found = std::ranges::find(at_providers, provider, &ProviderLimits::provider);
  return found == at_providers.end() ? Limits() : Limits(found->limits);
}

const Principal& anybody() {
  static const Principal kAnybody{.name = "anybody"};
  return kAnybody;
}

}  // namespace bifrost::governance
