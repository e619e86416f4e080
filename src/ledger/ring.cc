#include "ledger/ring.h"

#include <cstring>

namespace bifrost::ledger {

// A head that says what may be true of one at this place.
std::optional<RecordHead> RingView::head_in(std::size_t granule) const {
  const std::size_t at = granule * kGranuleBytes;
  RecordHead head;
  std::memcpy(&head, bytes_.data() + at, sizeof(head));
  const bool plausible = head.magic == RecordHead::kMagic && head.sequence != 0 &&
                         head.sequence % granules() == granule && head.bytes >= sizeof(head) &&
                         head.bytes % sizeof(std::uint64_t) == 0 && head.bytes <= kRecordBytesMax &&
                         head.bytes <= bytes_.size() - at;
  if (!plausible) return std::nullopt;
  return head;
}

// All of the record but its checksum.
std::span<const std::byte> RingView::rest_of(const RecordHead& head, std::size_t granule) const {
  return bytes_.subspan(granule * kGranuleBytes, head.bytes).subspan(sizeof(head.checksum));
}

std::optional<RingRecord> RingView::record_in(std::size_t granule) const {
  const auto head = head_in(granule);
  if (!head) return std::nullopt;
  const auto rest = rest_of(*head, granule);
  if (checksum(rest) != head->checksum) return std::nullopt;
  RingRecord record{.sequence = head->sequence,
                    .granules = (head->bytes + kGranuleBytes - 1) / kGranuleBytes,
                    .body = std::nullopt};
  if (head->kind == kKindEnded && head->version == kVersion) {
    record.body = read_body(rest.subspan(sizeof(RecordHead) - sizeof(head->checksum)));
  }
  return record;
}

std::optional<RingRecord> RingView::record_at(std::uint64_t sequence) const {
  auto record = record_in(sequence % granules());
  if (record && record->sequence != sequence) record.reset();
  return record;
}

bool RingView::torn_in(std::size_t granule) const {
  const auto head = head_in(granule);
  return head && checksum(rest_of(*head, granule)) != head->checksum;
}

}  // namespace bifrost::ledger
