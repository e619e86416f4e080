// The records in the ring of a journal.
#pragma once

#include "ledger/record.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

namespace bifrost::ledger {

struct RingRecord {
  std::uint64_t sequence = 0;
  std::size_t granules = 0;
  std::optional<Body> body;  // nothing: of a kind or version that is not known
};

// Borrows the bytes of a ring, which may say anything.
class RingView {
 public:
  explicit RingView(std::span<const std::byte> bytes) : bytes_(bytes) {}

  [[nodiscard]] std::size_t granules() const { return bytes_.size() / kGranuleBytes; }
  // The record with this sequence, if it is there, whole.
  [[nodiscard]] std::optional<RingRecord> record_at(std::uint64_t sequence) const;
  // A record that begins at this granule, whatever lap it is of.
  [[nodiscard]] std::optional<RingRecord> record_in(std::size_t granule) const;
  // Begins one there, as far as its head says, that is not whole?
  [[nodiscard]] bool torn_in(std::size_t granule) const;

 private:
  [[nodiscard]] std::optional<RecordHead> head_in(std::size_t granule) const;
  [[nodiscard]] std::span<const std::byte> rest_of(const RecordHead& head,
                                                   std::size_t granule) const;

  std::span<const std::byte> bytes_;
};

}  // namespace bifrost::ledger
