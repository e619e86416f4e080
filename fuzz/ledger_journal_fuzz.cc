// Journals that were left behind. The input is a whole file, and again what stands behind the head
// of a good one: a slot, then a ring. There checksums are set right where a record seems to begin,
// so that what lies behind them is read.
#include "base/assert.h"
#include "ledger/left_behind.h"
#include "ledger/record.h"

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <span>
#include <vector>

namespace {

using namespace bifrost;
using ledger::kGranuleBytes;
using ledger::kHeaderBytes;
using ledger::kSlotBytes;

void check(std::span<const std::byte> file) {
  const auto left = ledger::read_left_behind(file);
  if (!left) return;
  std::int64_t last = 0;
  for (const store::UsageRow& row : left->ended) {
    BF_ASSERT(row.sequence > last && row.sequence < left->next);
    BF_ASSERT(row.limits.size() <= ledger::kSharesMax);
    last = row.sequence;
  }
  for (const store::UsageRow& row : left->running) {
    BF_ASSERT((row.flags & store::UsageRow::kRecovered) != 0);
    for (const store::LimitUse& use : row.limits) BF_ASSERT(use.amount >= 0);
  }
}

void repair_slot(std::span<std::byte> slot) {
  ledger::SlotHead head;
  std::memcpy(&head, slot.data(), sizeof(head));
  head.bytes = std::min<std::uint32_t>(head.bytes, ledger::kSlotBodyBytesMax) / 8 * 8;
  head.version = ledger::kVersion;
  head.checksum = ledger::checksum(slot.subspan(sizeof(head), head.bytes));
  std::memcpy(slot.data(), &head, sizeof(head));
}

void repair_record(std::span<std::byte> rest) {
  ledger::RecordHead head;
  std::memcpy(&head, rest.data(), sizeof(head));
  if (head.magic != ledger::RecordHead::kMagic || head.bytes < sizeof(head) ||
      head.bytes > rest.size() || head.bytes % 8 != 0) {
    return;
  }
  head.checksum = ledger::checksum(rest.first(head.bytes).subspan(sizeof(head.checksum)));
  std::memcpy(rest.data(), &head, sizeof(head));
}

std::vector<std::byte> with_head(std::span<const std::byte> input) {
  const std::size_t ring = input.size() > kSlotBytes ? input.size() - kSlotBytes : 0;
  const std::size_t granules = std::max<std::size_t>(1, (ring + kGranuleBytes - 1) / kGranuleBytes);
  std::vector<std::byte> file(kHeaderBytes + kSlotBytes + granules * kGranuleBytes);
  std::copy_n(input.begin(), input.size(), file.begin() + kHeaderBytes);
  ledger::Header header{
      .node = 7, .slot_count = 1, .granule_count = static_cast<std::uint32_t>(granules)};
  header.checksum = ledger::checksum(
      std::as_bytes(std::span(&header, 1)).first(offsetof(ledger::Header, checksum)));
  std::memcpy(file.data(), &header, sizeof(header));
  const std::span<std::byte> all(file);
  repair_slot(all.subspan(kHeaderBytes, kSlotBytes));
  for (std::size_t at = kHeaderBytes + kSlotBytes; at < file.size(); at += kGranuleBytes) {
    repair_record(all.subspan(at));
  }
  return file;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto input = std::as_bytes(std::span(data, size));
  check(input);
  check(with_head(input));
  return 0;
}
