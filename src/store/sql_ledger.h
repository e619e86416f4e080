// The ledger in a database.
#pragma once

#include "store/ledger_store.h"
#include "store/sql.h"

#include <memory>
#include <utility>

namespace bifrost::store {

// The step of the schema (migrations.h) from which its rows are read as they are.
inline constexpr std::int64_t kUsageSince = 2;

class SqlLedger final : public LedgerStore {
 public:
  // The schema is that of this program: see migrate.
  explicit SqlLedger(std::unique_ptr<sql::Connection> connection)
      : connection_(std::move(connection)) {}

  Result<void> append(const LedgerBatch& batch) override;
  Result<void> open_counters(const std::vector<LimitCounter>& counters) override;
  Result<std::vector<LimitCounter>> counters() override;
  Result<std::int64_t> position(const JournalId& journal) override;
  Result<void> forget_positions(std::int64_t node) override;
  Result<std::vector<Recount>> recount() override;

 private:
  Result<void> append_all(const LedgerBatch& batch);
  Result<void> insert(const UsageRow& row);
  Result<void> add_counts(const LedgerBatch& batch);
  Result<void> set_position(const JournalPosition& position);
  Result<std::vector<Recount>> recount_all();

  std::unique_ptr<sql::Connection> connection_;
};

}  // namespace bifrost::store
