#include "bench/load/histogram.h"

#include <algorithm>
#include <bit>
#include <cmath>

namespace bifrost::bench {
namespace {

using std::chrono::nanoseconds;

constexpr unsigned kHalfBits = 10;  // 1024 buckets for each doubling

// Values below 2048 stand in the bucket of their own number. Above, a value is shifted right until
// it is below 2048, and each shift moves on by 1024 buckets.
std::size_t bucket_of(std::uint64_t value) {
  const auto width = static_cast<unsigned>(std::bit_width(value));
  const unsigned shift = width > kHalfBits + 1 ? width - (kHalfBits + 1) : 0;
  return (std::size_t{shift} << kHalfBits) + (value >> shift);
}

nanoseconds end_of(std::size_t bucket) {
  const std::size_t half = std::size_t{1} << kHalfBits;
  const std::size_t shift = bucket < 2 * half ? 0 : (bucket >> kHalfBits) - 1;
  const std::uint64_t mantissa = bucket - (shift << kHalfBits);
  return nanoseconds(((mantissa + 1) << shift) - 1);
}

}  // namespace

Histogram::Histogram() : counts_(kBuckets) {}

void Histogram::record(nanoseconds duration) {
  const nanoseconds bounded = std::clamp(duration, nanoseconds(0), kLongest);
  ++counts_[bucket_of(static_cast<std::uint64_t>(bounded.count()))];
  ++count_;
  sum_ += bounded;
  longest_ = std::max(longest_, bounded);
}

void Histogram::add(const Histogram& other) {
  for (std::size_t i = 0; i < counts_.size(); ++i) counts_[i] += other.counts_[i];
  count_ += other.count_;
  sum_ += other.sum_;
  longest_ = std::max(longest_, other.longest_);
}

nanoseconds Histogram::mean() const {
  return count_ == 0 ? nanoseconds(0) : sum_ / static_cast<std::int64_t>(count_);
}

nanoseconds Histogram::percentile(double percent) const {
  if (count_ == 0) return nanoseconds(0);
  // 99.9 % of a thousand is 999, whatever floating point makes of it.
  const double wanted = std::ceil(percent * static_cast<double>(count_) / 100 - 1e-6);
  const auto rank = std::max<std::uint64_t>(1, static_cast<std::uint64_t>(wanted));
  std::uint64_t seen = 0;
  for (std::size_t i = 0; i < counts_.size(); ++i) {
    seen += counts_[i];
    if (seen >= rank) return std::min(end_of(i), longest_);
  }
  return longest_;
}

std::vector<Histogram::Bucket> Histogram::buckets() const {
  std::vector<Bucket> filled;
  for (std::size_t i = 0; i < counts_.size(); ++i) {
    if (counts_[i] > 0) filled.push_back({end_of(i), counts_[i]});
  }
  return filled;
}

}  // namespace bifrost::bench
