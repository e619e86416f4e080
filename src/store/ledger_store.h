// Where usage is kept for good: a row for each request, and what is used of each limit.
//
// One caller at a time, which may wait: implementations block. Sums are of integers only, money in
// nano-dollars, moments in nanoseconds since 1970.
#pragma once

#include "base/result.h"
#include "llm/usage.h"

#include <cstdint>
#include <limits>
#include <string>
#include <vector>

namespace bifrost::store {

enum class UsageUnit : std::uint8_t { kRequests, kTokens, kNanoDollars };

// Windows of limits without any are all of time.
struct UsageWindow {
  std::int64_t start = std::numeric_limits<std::int64_t>::min();
  std::int64_t end = std::numeric_limits<std::int64_t>::max();
  friend auto operator<=>(const UsageWindow&, const UsageWindow&) = default;
};

// What a request used of one limit.
struct LimitUse {
  std::string limit;
  UsageUnit unit = UsageUnit::kRequests;
  UsageWindow window;
  std::int64_t amount = 0;
  friend bool operator==(const LimitUse&, const LimitUse&) = default;
};

// One worker of one run of a gateway.
struct JournalId {
  std::int64_t node = 0;  // of the run
  std::int32_t worker = 0;
  friend auto operator<=>(const JournalId&, const JournalId&) = default;
};

struct UsageRow {
  enum Flag : std::uint32_t {
    kEstimated = 1,  // the provider did not tell all of the usage
    kFailed = 2,     // the caller got an error, or not the whole answer
    kRecovered = 4,  // it had not ended when its process did; what was seen of it counts
    kUnpriced = 8,   // the price is not known: it cost nothing here
    kStream = 16,
    kLimitsCut = 32,  // more limits than the record of a running request holds
  };

  JournalId journal;
  std::int64_t sequence = 0;  // together with the journal the row's name
  std::int64_t time = 0;      // of the end
  std::string request_id;
  std::string virtual_key;  // ids; empty: none
  std::string team;
  std::string customer;
  std::string provider;
  std::string provider_key;  // its id
  std::string model;         // as the provider knows it
  llm::Usage usage;
  std::int64_t nano_dollars = 0;
  std::uint32_t flags = 0;
  std::vector<LimitUse> limits;
};

// All of a journal before `next` is stored.
struct JournalPosition {
  JournalId journal;
  std::int64_t next = 0;
  // Of a journal that nobody writes any more.
  static constexpr std::int64_t kFinished = std::numeric_limits<std::int64_t>::max();
};

struct LedgerBatch {
  std::vector<UsageRow> rows;
  std::vector<JournalPosition> positions;
};

struct LimitCounter {
  std::string limit;
  UsageWindow window;
  std::int64_t used = 0;     // `opening` and what the rows say
  std::int64_t opening = 0;  // used before the first row
  friend bool operator==(const LimitCounter&, const LimitCounter&) = default;
};

// A counter, and what it should say by the rows.
struct Recount {
  LimitCounter counter;
  std::int64_t used = 0;
};

class LedgerStore {
 public:
  virtual ~LedgerStore() = default;

  // Rows, sums, counters and positions, all or nothing. A window that is followed by a later one
  // of the same limit may be forgotten.
  virtual Result<void> append(const LedgerBatch& batch) = 0;
  // What was used of limits before their first row. Counters that are there stay as they are.
  virtual Result<void> open_counters(const std::vector<LimitCounter>& counters) = 0;
  virtual Result<std::vector<LimitCounter>> counters() = 0;
  // 0: nothing of it is stored.
  virtual Result<std::int64_t> position(const JournalId& journal) = 0;
  // Its journals are gone, so nobody will ask for their positions.
  virtual Result<void> forget_positions(std::int64_t node) = 0;
  // Of all counters, at one moment. Takes long.
  virtual Result<std::vector<Recount>> recount() = 0;
};

}  // namespace bifrost::store
