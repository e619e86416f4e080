// Counts durations in buckets whose width is at most a thousandth of their value.
//
// The layout is that of HdrHistogram with three significant digits (ADR 0020): 2048 buckets of one
// nanosecond, then 1024 buckets for each doubling. Recording is two instructions and an increment;
// histograms of one kind can be added up, so percentiles of several runs are exact, not averages.
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace bifrost::bench {

class Histogram {
 public:
  // Longer durations are counted as this one.
  static constexpr std::chrono::nanoseconds kLongest{(std::int64_t{1} << 38) - 1};  // 275 s

  Histogram();

  // Negative durations count as zero: two clocks' readings may cross by a few nanoseconds.
  void record(std::chrono::nanoseconds duration);
  void add(const Histogram& other);

  [[nodiscard]] std::uint64_t count() const { return count_; }
  [[nodiscard]] std::chrono::nanoseconds mean() const;
  [[nodiscard]] std::chrono::nanoseconds longest() const { return longest_; }
  // The smallest duration that is at least as long as `percent` of all; zero when there is none.
  [[nodiscard]] std::chrono::nanoseconds percentile(double percent) const;

  struct Bucket {
    std::chrono::nanoseconds up_to;  // the longest duration that falls into it
    std::uint64_t count;
  };
  // Those that are not empty, shortest first.
  [[nodiscard]] std::vector<Bucket> buckets() const;

 private:
  static constexpr std::size_t kBuckets = 28 * 1024 + 1024;

  std::vector<std::uint64_t> counts_;
  std::uint64_t count_ = 0;
  std::chrono::nanoseconds sum_{0};
  std::chrono::nanoseconds longest_{0};
};

}  // namespace bifrost::bench
