#include "governance/principal.h"

#include <algorithm>

namespace bifrost::governance {

Limits Principal::limits_at(std::string_view provider) const {
  const auto found = std::ranges::find(at_providers, provider, &ProviderLimits::provider);
  return found == at_providers.end() ? Limits() : Limits(found->limits);
}

std::vector<std::string_view> Principal::full_providers(WallTime now) const {
  std::vector<std::string_view> out;
  for (const ProviderLimits& at : at_providers) {
    const auto full = [&](const auto& limit) { return !limit->has_room(now); };
    // NOLINTNEXTLINE(performance-inefficient-vector-operation): mostly none is
    if (std::ranges::any_of(at.limits, full)) out.emplace_back(at.provider);
  }
  return out;
}

const Principal& anybody() {
  static const Principal kAnybody{.name = "anybody"};
  return kAnybody;
}

}  // namespace bifrost::governance
