// What stands in a journal: records of requests, in a layout that outlives the process.
//
// A journal is one file, written by one worker through a mapping. All numbers are little endian.
//
//   header      4096 bytes: Header, the rest zero
//   slots       slot_count of kSlotBytes each: the requests that run
//   ring        granules of kGranuleBytes each: the requests that have ended
//
// A request that has ended is one record in the ring: RecordHead, then its body, padded with zeros
// to whole words. It begins at a granule; its sequence is the number of that granule, counted on
// from lap to lap, so a sequence never comes twice and says where its record stands. A record does
// not cross the end of the ring: what is left there is skipped.
//
// A request that runs has a slot: SlotHead, a body, and at the end of the slot two Progress,
// written in turn, so that one of them is whole at any moment. The one with the larger count that
// is whole is valid; none: the body's usage. A slot whose `request` is 0 is free. A request whose
// record is in the ring has ended, whatever its slot says.
//
// A body: BodyHead, then kTextCount texts (request id, virtual key, team, customer, provider,
// provider key, model), each 16 bits of length and its bytes, then the limits: ShareHead and a
// text. Texts stand in each record rather than as numbers of names written elsewhere: a record that
// is whole can be read, whatever became of the others, and copying costs less than looking up.
// A text has at most kTextBytesMax bytes: longer models are cut, longer ids are shortened by
// whoever makes them.
//
// What a reader does: a header of another magic, version or checksum is no journal of this program,
// and is left alone as a whole. A record or slot whose checksum does not hold was torn or damaged:
// it is not there. A record of an unknown kind or version is skipped. All lengths are checked
// against what is there.
//
// The checksum is of 64-bit words. It finds every damage within one word for certain.
#pragma once

#include "base/clock.h"
#include "llm/usage.h"
#include "store/ledger_store.h"

#include <bit>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace bifrost::ledger {

static_assert(std::endian::native == std::endian::little, "a journal is little endian");

inline constexpr std::size_t kHeaderBytes = 4096;
inline constexpr std::size_t kSlotBytes = 2048;
inline constexpr std::size_t kGranuleBytes = 64;
inline constexpr std::size_t kTextBytesMax = 255;
inline constexpr std::size_t kTextCount = 7;
inline constexpr std::size_t kSharesMax = 32;
inline constexpr std::uint32_t kVersion = 1;
inline constexpr std::uint16_t kKindEnded = 1;

struct Header {
  static constexpr std::uint64_t kMagic = 0x314c'4e4a'5246'4942;  // "BIFRJNL1"
  std::uint64_t magic = kMagic;
  std::uint32_t version = kVersion;
  std::uint32_t worker = 0;
  std::int64_t node = 0;  // of the run of the gateway
  std::uint32_t slot_count = 0;
  std::uint32_t granule_count = 0;
  std::uint64_t checksum = 0;  // of what stands before
};
static_assert(sizeof(Header) == 40);

struct RecordHead {
  static constexpr std::uint16_t kMagic = 0x5242;
  std::uint64_t checksum = 0;  // of the rest of the record
  std::uint64_t sequence = 0;
  std::uint32_t bytes = 0;  // of the record, head and padding included
  std::uint16_t magic = kMagic;
  std::uint8_t kind = kKindEnded;
  std::uint8_t version = kVersion;
};
static_assert(sizeof(RecordHead) == 24);

struct SlotHead {
  std::uint64_t request = 0;   // 0: the slot is free
  std::uint64_t checksum = 0;  // of the body, which names the request too
  std::uint32_t bytes = 0;     // of the body with its padding
  std::uint32_t version = kVersion;
};
static_assert(sizeof(SlotHead) == 24);

// Classes of usage in the order of llm::Usage.
struct Classes {
  std::int64_t input = 0;
  std::int64_t cache_read = 0;
  std::int64_t cache_write = 0;
  std::int64_t cache_write_1h = 0;
  std::int64_t input_audio = 0;
  std::int64_t input_image = 0;
  std::int64_t output = 0;
  std::int64_t reasoning = 0;
  std::int64_t output_audio = 0;
  std::int64_t output_image = 0;
  std::int64_t web_searches = 0;

  static Classes of(const llm::Usage& usage);
  [[nodiscard]] llm::Usage usage(bool known) const;
};
static_assert(sizeof(Classes) == 88);

struct Progress {
  std::uint64_t checksum = 0;  // of the rest
  std::uint64_t request = 0;
  std::uint64_t count = 0;
  Classes classes;
  std::int64_t nano_dollars = 0;
};
static_assert(sizeof(Progress) == 120);
inline constexpr std::size_t kProgressAt = kSlotBytes - 2 * sizeof(Progress);
inline constexpr std::size_t kSlotBodyBytesMax = kProgressAt - sizeof(SlotHead);

struct BodyHead {
  std::int64_t time = 0;      // nanoseconds since 1970
  std::uint64_t request = 0;  // its number in this journal, from 1
  std::uint32_t flags = 0;    // UsageRow::Flag; and kUsageKnown
  std::uint32_t share_count = 0;
  Classes classes;
  std::int64_t nano_dollars = 0;
};
static_assert(sizeof(BodyHead) == 120);
inline constexpr std::uint32_t kUsageKnown = 0x8000'0000;

struct ShareHead {
  std::int64_t window_start = 0;
  std::int64_t window_end = 0;
  std::int64_t amount = 0;  // in a slot: what is reserved
  std::uint64_t unit = 0;   // store::UsageUnit
};
static_assert(sizeof(ShareHead) == 32);

inline constexpr std::size_t kTextRoomMax = sizeof(std::uint16_t) + kTextBytesMax;
inline constexpr std::size_t kBodyBytesMax = sizeof(BodyHead) + kTextCount * kTextRoomMax +
                                             kSharesMax * (sizeof(ShareHead) + kTextRoomMax) +
                                             sizeof(std::uint64_t);
inline constexpr std::size_t kRecordBytesMax = sizeof(RecordHead) + kBodyBytesMax;

// A request's part in one limit.
struct Share {
  std::string_view limit;
  store::UsageUnit unit = store::UsageUnit::kRequests;
  store::UsageWindow window;
  std::int64_t amount = 0;
};

// A request as it is written. Views are used within the call.
struct Settlement {
  WallTime time;
  std::uint32_t flags = 0;
  llm::Usage usage;
  std::int64_t nano_dollars = 0;
  std::string_view request_id;
  std::string_view virtual_key;
  std::string_view team;
  std::string_view customer;
  std::string_view provider;
  std::string_view provider_key;
  std::string_view model;
  std::span<const Share> shares;  // kSharesMax at most
};

// `words` is a whole number of 64-bit words.
[[nodiscard]] std::uint64_t checksum(std::span<const std::byte> words);

// Bytes of the body with its padding.
[[nodiscard]] std::size_t body_bytes(const Settlement& settlement);
// `room` is at least that large.
void write_body(const Settlement& settlement, std::uint64_t request, std::span<std::byte> room);

// A body as it is read; nothing when it is not one.
struct Body {
  std::uint64_t request = 0;
  store::UsageRow row;  // without journal and sequence
};
[[nodiscard]] std::optional<Body> read_body(std::span<const std::byte> bytes);

}  // namespace bifrost::ledger
