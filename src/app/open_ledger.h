// The ledger in the database, and what it says of limits.
#pragma once

#include "base/clock.h"
#include "base/result.h"
#include "governance/limit_book.h"
#include "ledger/ledger.h"
#include "store/ledger_store.h"
#include "store/settings.h"
#include "store/usage_report.h"

#include <memory>
#include <string>
#include <vector>

namespace bifrost::app {

// For who only looks: the database is there, and stays as it is.
[[nodiscard]] Result<std::unique_ptr<store::LedgerStore>> look_at_ledger(
    const store::StoreSettings& settings, const std::string& app_dir);

struct LedgerPlace {
  store::StoreSettings store;
  std::string app_dir;  // has the journals
  std::size_t workers = 1;
  ledger::Settings settings;
};

struct OpenedLedger {
  std::unique_ptr<store::LedgerStore> store;
  std::unique_ptr<ledger::Ledger> ledger;  // borrows the store
  std::unique_ptr<store::UsageReports> reports;
  std::vector<store::LimitCounter> counters;
};

// What earlier runs left behind is in the store and in the counters afterwards. The schema is
// there, as the configuration in the same database has made it. `clock` outlives it. Fails with
// kStoreUnavailable.
[[nodiscard]] Result<OpenedLedger> open_ledger(const LedgerPlace& place, const Clock& clock);

// Limits that are made from now on go on where earlier runs ended.
void keep_usage(const std::vector<store::LimitCounter>& counters, governance::LimitBook& book,
                WallTime now);

// Limits that were new, with what was used of them before; for the store.
[[nodiscard]] std::vector<store::LimitCounter> openings_of(governance::LimitBook& book);

}  // namespace bifrost::app
