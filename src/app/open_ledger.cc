#include "app/open_ledger.h"

#include "app/connect_store.h"
#include "base/random.h"
#include "base/try.h"
#include "store/migrations.h"
#include "store/sql_ledger.h"
#include "store/sql_usage.h"

#include <chrono>
#include <filesystem>
#include <utility>

namespace bifrost::app {
namespace {

WallTime time_of(std::int64_t nanoseconds) {
  return WallTime(
      std::chrono::duration_cast<WallTime::duration>(std::chrono::nanoseconds(nanoseconds)));
}

std::int64_t nanoseconds_of(WallTime time) {
  return std::chrono::nanoseconds(time.time_since_epoch()).count();
}

// A clock that was wrong may have begun windows that are far away.
bool may_be_now(const store::UsageWindow& window, WallTime now) {
  const std::int64_t at = nanoseconds_of(now);
  return window.start <= at || window.start - at <= window.end - window.start;
}

}  // namespace

Result<std::unique_ptr<store::LedgerStore>> look_at_ledger(const store::StoreSettings& settings,
                                                           const std::string& app_dir) {
  BF_TRY(auto connection, connect_to_look(settings, app_dir));
  BF_TRY_VOID(store::check_readable(*connection, "usage", store::kUsageSince));
  return std::make_unique<store::SqlLedger>(std::move(connection));
}

Result<OpenedLedger> open_ledger(const LedgerPlace& place, const Clock& clock) {
  OpenedLedger out;
  BF_TRY(auto writing, connect_store(place.store, place.app_dir));
  out.store = std::make_unique<store::SqlLedger>(std::move(writing));
  BF_TRY(out.ledger, ledger::Ledger::open(
                         {.folder = (std::filesystem::path(place.app_dir) / "journal").string(),
                          .workers = place.workers,
                          .settings = place.settings},
                         *out.store, clock, Random::from_entropy()));
  BF_TRY(auto reading, connect_for_reports(place.store, place.app_dir, clock));
  out.reports = std::make_unique<store::SqlUsageReports>(std::move(reading));
  BF_TRY(out.counters, out.store->counters());
  return out;
}

void keep_usage(const std::vector<store::LimitCounter>& counters, governance::LimitBook& book,
                WallTime now) {
  for (const store::LimitCounter& counter : counters) {
    if (!may_be_now(counter.window, now)) continue;
    book.keep(counter.limit, {.window = {.start = time_of(counter.window.start),
                                         .end = time_of(counter.window.end)},
                              .used = counter.used});
  }
}

std::vector<store::LimitCounter> openings_of(governance::LimitBook& book) {
  std::vector<store::LimitCounter> out;
  for (auto& [id, kept] : book.take_openings()) {
    out.push_back({.limit = std::move(id),
                   .window = {.start = nanoseconds_of(kept.window.start),
                              .end = nanoseconds_of(kept.window.end)},
                   .used = kept.used,
                   .opening = kept.used});
  }
  return out;
}

}  // namespace bifrost::app
