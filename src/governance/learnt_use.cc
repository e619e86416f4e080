#include "governance/learnt_use.h"

#include <algorithm>
#include <functional>

namespace bifrost::governance {
namespace {

constexpr auto kRelaxed = std::memory_order_relaxed;

constexpr std::int64_t kWhole = 32'768;  // what a share of one is written as
// What an answer is expected to be shorter than with this certainty. The input is known better, and
// what is expected of it is also what is charged when a provider tells nothing.
constexpr std::uint32_t kOutputPercent = 95;
constexpr std::uint32_t kInputPercent = 50;
// A newcomer waits until it has come more often than the pair in its place, up to this.
constexpr std::uint32_t kCreditMax = 8;

std::uint64_t owner_of(const LearntUse::Who& who) {
  const std::hash<std::string_view> hash;
  std::uint64_t owner = hash(who.caller);
  for (const std::string_view part : {who.provider, who.model}) {
    owner = owner * 0x9E37'79B9'7F4A'7C15 + hash(part);
  }
  return std::max<std::uint64_t>(owner, 1);
}

// Providers may tell anything.
std::int64_t share_of(std::int64_t used, std::int64_t whole) {
  constexpr std::int64_t kTokensMax = 1'000'000'000;
  return std::clamp<std::int64_t>(used, 0, kTokensMax) * kWhole / whole;
}

std::int64_t rounded_up(std::int64_t value, std::int64_t share) {
  return (value * share + kWhole - 1) / kWhole;
}

}  // namespace

LearntUse::LearntUse() : places_(std::make_unique<std::array<Place, kPlaces>>()) {}

LearntUse::Ways LearntUse::ways_of(std::uint64_t owner) const {
  static_assert(kPlaces % kWays == 0);
  const std::size_t first = owner % (kPlaces / kWays) * kWays;
  return Ways(places_->data() + first, kWays);
}

LearntUse::Place* LearntUse::place_for(std::uint64_t owner) {
  const Ways ways = ways_of(owner);
  for (Place& place : ways) {
    if (place.owner.load(kRelaxed) != owner) continue;
    const std::uint32_t credit = place.credit.load(kRelaxed);
    if (credit < kCreditMax) place.credit.store(credit + 1, kRelaxed);
    return &place;
  }
  Place& poorest = *std::ranges::min_element(
      ways, {}, [](const Place& place) { return place.credit.load(kRelaxed); });
  const std::uint32_t credit = poorest.credit.load(kRelaxed);
  if (credit > 0) {
    poorest.credit.store(credit - 1, kRelaxed);
    return nullptr;
  }
  std::uint64_t before = poorest.owner.load(kRelaxed);
  if (!poorest.owner.compare_exchange_strong(before, owner, kRelaxed)) return nullptr;
  poorest.credit.store(1, kRelaxed);
  for (Quantile* quantile : {&poorest.input, &poorest.share, &poorest.output}) quantile->clear();
  return &poorest;
}

void LearntUse::learn(const Who& who, const Asked& asked, const Tokens& used) {
  Place* place = place_for(owner_of(who));
  if (place == nullptr) return;
  if (asked.bytes > 0) place->input.add(share_of(used.input, asked.bytes));
  if (asked.output_tokens > 0) {
    place->share.add(share_of(used.output, asked.output_tokens));
  } else {
    place->output.add(used.output);
  }
}

LearntUse::Expected LearntUse::expected(const Who& who, const Asked& asked) const {
  const std::uint64_t owner = owner_of(who);
  const Ways ways = ways_of(owner);
  const auto place = std::ranges::find_if(
      ways, [&](const Place& each) { return each.owner.load(kRelaxed) == owner; });
  if (place == ways.end()) return {};
  Expected out;
  if (const auto share = place->input.at(kInputPercent)) {
    out.input = rounded_up(asked.bytes, *share);
  }
  if (asked.output_tokens == 0) {
    out.output = place->output.at(kOutputPercent);
  } else if (const auto share = place->share.at(kOutputPercent)) {
    out.output = std::min(asked.output_tokens, rounded_up(asked.output_tokens, *share));
  }
  return out;
}

}  // namespace bifrost::governance
