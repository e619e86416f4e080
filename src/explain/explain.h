// From a request as it would be sent to what would happen to it, by the functions that requests run
// through, and with no effect: nothing is held, counted, learnt or sent.
#pragma once

#include "base/clock.h"
#include "base/random.h"
#include "exchange/router.h"
#include "exchange/snapshot.h"
#include "explain/asked_request.h"
#include "explain/explanation.h"
#include "governance/learnt_use.h"
#include "overload/byte_budget.h"
#include "routing/session_keys.h"

namespace bifrost::explain {

// What it is explained by. All of it outlives the explanation's making.
struct World {
  const exchange::Snapshot& snapshot;
  const exchange::Router& router;
  const governance::LearntUse& learnt_use;
  routing::SessionKeys& session_keys;
  overload::ByteBudget* memory;  // for what is decoded; null: it is not counted
  const Clock& clock;
};

// What is drawn by weight is drawn by `random`; likelihoods are told beside it.
[[nodiscard]] Explanation explain(const World& world, AskedRequest request, Random& random);

}  // namespace bifrost::explain
