// Who asks, as the configuration knows him: an immutable entry of the snapshot, found from the head
// of a request and held with the snapshot to the request's end.
#pragma once

#include "governance/reservation.h"
#include "routing/constraints.h"

#include <string>
#include <vector>

namespace bifrost::governance {

struct Principal {
  std::string name;
  routing::Access access = {};
  // The limits that his requests fall under, in the order in which they are held. Never null; they
  // outlive the snapshots, so that a new configuration forgets no use.
  std::vector<Account*> accounts = {};
};

// Whoever shows no credential where none is demanded.
[[nodiscard]] const Principal& anybody();

}  // namespace bifrost::governance
