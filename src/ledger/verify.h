// Are the counters of limits what the rows of usage say?
#pragma once

#include "store/ledger_store.h"

#include <span>
#include <vector>

namespace bifrost::ledger {

// The counters that are wrong, of each limit's latest window: those of windows before may have been
// forgotten in part, and nobody asks for them.
[[nodiscard]] std::vector<store::Recount> differences(std::span<const store::Recount> all);

}  // namespace bifrost::ledger
