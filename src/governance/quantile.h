// A quantile of what has been seen lately, in a few hundred bytes.
//
// Counts in buckets that grow with the value, four to an octave, so an answer is at most a quarter
// too large and never too small. At a bound all counts are halved: what is old fades.
//
// Any thread may add and ask. Two at once may lose a count, which no quantile of many shows.
#pragma once

#include <array>
#include <atomic>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <optional>

namespace bifrost::governance {

class Quantile {
 public:
  static constexpr std::uint32_t kValueMax = 65'535;  // larger ones count as this
  static constexpr std::uint32_t kSamplesMin = 32;    // of fewer nothing is said
  static constexpr std::uint32_t kSamplesMax = 512;   // then they count half

  void add(std::int64_t value);
  // As many percent of the values are not larger.
  [[nodiscard]] std::optional<std::int64_t> at(std::uint32_t percent) const;
  void clear();

 private:
  static constexpr std::size_t kBuckets = 60;
  static std::size_t bucket_of(std::uint32_t value);
  static std::uint32_t largest_in(std::size_t bucket);
  void fade();

  std::array<std::atomic<std::uint16_t>, kBuckets> counts_{};
  std::atomic<std::uint32_t> samples_{0};
};

}  // namespace bifrost::governance
