#include "store/memory_ledger.h"

namespace bifrost::store {

Result<void> MemoryLedger::append(const LedgerBatch& batch) {
  const std::scoped_lock lock(mutex_);
  if (error_) return *error_;
  for (const UsageRow& row : batch.rows) {
    if (rows_.contains({row.journal, row.sequence})) {
      return gateway_error(ErrorCode::kInternal, "a row of usage is there already");
    }
  }
  for (const UsageRow& row : batch.rows) {
    rows_.emplace(std::pair(row.journal, row.sequence), row);
    for (const LimitUse& use : row.limits) {
      counts_[{use.limit, use.window}].used += use.amount;
    }
  }
  for (const JournalPosition& position : batch.positions) {
    positions_[position.journal] = position.next;
  }
  if (std::exchange(lose_answer_, false)) {
    return gateway_error(ErrorCode::kInternal, "the connection broke");
  }
  return {};
}

Result<void> MemoryLedger::open_counters(const std::vector<LimitCounter>& counters) {
  const std::scoped_lock lock(mutex_);
  if (error_) return *error_;
  for (const LimitCounter& counter : counters) {
    counts_.try_emplace({counter.limit, counter.window}, counter.used, counter.opening);
  }
  return {};
}

Result<std::vector<LimitCounter>> MemoryLedger::counters() {
  const std::scoped_lock lock(mutex_);
  if (error_) return *error_;
  std::vector<LimitCounter> out;
  out.reserve(counts_.size());
  for (const auto& [key, count] : counts_) out.push_back(counter_of(key, count));
  return out;
}

LimitCounter MemoryLedger::counter_of(const Counts::key_type& key, const Count& count) {
  return {.limit = key.first, .window = key.second, .used = count.used, .opening = count.opening};
}

Result<std::int64_t> MemoryLedger::position(const JournalId& journal) {
  const std::scoped_lock lock(mutex_);
  if (error_) return *error_;
  const auto found = positions_.find(journal);
  return found == positions_.end() ? std::int64_t{0} : found->second;
}

Result<void> MemoryLedger::forget_positions(std::int64_t node) {
  const std::scoped_lock lock(mutex_);
  if (error_) return *error_;
  std::erase_if(positions_, [&](const auto& entry) { return entry.first.node == node; });
  return {};
}

Result<std::vector<Recount>> MemoryLedger::recount() {
  const std::scoped_lock lock(mutex_);
  if (error_) return *error_;
  std::map<Counts::key_type, std::int64_t> sums;
  for (const auto& [name, row] : rows_) {
    for (const LimitUse& use : row.limits) sums[{use.limit, use.window}] += use.amount;
  }
  std::vector<Recount> out;
  out.reserve(counts_.size());
  for (const auto& [key, count] : counts_) {
    out.push_back({.counter = counter_of(key, count), .used = count.opening + sums[key]});
  }
  return out;
}

void MemoryLedger::fail_with(std::optional<Error> error) {
  const std::scoped_lock lock(mutex_);
  error_ = std::move(error);
}

void MemoryLedger::lose_next_answer() {
  const std::scoped_lock lock(mutex_);
  lose_answer_ = true;
}

std::vector<UsageRow> MemoryLedger::rows() const {
  const std::scoped_lock lock(mutex_);
  std::vector<UsageRow> out;
  out.reserve(rows_.size());
  for (const auto& [name, row] : rows_) out.push_back(row);
  return out;
}

}  // namespace bifrost::store
