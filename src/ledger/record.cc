#include "ledger/record.h"

#include "base/strings.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstring>
#include <string>

namespace bifrost::ledger {
namespace {

constexpr std::size_t kWordBytes = sizeof(std::uint64_t);

std::array<std::string_view, kTextCount> texts_of(const Settlement& of) {
  return {of.request_id, of.virtual_key,  of.team, of.customer,
          of.provider,   of.provider_key, of.model};
}

std::string_view cut(std::string_view text) {
  return text.size() <= kTextBytesMax ? text : utf8_prefix(text, kTextBytesMax);
}

class Writer {
 public:
  explicit Writer(std::byte* at) : at_(at) {}
  template <class T>
  void value(const T& value) {
    std::memcpy(at_, &value, sizeof(T));
    at_ += sizeof(T);
  }
  void text(std::string_view text) {
    text = cut(text);
    value(static_cast<std::uint16_t>(text.size()));
    if (!text.empty()) std::memcpy(at_, text.data(), text.size());
    at_ += text.size();
  }
  void zeros(const std::byte* end) {
    while (at_ != end) *at_++ = std::byte{0};
  }

 private:
  std::byte* at_;
};

class Reader {
 public:
  explicit Reader(std::span<const std::byte> bytes) : bytes_(bytes) {}
  template <class T>
  [[nodiscard]] bool value(T& out) {
    if (bytes_.size() < sizeof(T)) return false;
    std::memcpy(&out, bytes_.data(), sizeof(T));
    bytes_ = bytes_.subspan(sizeof(T));
    return true;
  }
  [[nodiscard]] bool text(std::string& out) {
    std::uint16_t size = 0;
    if (!value(size) || size > kTextBytesMax || bytes_.size() < size) return false;
    out.resize(size);
    if (size > 0) std::memcpy(out.data(), bytes_.data(), size);
    bytes_ = bytes_.subspan(size);
    return true;
  }

 private:
  std::span<const std::byte> bytes_;
};

bool read_share(Reader& reader, store::LimitUse& out) {
  ShareHead head;
  if (!reader.value(head) || !reader.text(out.limit)) return false;
  if (head.unit > static_cast<std::uint64_t>(store::UsageUnit::kNanoDollars)) return false;
  out.unit = static_cast<store::UsageUnit>(head.unit);
  out.window = {.start = head.window_start, .end = head.window_end};
  out.amount = head.amount;
  return true;
}

// What a record that was damaged says may be anything; no sum of these comes out of its bounds.
std::int64_t counted(std::int64_t tokens) {
  constexpr std::int64_t kTokensMax = 1'000'000'000'000'000;
  return std::clamp<std::int64_t>(tokens, 0, kTokensMax);
}

}  // namespace

Classes Classes::of(const llm::Usage& usage) {
  return {.input = usage.input,
          .cache_read = usage.cache_read,
          .cache_write = usage.cache_write,
          .cache_write_1h = usage.cache_write_1h,
          .input_audio = usage.input_audio,
          .input_image = usage.input_image,
          .output = usage.output,
          .reasoning = usage.reasoning,
          .output_audio = usage.output_audio,
          .output_image = usage.output_image,
          .web_searches = usage.web_searches};
}

llm::Usage Classes::usage(bool known) const {
  return {.input = counted(input),
          .cache_read = counted(cache_read),
          .cache_write = counted(cache_write),
          .cache_write_1h = counted(cache_write_1h),
          .input_audio = counted(input_audio),
          .input_image = counted(input_image),
          .output = counted(output),
          .reasoning = counted(reasoning),
          .output_audio = counted(output_audio),
          .output_image = counted(output_image),
          .web_searches = counted(web_searches),
          .known = known};
}

// Each step is a bijection of what came before, so what differs in one word only differs at last.
std::uint64_t checksum(std::span<const std::byte> words) {
  constexpr std::uint64_t kFactor = 0x9e37'79b9'7f4a'7c15;
  constexpr int kTurn = 29;
  std::uint64_t sum = words.size() + kFactor;
  const std::byte* const end = words.data() + words.size();
  for (const std::byte* at = words.data(); at != end; at += kWordBytes) {
    std::uint64_t word = 0;
    std::memcpy(&word, at, kWordBytes);
    sum = std::rotl((sum ^ word) * kFactor, kTurn);
  }
  return sum;
}

std::size_t body_bytes(const Settlement& settlement) {
  std::size_t bytes = sizeof(BodyHead) + kTextCount * sizeof(std::uint16_t);
  for (const std::string_view text : texts_of(settlement)) bytes += cut(text).size();
  bytes += settlement.shares.size() * (sizeof(ShareHead) + sizeof(std::uint16_t));
  for (const Share& share : settlement.shares) bytes += cut(share.limit).size();
  return (bytes + kWordBytes - 1) / kWordBytes * kWordBytes;
}

void write_body(const Settlement& settlement, std::uint64_t request, std::span<std::byte> room) {
  Writer writer(room.data());
  writer.value(BodyHead{
      .time = std::chrono::nanoseconds(settlement.time.time_since_epoch()).count(),
      .request = request,
      .flags = settlement.flags | (settlement.usage.known ? kUsageKnown : 0),
      .share_count = static_cast<std::uint32_t>(settlement.shares.size()),
      .classes = Classes::of(settlement.usage),
      .nano_dollars = settlement.nano_dollars,
  });
  for (const std::string_view text : texts_of(settlement)) writer.text(text);
  for (const Share& share : settlement.shares) {
    writer.value(ShareHead{.window_start = share.window.start,
                           .window_end = share.window.end,
                           .amount = share.amount,
                           .unit = static_cast<std::uint64_t>(share.unit)});
    writer.text(share.limit);
  }
  writer.zeros(room.data() + room.size());
}

std::optional<Body> read_body(std::span<const std::byte> bytes) {
  Reader reader(bytes);
  BodyHead head;
  Body body;
  if (!reader.value(head) || head.share_count > kSharesMax) return std::nullopt;
  body.request = head.request;
  store::UsageRow& row = body.row;
  row.time = head.time;
  row.flags = head.flags & ~kUsageKnown;
  row.usage = head.classes.usage((head.flags & kUsageKnown) != 0);
  row.nano_dollars = head.nano_dollars;
  for (std::string* text : {&row.request_id, &row.virtual_key, &row.team, &row.customer,
                            &row.provider, &row.provider_key, &row.model}) {
    if (!reader.text(*text)) return std::nullopt;
  }
  row.limits.resize(head.share_count);
  for (store::LimitUse& use : row.limits) {
    if (!read_share(reader, use)) return std::nullopt;
  }
  return body;
}

}  // namespace bifrost::ledger
