// Where a call may go: what routing rules make of what was asked for, and the plan of that.
#pragma once

#include "exchange/exchange.h"
#include "exchange/worker_kit.h"

namespace bifrost::exchange {

// `exchange.call` has its facts, and gets the rule that matched and the plan. Fails as
// routing::plan does.
Result<void> plan_call(WorkerKit& kit, Exchange& exchange);

}  // namespace bifrost::exchange
