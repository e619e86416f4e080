#include "ledger/recover.h"

#include "base/try.h"

#include <algorithm>
#include <iterator>
#include <utility>

namespace bifrost::ledger {
namespace {

constexpr std::size_t kRowsMax = 2000;  // of one transaction

}  // namespace

Result<Recovered> recover(LeftBehind left, store::LedgerStore& store) {
  if (left.id == store::JournalId{}) return Recovered{};  // never begun
  BF_TRY(const std::int64_t position, store.position(left.id));
  if (position == store::JournalPosition::kFinished) return Recovered{};
  std::erase_if(left.ended, [&](const auto& row) { return row.sequence < position; });
  Recovered out{.ended = left.ended.size(), .running = left.running.size()};
  // Those that never ended come behind all others. They are stored with the last transaction,
  // which says that the journal is finished.
  std::int64_t next = std::max(left.next, position);
  for (store::UsageRow& row : left.running) row.sequence = next++;
  std::vector<store::UsageRow>& rows = left.ended;
  while (rows.size() > kRowsMax) {
    store::LedgerBatch batch;
    const auto end = rows.begin() + kRowsMax;
    batch.rows.assign(std::make_move_iterator(rows.begin()), std::make_move_iterator(end));
    rows.erase(rows.begin(), end);
    batch.positions.push_back({.journal = left.id, .next = rows.front().sequence});
    BF_TRY_VOID(store.append(batch));
  }
  store::LedgerBatch last{.rows = std::move(rows), .positions = {}};
  std::ranges::move(left.running, std::back_inserter(last.rows));
  last.positions.push_back({.journal = left.id, .next = store::JournalPosition::kFinished});
  BF_TRY_VOID(store.append(last));
  return out;
}

}  // namespace bifrost::ledger
