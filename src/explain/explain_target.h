// What would be done at one target: its keys, what is held there, and how the request is written.
#pragma once

#include "exchange/call.h"
#include "exchange/request_view.h"
#include "explain/explain.h"
#include "upstream/execute.h"

#include <cstddef>

namespace bifrost::explain {

// A request that is on its way to targets.
struct Planned {
  const World& world;
  const exchange::RequestView& request;
  exchange::Call& call;
  const upstream::Job& job;
  std::size_t body_bytes;
  Random& random;
};

// Fails with what the target would be passed over for; `step` has what was seen until then.
[[nodiscard]] Result<void> explain_target(const Planned& planned, const routing::Target& target,
                                          TargetStep& step);

}  // namespace bifrost::explain
