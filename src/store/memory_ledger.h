// A ledger that lasts as long as the process, for tests.
#pragma once

#include "store/ledger_store.h"

#include <map>
#include <mutex>
#include <optional>
#include <utility>

namespace bifrost::store {

// Thread-safe, so that a test can look while a writer writes.
class MemoryLedger final : public LedgerStore {
 public:
  Result<void> append(const LedgerBatch& batch) override;
  Result<void> open_counters(const std::vector<LimitCounter>& counters) override;
  Result<std::vector<LimitCounter>> counters() override;
  Result<std::int64_t> position(const JournalId& journal) override;
  Result<void> forget_positions(std::int64_t node) override;
  Result<std::vector<Recount>> recount() override;

  // From now on everything fails with it; nothing: it works again.
  void fail_with(std::optional<Error> error);
  // The next batch is stored, but its answer is lost.
  void lose_next_answer();
  [[nodiscard]] std::vector<UsageRow> rows() const;

 private:
  struct Count {
    std::int64_t used = 0;
    std::int64_t opening = 0;
  };
  using Counts = std::map<std::pair<std::string, UsageWindow>, Count>;

  static LimitCounter counter_of(const Counts::key_type& key, const Count& count);

  mutable std::mutex mutex_;
  std::map<std::pair<JournalId, std::int64_t>, UsageRow> rows_;
  std::map<JournalId, std::int64_t> positions_;
  Counts counts_;
  std::optional<Error> error_;
  bool lose_answer_ = false;
};

}  // namespace bifrost::store
