// Moves what a journal that was left behind says into the store, so that it counts once.
#pragma once

#include "ledger/left_behind.h"
#include "store/ledger_store.h"

namespace bifrost::ledger {

struct Recovered {
  std::size_t ended = 0;    // requests that had ended and were not stored
  std::size_t running = 0;  // that had not
};

// In as many transactions as it needs; may be repeated after any of them.
Result<Recovered> recover(LeftBehind left, store::LedgerStore& store);

}  // namespace bifrost::ledger
