// How a plan was come to: rules, the draw among the caller's provider configs, fallbacks.
#pragma once

#include "exchange/plan_call.h"
#include "explain/explanation.h"

namespace bifrost::explain {

// `plan` is null where none came of it.
void tell_plan(const exchange::CallTrail& trail, const exchange::CallPlan* plan, Explanation& out);

}  // namespace bifrost::explain
