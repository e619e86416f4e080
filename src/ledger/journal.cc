#include "ledger/journal.h"

#include "base/assert.h"
#include "base/try.h"
#include "ledger/ring.h"

#include <algorithm>
#include <cstring>
#include <span>

namespace bifrost::ledger {
namespace {

// The writer is seldom far behind: as long as it keeps up, the same little memory is used again.
constexpr std::uint64_t kWarmGranules = 4096;
// What the end of a request may say in more words than its beginning: key, model.
constexpr std::size_t kMoreGranules = 8;

std::size_t granules_of(std::size_t bytes) { return (bytes + kGranuleBytes - 1) / kGranuleBytes; }

std::size_t record_granules(const Settlement& settlement) {
  return granules_of(sizeof(RecordHead) + body_bytes(settlement));
}

Header header_of(const store::JournalId& id, const JournalSize& size) {
  Header header{.worker = static_cast<std::uint32_t>(id.worker),
                .node = id.node,
                .slot_count = static_cast<std::uint32_t>(size.slots),
                .granule_count = static_cast<std::uint32_t>(size.granules)};
  header.checksum =
      checksum(std::as_bytes(std::span(&header, 1)).first(offsetof(Header, checksum)));
  return header;
}

}  // namespace

Entry& Entry::operator=(Entry&& other) noexcept {
  if (this == &other) return *this;
  drop();
  journal_ = std::exchange(other.journal_, nullptr);
  slot_ = other.slot_;
  request_ = other.request_;
  progress_count_ = other.progress_count_;
  promised_ = other.promised_;
  return *this;
}

void Entry::hold(const Settlement& expected) {
  const std::size_t promised = record_granules(expected) + kMoreGranules;
  journal_->promised_ += promised - promised_;
  promised_ = promised;
  journal_->fill(slot_, request_, expected);
}

void Entry::progress(const llm::Usage& usage, std::int64_t nano_dollars) {
  if (slot_ == journal_->size_.slots) return;
  ++progress_count_;
  Progress progress{.request = request_,
                    .count = progress_count_,
                    .classes = Classes::of(usage),
                    .nano_dollars = nano_dollars};
  const auto bytes = std::as_bytes(std::span(&progress, 1));
  progress.checksum = checksum(bytes.subspan(sizeof(progress.checksum)));
  std::byte* const at =
      journal_->slot(slot_) + kProgressAt + (progress_count_ % 2) * sizeof(Progress);
  std::memcpy(at, bytes.data(), bytes.size());
}

void Entry::end(const Settlement& settlement) {
  if (journal_ == nullptr) return;
  journal_->append(request_,
                   settlement);  // before its slot is free: it may be read twice, not lost
  drop();
}

void Entry::drop() {
  if (journal_ == nullptr) return;
  std::exchange(journal_, nullptr)->done(slot_, promised_);
}

Result<std::unique_ptr<Journal>> Journal::create(const std::string& path,
                                                 const store::JournalId& id,
                                                 const JournalSize& size, const Clock& clock) {
  BF_TRY(MappedFile file, MappedFile::create(path, size.file_bytes()));
  return std::unique_ptr<Journal>(new Journal(std::move(file), id, size, clock));  // NOLINT
}

Journal::Journal(MappedFile file, const store::JournalId& id, const JournalSize& size,
                 const Clock& clock)
    : file_(std::move(file)),
      id_(id),
      size_(size),
      clock_(clock),
      ring_(file_.data() + kHeaderBytes + size.slots * kSlotBytes) {
  BF_ASSERT(size.granules * kGranuleBytes >= 2 * kRecordBytesMax);
  const Header header = header_of(id, size);
  std::memcpy(file_.data(), &header, sizeof(header));
  free_slots_.reserve(size.slots);
  for (std::size_t i = size.slots; i > 0; --i) {
    free_slots_.push_back(static_cast<std::uint32_t>(i - 1));
  }
}

Entry Journal::begin() {
  std::size_t slot = size_.slots;  // none: only its end is written
  if (!free_slots_.empty()) {
    slot = free_slots_.back();
    free_slots_.pop_back();
  }
  running_.store(running_.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
  return {*this, slot, ++last_request_};
}

bool Journal::has_room() const {
  // At the end of the ring as much may be skipped as a record is long.
  constexpr std::size_t kSpare = 2 * ((kRecordBytesMax + kGranuleBytes - 1) / kGranuleBytes);
  const std::uint64_t released = released_.load(std::memory_order_acquire);
  const std::uint64_t used = next_ - std::min(next_, std::max(released, oldest_));
  return used + promised_ + kSpare <= size_.granules;
}

void Journal::fill(std::size_t slot, std::uint64_t request, const Settlement& expected) {
  if (slot == size_.slots) return;
  clear(slot);
  Settlement held = expected;
  std::size_t bytes = body_bytes(held);
  while (bytes > kSlotBodyBytesMax) {
    held.shares = held.shares.first(held.shares.size() - 1);
    held.flags |= store::UsageRow::kLimitsCut;
    bytes = body_bytes(held);
  }
  SlotHead head{.request = request, .bytes = static_cast<std::uint32_t>(bytes)};
  std::byte* const at = this->slot(slot);
  write_body(held, request, {at + sizeof(head), bytes});
  head.checksum = checksum({at + sizeof(head), bytes});
  // The request's number last: until then the slot is free.
  std::memcpy(at + sizeof(head.request),
              std::as_bytes(std::span(&head, 1)).data() + sizeof(head.request),
              sizeof(head) - sizeof(head.request));
  std::atomic_signal_fence(std::memory_order_release);
  std::memcpy(at, &head.request, sizeof(head.request));
}

void Journal::clear(std::size_t slot) {
  constexpr std::uint64_t kFree = 0;
  std::memcpy(this->slot(slot), &kFree, sizeof(kFree));
  std::atomic_signal_fence(std::memory_order_seq_cst);
}

void Journal::done(std::size_t slot, std::size_t promised) {
  promised_ -= promised;
  running_.store(running_.load(std::memory_order_relaxed) - 1, std::memory_order_relaxed);
  if (slot == size_.slots) return;
  clear(slot);
  free_slots_.push_back(static_cast<std::uint32_t>(slot));  // there is room: it was one of them
}

bool Journal::place(std::size_t granules) {
  const std::uint64_t released = released_.load(std::memory_order_acquire);
  const std::uint64_t at = next_ % size_.granules;
  const bool caught_up = released >= next_;
  std::uint64_t begin = next_;
  if (at + granules > size_.granules || (caught_up && at >= kWarmGranules)) {
    begin += size_.granules - at;
  }
  if (caught_up) {
    oldest_ = begin;  // nothing waits, so what is skipped is free at once
  } else if (begin + granules - std::max(released, oldest_) > size_.granules) {
    return false;
  }
  next_ = begin;
  return true;
}

void Journal::append(std::uint64_t request, const Settlement& settlement) {
  const std::size_t body = body_bytes(settlement);
  const std::size_t granules = granules_of(sizeof(RecordHead) + body);
  if (!place(granules)) {
    lost_.fetch_add(1, std::memory_order_relaxed);
    return;
  }
  std::byte* const at = ring_ + (next_ % size_.granules) * kGranuleBytes;
  RecordHead head{.sequence = next_,
                  .bytes = static_cast<std::uint32_t>(sizeof(RecordHead) + body)};
  write_body(settlement, request, {at + sizeof(head), body});
  std::memcpy(at, &head, sizeof(head));
  head.checksum = checksum({at + sizeof(head.checksum), head.bytes - sizeof(head.checksum)});
  std::memcpy(at, &head.checksum, sizeof(head.checksum));
  next_ += granules;
  written_.store(written_.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
  published_.store(next_, std::memory_order_release);
}

std::uint64_t Journal::take(std::vector<store::UsageRow>& rows, std::size_t rows_max) const {
  const std::uint64_t from = released_.load(std::memory_order_relaxed);
  const std::uint64_t to = published_.load(std::memory_order_acquire);
  const RingView ring({ring_, size_.granules * kGranuleBytes});
  std::uint64_t at = from;
  while (at < to && rows_max > 0) {
    auto record = ring.record_at(at);
    if (!record) {  // from there on the rest of the ring was skipped
      at = std::min(to, at + size_.granules - at % size_.granules);
      continue;
    }
    at += record->granules;
    if (!record->body) continue;
    record->body->row.journal = id_;
    record->body->row.sequence = static_cast<std::int64_t>(record->sequence);
    rows.push_back(std::move(record->body->row));
    --rows_max;
  }
  return at;
}

void Journal::release(std::uint64_t next, std::size_t rows) {
  stored_.fetch_add(rows, std::memory_order_relaxed);
  released_.store(next, std::memory_order_release);
}

std::uint64_t Journal::waiting() const {
  const std::uint64_t stored = stored_.load(std::memory_order_relaxed);
  return std::max(written_.load(std::memory_order_relaxed), stored) - stored;
}

}  // namespace bifrost::ledger
