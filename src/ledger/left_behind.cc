#include "ledger/left_behind.h"

#include "base/try.h"
#include "ledger/ring.h"

#include <algorithm>
#include <cstring>
#include <optional>
#include <unordered_set>
#include <utility>

namespace bifrost::ledger {
namespace {

// A process may die before it has written the head.
bool never_begun(std::span<const std::byte> file) {
  return std::ranges::all_of(file.first(std::min(file.size(), kHeaderBytes)),
                             [](std::byte byte) { return byte == std::byte{0}; });
}

Result<Header> header_of(std::span<const std::byte> file) {
  Header header;
  if (file.size() < kHeaderBytes) {
    return gateway_error(ErrorCode::kInternal, "it is too short for a journal");
  }
  std::memcpy(&header, file.data(), sizeof(header));
  if (header.magic != Header::kMagic ||
      header.checksum != checksum(file.first(offsetof(Header, checksum)))) {
    return gateway_error(ErrorCode::kInternal, "it is no journal, or its head is damaged");
  }
  if (header.version != kVersion) {
    return gateway_error(ErrorCode::kInternal, "it is a journal of another version");
  }
  const std::size_t bytes = kHeaderBytes + std::size_t{header.slot_count} * kSlotBytes +
                            std::size_t{header.granule_count} * kGranuleBytes;
  if (header.granule_count == 0 || bytes != file.size()) {
    return gateway_error(ErrorCode::kInternal, "it is not as long as its head says");
  }
  return header;
}

std::optional<Progress> progress_at(std::span<const std::byte> bytes, std::uint64_t request) {
  Progress progress;
  std::memcpy(&progress, bytes.data(), sizeof(progress));
  const auto rest = bytes.first(sizeof(progress)).subspan(sizeof(progress.checksum));
  if (progress.request != request || progress.checksum != checksum(rest)) return std::nullopt;
  return progress;
}

std::optional<Progress> last_progress(std::span<const std::byte> slot, std::uint64_t request) {
  const auto first = progress_at(slot.subspan(kProgressAt), request);
  const auto second = progress_at(slot.subspan(kProgressAt + sizeof(Progress)), request);
  if (!first || (second && second->count > first->count)) return second;
  return first;
}

std::int64_t amount_of(store::UsageUnit unit, const store::UsageRow& row) {
  switch (unit) {
    case store::UsageUnit::kRequests:
      return 1;
    case store::UsageUnit::kTokens:
      return std::max<std::int64_t>(0, row.usage.total());
    case store::UsageUnit::kNanoDollars:
      return std::max<std::int64_t>(0, row.nano_dollars);
  }
  std::unreachable();
}

// What the request had used when it was heard of last, in place of what it held.
void charge(store::UsageRow& row, const std::optional<Progress>& progress) {
  if (progress) {
    row.usage = progress->classes.usage(row.usage.known);
    row.nano_dollars = progress->nano_dollars;
  }
  row.flags |= store::UsageRow::kRecovered | store::UsageRow::kEstimated | store::UsageRow::kFailed;
  for (store::LimitUse& use : row.limits) use.amount = amount_of(use.unit, row);
}

class FileReader {
 public:
  FileReader(std::span<const std::byte> file, const Header& header)
      : slots_(file.subspan(kHeaderBytes, std::size_t{header.slot_count} * kSlotBytes)),
        ring_(file.subspan(kHeaderBytes + slots_.size())) {
    out_.id = {.node = header.node, .worker = static_cast<std::int32_t>(header.worker)};
  }

  LeftBehind read() {
    read_ring();
    for (std::size_t at = 0; at < slots_.size(); at += kSlotBytes) {
      read_slot(slots_.subspan(at, kSlotBytes));
    }
    return std::move(out_);
  }

 private:
  void read_ring() {
    for (std::size_t granule = 0; granule < ring_.granules();) {
      auto record = ring_.record_in(granule);
      if (!record) {
        if (ring_.torn_in(granule)) ++out_.damaged;
        ++granule;
        continue;
      }
      granule += record->granules;
      add_ended(*record);
    }
    std::ranges::sort(out_.ended, {}, &store::UsageRow::sequence);
  }

  void add_ended(RingRecord& record) {
    // No program counts so far.
    constexpr std::uint64_t kSequenceMax = std::uint64_t{1} << 62;
    if (record.sequence > kSequenceMax) {
      ++out_.damaged;
      return;
    }
    out_.next = std::max(out_.next, static_cast<std::int64_t>(record.sequence + record.granules));
    if (!record.body) {
      ++out_.unknown;
      return;
    }
    ended_.insert(record.body->request);
    store::UsageRow& row = out_.ended.emplace_back(std::move(record.body->row));
    row.journal = out_.id;
    row.sequence = static_cast<std::int64_t>(record.sequence);
  }

  void read_slot(std::span<const std::byte> slot) {
    SlotHead head;
    std::memcpy(&head, slot.data(), sizeof(head));
    if (head.request == 0 || ended_.contains(head.request)) return;
    auto body = body_of(slot, head);
    if (!body) {
      ++out_.damaged;
      return;
    }
    charge(body->row, last_progress(slot, head.request));
    body->row.journal = out_.id;
    out_.running.push_back(std::move(body->row));
  }

  static std::optional<Body> body_of(std::span<const std::byte> slot, const SlotHead& head) {
    if (head.version != kVersion || head.bytes > kSlotBodyBytesMax ||
        head.bytes % sizeof(std::uint64_t) != 0) {
      return std::nullopt;
    }
    const auto bytes = slot.subspan(sizeof(head), head.bytes);
    if (checksum(bytes) != head.checksum) return std::nullopt;
    auto body = read_body(bytes);
    if (body && body->request != head.request) body.reset();
    return body;
  }

  std::span<const std::byte> slots_;
  RingView ring_;
  std::unordered_set<std::uint64_t> ended_;  // numbers of requests
  LeftBehind out_;
};

}  // namespace

Result<LeftBehind> read_left_behind(std::span<const std::byte> file) {
  if (never_begun(file)) return LeftBehind{};
  BF_TRY(const Header header, header_of(file));
  return FileReader(file, header).read();
}

}  // namespace bifrost::ledger
