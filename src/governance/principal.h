// Who asks, as the configuration knows him: an immutable entry of the snapshot, found from the head
// of a request and held with the snapshot to the request's end.
#pragma once

#include "base/clock.h"
#include "governance/limit.h"
#include "routing/constraints.h"

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace bifrost::governance {

// For people and metrics; empty: there is none.
struct Named {
  std::string id = {};
  std::string name = {};
};

struct Principal {
  std::string id = {};  // of the virtual key
  std::string name;
  std::shared_ptr<const Named> team = nullptr;
  std::shared_ptr<const Named> customer = nullptr;

  bool active = true;
  std::optional<WallTime> expires_at = std::nullopt;
  // Of one that is found by a value that it had before: from then on nobody knows the value.
  std::optional<WallTime> known_until = std::nullopt;
  routing::Access access = {};

  // The limits that its requests fall under, wherever they go, in the order in which they are held.
  std::vector<std::shared_ptr<Limit>> limits = {};
  // And at one provider.
  struct ProviderLimits {
    std::string provider;
    std::vector<std::shared_ptr<Limit>> limits;
  };
  std::vector<ProviderLimits> at_providers = {};

  [[nodiscard]] Limits limits_at(std::string_view provider) const;
  // Where nothing is left of the limits at one provider.
  [[nodiscard]] std::vector<std::string_view> full_providers(WallTime now) const;
};

// Whoever shows no credential where none is demanded.
[[nodiscard]] const Principal& anybody();

}  // namespace bifrost::governance
