#include "governance/quantile.h"

#include <algorithm>

namespace bifrost::governance {
namespace {

constexpr auto kRelaxed = std::memory_order_relaxed;

}  // namespace

// Up to three a bucket each; then the two bits behind the first one say which of the octave's.
std::size_t Quantile::bucket_of(std::uint32_t value) {
  if (value < 4) return value;
  const auto octave = static_cast<std::uint32_t>(std::bit_width(value)) - 1;
  return (octave - 1) * 4UZ + ((value >> (octave - 2)) & 3U);
}

std::uint32_t Quantile::largest_in(std::size_t bucket) {
  if (bucket < 4) return static_cast<std::uint32_t>(bucket);
  const auto octave = static_cast<std::uint32_t>(bucket / 4 + 1);
  const auto next = static_cast<std::uint32_t>(bucket % 4 + 5);
  return (next << (octave - 2)) - 1;
}

void Quantile::add(std::int64_t value) {
  const auto within = static_cast<std::uint32_t>(std::clamp<std::int64_t>(value, 0, kValueMax));
  counts_[bucket_of(within)].fetch_add(1, kRelaxed);
  if (samples_.fetch_add(1, kRelaxed) + 1 >= kSamplesMax) fade();
}

std::optional<std::int64_t> Quantile::at(std::uint32_t percent) const {
  const std::uint32_t samples = samples_.load(kRelaxed);
  if (samples < kSamplesMin) return std::nullopt;
  const std::uint32_t wanted = (samples * percent + 99) / 100;
  std::uint32_t passed = 0;
  for (std::size_t i = 0; i < kBuckets; ++i) {
    passed += counts_[i].load(kRelaxed);
    if (passed >= wanted) return largest_in(i);
  }
  return largest_in(kBuckets - 1);
}

void Quantile::fade() {
  std::uint32_t left = 0;
  for (auto& count : counts_) {
    const auto half = static_cast<std::uint16_t>(count.load(kRelaxed) / 2);
    count.store(half, kRelaxed);
    left += half;
  }
  samples_.store(left, kRelaxed);
}

void Quantile::clear() {
  for (auto& count : counts_) count.store(0, kRelaxed);
  samples_.store(0, kRelaxed);
}

}  // namespace bifrost::governance
