// The sums of usage by the hour: `usage_hourly`, of which reports are made.
#pragma once

#include "base/result.h"
#include "store/ledger_store.h"
#include "store/sql.h"

#include <cstdint>
#include <span>

namespace bifrost::store {

inline constexpr std::int64_t kHour = std::int64_t{3'600} * 1'000'000'000;  // in nanoseconds

// In the transaction that stores the rows.
Result<void> add_hours(sql::Connection& connection, std::span<const UsageRow> rows);

}  // namespace bifrost::store
