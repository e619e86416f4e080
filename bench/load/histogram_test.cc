#include "bench/load/histogram.h"

#include <gtest/gtest.h>

namespace bifrost::bench {
namespace {

using std::chrono::nanoseconds;
using std::chrono::seconds;

TEST(Histogram, IsExactBelowTwoMicroseconds) {
  Histogram histogram;
  for (int i = 1; i <= 1000; ++i) histogram.record(nanoseconds(i));
  EXPECT_EQ(histogram.percentile(50), nanoseconds(500));
  EXPECT_EQ(histogram.percentile(99.9), nanoseconds(999));
  EXPECT_EQ(histogram.percentile(100), nanoseconds(1000));
  EXPECT_EQ(histogram.mean(), nanoseconds(500));
}

TEST(Histogram, IsAThousandthTooLongAtMostAnywhere) {
  for (std::int64_t value = 1; value < Histogram::kLongest.count(); value = value * 3 + 1) {
    Histogram histogram;
    histogram.record(nanoseconds(value));
    histogram.record(Histogram::kLongest);  // or the longest would bound what is asked for
    const std::int64_t found = histogram.percentile(50).count();
    EXPECT_GE(found, value);
    EXPECT_LE(found, value + value / 1000 + 1);
  }
}

TEST(Histogram, CountsWhatIsOutOfRangeAtItsEnds) {
  Histogram histogram;
  histogram.record(nanoseconds(-5));
  histogram.record(seconds(1'000'000));
  EXPECT_EQ(histogram.percentile(50), nanoseconds(0));
  EXPECT_EQ(histogram.longest(), Histogram::kLongest);
}

TEST(Histogram, AddsUpToWhatOneWouldHaveCounted) {
  Histogram whole;
  Histogram odd;
  Histogram even;
  for (int i = 0; i < 5000; ++i) {
    const nanoseconds value(i * 977);
    whole.record(value);
    (i % 2 == 0 ? even : odd).record(value);
  }
  even.add(odd);
  EXPECT_EQ(even.count(), whole.count());
  EXPECT_EQ(even.percentile(99), whole.percentile(99));
  EXPECT_EQ(even.mean(), whole.mean());
  EXPECT_EQ(even.buckets().size(), whole.buckets().size());
}

TEST(Histogram, IsZeroWhenEmpty) {
  const Histogram histogram;
  EXPECT_EQ(histogram.percentile(99), nanoseconds(0));
  EXPECT_EQ(histogram.mean(), nanoseconds(0));
  EXPECT_TRUE(histogram.buckets().empty());
}

}  // namespace
}  // namespace bifrost::bench
