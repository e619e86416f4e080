// The journal of one worker: what its requests hold and have used, in a mapped file, so that it
// survives the process.
//
//   ledger::Entry entry = journal.begin();
//   entry.hold(expected);                 // goes to a provider
//   entry.progress(usage, nano_dollars);  // of a stream, as it comes
//   entry.end(settlement);                // or is dropped with the entry: it has used nothing
//
// Nothing here makes a system call, takes a lock or allocates: writing is a copy into memory. The
// worker's thread writes; one other thread takes what has ended (`take`, `release`).
#pragma once

#include "base/clock.h"
#include "base/result.h"
#include "ledger/mapped_file.h"
#include "ledger/record.h"
#include "store/ledger_store.h"

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace bifrost::ledger {

class Journal;

// A request in the journal, from its way to a provider to its end.
class Entry {
 public:
  Entry() = default;
  Entry(Entry&& other) noexcept { *this = std::move(other); }
  Entry& operator=(Entry&& other) noexcept;
  Entry(const Entry&) = delete;
  Entry& operator=(const Entry&) = delete;
  ~Entry() { drop(); }

  explicit operator bool() const { return journal_ != nullptr; }
  // Room to put a settlement's shares together, until the next one.
  [[nodiscard]] std::span<Share, kSharesMax> scratch() const;
  [[nodiscard]] const Journal* journal() const { return journal_; }

  // What counts if this is the last that is heard of it, in place of what was held before.
  void hold(const Settlement& expected);
  void progress(const llm::Usage& usage, std::int64_t nano_dollars);
  // Only the first call counts.
  void end(const Settlement& settlement);
  // It has used nothing, and is no row.
  void drop();

 private:
  friend class Journal;
  Entry(Journal& journal, std::size_t slot, std::uint64_t request)
      : journal_(&journal), slot_(slot), request_(request) {}

  Journal* journal_ = nullptr;  // null: it has ended
  std::size_t slot_ = 0;
  std::uint64_t request_ = 0;
  std::uint64_t progress_count_ = 0;
  std::size_t promised_ = 0;  // granules that its end will take
};

struct JournalSize {
  std::size_t slots = 4096;
  std::size_t granules = 131'072;

  [[nodiscard]] std::size_t file_bytes() const {
    return kHeaderBytes + slots * kSlotBytes + granules * kGranuleBytes;
  }
};

class Journal {
 public:
  // Makes the file, with all its room: a disk that is full later does no harm. `clock` outlives the
  // journal. Fails with kStoreUnavailable.
  static Result<std::unique_ptr<Journal>> create(const std::string& path,
                                                 const store::JournalId& id,
                                                 const JournalSize& size, const Clock& clock);
  Journal(const Journal&) = delete;
  Journal& operator=(const Journal&) = delete;
  ~Journal() = default;

  // On the worker's thread.
  [[nodiscard]] Entry begin();
  // For the end of one request more than those that run.
  [[nodiscard]] bool has_room() const;
  [[nodiscard]] WallTime now() const { return clock_.wall(); }

  // On the thread that moves what has ended into a store: rows that wait, up to `rows_max`.
  // Returns the position behind them, for `release`.
  std::uint64_t take(std::vector<store::UsageRow>& rows, std::size_t rows_max) const;
  // All before `next` is stored: its room may be used again.
  void release(std::uint64_t next, std::size_t rows);

  [[nodiscard]] const store::JournalId& id() const { return id_; }
  // From any thread.
  [[nodiscard]] std::uint64_t waiting() const;  // ended and not stored
  [[nodiscard]] std::uint64_t lost() const { return lost_.load(std::memory_order_relaxed); }
  [[nodiscard]] std::uint64_t running() const { return running_.load(std::memory_order_relaxed); }

 private:
  friend class Entry;

  Journal(MappedFile file, const store::JournalId& id, const JournalSize& size, const Clock& clock);

  [[nodiscard]] std::byte* slot(std::size_t index) {
    return file_.data() + kHeaderBytes + index * kSlotBytes;
  }
  void fill(std::size_t slot, std::uint64_t request, const Settlement& expected);
  void clear(std::size_t slot);
  void append(std::uint64_t request, const Settlement& settlement);
  // Where a record of so many granules begins; moves on over what is left of the ring.
  bool place(std::size_t granules);
  void done(std::size_t slot, std::size_t promised);

  MappedFile file_;
  const store::JournalId id_;
  const JournalSize size_;
  const Clock& clock_;
  std::byte* const ring_;

  // Of the worker's thread.
  std::array<Share, kSharesMax> scratch_;
  std::vector<std::uint32_t> free_slots_;
  std::uint64_t last_request_ = 0;
  std::uint64_t next_ = 1;    // granule that is written next
  std::uint64_t oldest_ = 1;  // nothing before it waits
  std::size_t promised_ = 0;  // granules for the ends of those that run

  std::atomic<std::uint64_t> published_{1};  // granules before it can be read
  std::atomic<std::uint64_t> released_{1};   // granules before it may be written
  std::atomic<std::uint64_t> written_{0};    // records
  std::atomic<std::uint64_t> stored_{0};     // records
  std::atomic<std::uint64_t> lost_{0};
  std::atomic<std::uint64_t> running_{0};
};

inline std::span<Share, kSharesMax> Entry::scratch() const { return journal_->scratch_; }

}  // namespace bifrost::ledger
