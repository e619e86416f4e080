// Where a call may go: what routing rules make of what was asked for, and the plan of that.
#pragma once

#include "base/clock.h"
#include "base/random.h"
#include "dialect/request.h"
#include "exchange/request_view.h"
#include "routing/plan.h"
#include "routing/rules.h"

namespace bifrost::exchange {

struct CallPlan {
  const routing::Rule* rule = nullptr;  // that has routed it, of the snapshot; null: none
  routing::Plan plan;
};

// How it was come to, for whoever asks why.
struct CallTrail {
  routing::RuleTrail rules = {};
  routing::PlanTrail plan = {};
};

// What is drawn is drawn by `random`. Fails as routing::plan does. `trail` may be null.
[[nodiscard]] Result<CallPlan> plan_call(const RequestView& request,
                                         const dialect::RequestFacts& facts, WallTime now,
                                         Random& random, CallTrail* trail = nullptr);

}  // namespace bifrost::exchange
