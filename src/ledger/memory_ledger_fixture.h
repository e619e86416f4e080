// A ledger that lasts as long as the process, for tests.
#pragma once

#include "store/ledger_store.h"

#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace bifrost::ledger {

// Thread-safe, so that a test can look while a writer writes.
class MemoryLedger final : public store::LedgerStore {
 public:
  Result<void> append(const store::LedgerBatch& batch) override {
    const std::scoped_lock lock(mutex_);
    if (error_) return *error_;
    for (const store::UsageRow& row : batch.rows) {
      if (rows_.contains({row.journal, row.sequence})) {
        return gateway_error(ErrorCode::kInternal, "a row of usage is there already");
      }
    }
    for (const store::UsageRow& row : batch.rows) {
      rows_.emplace(std::pair(row.journal, row.sequence), row);
      for (const store::LimitUse& use : row.limits) {
        counts_[{use.limit, use.window}].used += use.amount;
      }
    }
    for (const store::JournalPosition& position : batch.positions) {
      positions_[position.journal] = position.next;
    }
    if (std::exchange(lose_answer_, false)) {
      return gateway_error(ErrorCode::kInternal, "the connection broke");
    }
    return {};
  }
  Result<void> open_counters(const std::vector<store::LimitCounter>& counters) override {
    const std::scoped_lock lock(mutex_);
    if (error_) return *error_;
    for (const store::LimitCounter& counter : counters) {
      counts_.try_emplace({counter.limit, counter.window}, counter.used, counter.opening);
    }
    return {};
  }
  Result<std::vector<store::LimitCounter>> counters() override {
    const std::scoped_lock lock(mutex_);
    if (error_) return *error_;
    std::vector<store::LimitCounter> out;
    out.reserve(counts_.size());
    for (const auto& [key, count] : counts_) out.push_back(counter_of(key, count));
    return out;
  }
  Result<std::int64_t> position(const store::JournalId& journal) override {
    const std::scoped_lock lock(mutex_);
    if (error_) return *error_;
    const auto found = positions_.find(journal);
    return found == positions_.end() ? std::int64_t{0} : found->second;
  }
  Result<void> forget_positions(std::int64_t node) override {
    const std::scoped_lock lock(mutex_);
    if (error_) return *error_;
    std::erase_if(positions_, [&](const auto& entry) { return entry.first.node == node; });
    return {};
  }
  Result<std::vector<store::Recount>> recount() override {
    const std::scoped_lock lock(mutex_);
    if (error_) return *error_;
    std::map<Counts::key_type, std::int64_t> sums;
    for (const auto& [name, row] : rows_) {
      for (const store::LimitUse& use : row.limits) sums[{use.limit, use.window}] += use.amount;
    }
    std::vector<store::Recount> out;
    out.reserve(counts_.size());
    for (const auto& [key, count] : counts_) {
      out.push_back({.counter = counter_of(key, count), .used = count.opening + sums[key]});
    }
    return out;
  }

  // From now on everything fails with it; nothing: it works again.
  void fail_with(std::optional<Error> error) {
    const std::scoped_lock lock(mutex_);
    error_ = std::move(error);
  }
  // The next batch is stored, but its answer is lost.
  void lose_next_answer() {
    const std::scoped_lock lock(mutex_);
    lose_answer_ = true;
  }
  [[nodiscard]] std::vector<store::UsageRow> rows() const {
    const std::scoped_lock lock(mutex_);
    std::vector<store::UsageRow> out;
    out.reserve(rows_.size());
    for (const auto& [name, row] : rows_) out.push_back(row);
    return out;
  }

 private:
  struct Count {
    std::int64_t used = 0;
    std::int64_t opening = 0;
  };
  using Counts = std::map<std::pair<std::string, store::UsageWindow>, Count>;

  static store::LimitCounter counter_of(const Counts::key_type& key, const Count& count) {
    return {.limit = key.first, .window = key.second, .used = count.used, .opening = count.opening};
  }

  mutable std::mutex mutex_;
  std::map<std::pair<store::JournalId, std::int64_t>, store::UsageRow> rows_;
  std::map<store::JournalId, std::int64_t> positions_;
  Counts counts_;
  std::optional<Error> error_;
  bool lose_answer_ = false;
};

}  // namespace bifrost::ledger
