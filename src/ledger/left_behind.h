// What a journal says that nobody writes any more: the requests that have ended, and those that
// never did.
//
// Reads what may be torn or damaged, and never fails for it: see record.h.
#pragma once

#include "base/result.h"
#include "ledger/record.h"

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace bifrost::ledger {

struct LeftBehind {
  store::JournalId id;
  std::vector<store::UsageRow> ended;  // by sequence
  // At their last progress, without a sequence; flag kRecovered.
  std::vector<store::UsageRow> running;
  std::int64_t next = 1;    // sequence behind the last that ended
  std::size_t damaged = 0;  // records and slots that are not whole
  std::size_t unknown = 0;  // records that another version wrote
};

// `file` is all of a journal; one that was never begun is empty. Fails when it is none, or of
// another version.
Result<LeftBehind> read_left_behind(std::span<const std::byte> file);

}  // namespace bifrost::ledger
