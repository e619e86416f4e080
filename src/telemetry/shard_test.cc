#include "telemetry/shard.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

namespace bifrost::telemetry {
namespace {

std::size_t series_count(const Shard& shard, Metric metric) {
  std::size_t count = 0;
  for (const Series* at = shard.published(metric); at != nullptr; at = at->next) ++count;
  return count;
}

TEST(Shard, GivesTheSameCellForTheSameLabels) {
  Shard shard(0);
  Counter& first = shard.counter(Metric::kTimeouts, {"openai", "connect"});
  first.add(2);
  const std::string provider = "openai";  // other bytes, same value
  Counter& again = shard.counter(Metric::kTimeouts, {provider, "connect"});
  EXPECT_EQ(&again, &first);
  EXPECT_EQ(again.value(), 2);
}

TEST(Shard, TellsLabelSetsApartEvenWhenTheirTextsRunTogetherAlike) {
  Shard shard(0);
  Counter& first = shard.counter(Metric::kTimeouts, {"ab", "c"});
  Counter& second = shard.counter(Metric::kTimeouts, {"a", "bc"});
  EXPECT_NE(&first, &second);
}

TEST(Shard, TakesAPrefixAndOwnLabelsAsOneList) {
  Shard shard(1);
  const std::vector<std::string_view> target = {"openai", "gpt", "", "chat", "id",
                                                "name",   "0",   "", "",     "blue"};
  Counter& errors = shard.counter(Metric::kErrorRequests, target, {"429", "provider_rate_limited"});
  EXPECT_EQ(&errors,
            &shard.counter(Metric::kErrorRequests, target, {"429", "provider_rate_limited"}));
  const Series* series = shard.published(Metric::kErrorRequests);
  ASSERT_NE(series, nullptr);
  EXPECT_EQ(series->values,
            (std::vector<std::string>{"openai", "gpt", "", "chat", "id", "name", "0", "", "",
                                      "blue", "429", "provider_rate_limited"}));
}

TEST(Shard, KeepsReferencesValidWhileOthersAreMade) {
  Shard shard(0);
  Counter& first = shard.counter(Metric::kClientGone, {"head"});
  first.add();
  for (int at = 0; at < 500; ++at) {
    shard.counter(Metric::kClientGone, {fmt::format("phase{}", at)}).add();
  }
  first.add();
  EXPECT_EQ(shard.counter(Metric::kClientGone, {"head"}).value(), 2);
}

TEST(Shard, ShowsLabellessMetricsBeforeTheyAreCounted) {
  const Shard shard(0);
  EXPECT_EQ(series_count(shard, Metric::kKeepAlives), 1U);
  EXPECT_EQ(series_count(shard, Metric::kStreamsOpen), 1U);
}

TEST(Shard, SharesOneCellBeyondTheBoundOfLabelSets) {
  Shard shard(0);
  for (std::size_t at = 0; at < kLabelSetsMax; ++at) {
    shard.counter(Metric::kClientGone, {fmt::format("{}", at)}).add();
  }
  Counter& dropped = shard.counter(Metric::kLabelSetsDropped, {"bifrost_client_gone_total"});
  EXPECT_EQ(series_count(shard, Metric::kClientGone), kLabelSetsMax);
  EXPECT_EQ(dropped.value(), 0);

  Counter& one = shard.counter(Metric::kClientGone, {"one too many"});
  Counter& two = shard.counter(Metric::kClientGone, {"two too many"});
  EXPECT_EQ(&one, &two);
  EXPECT_EQ(dropped.value(), 2);
  EXPECT_EQ(series_count(shard, Metric::kClientGone), kLabelSetsMax + 1);
  EXPECT_EQ(shard.published(Metric::kClientGone)->values[0], kOverflow);
  // What was there before is still counted where it was.
  EXPECT_EQ(shard.counter(Metric::kClientGone, {"7"}).value(), 1);
}

TEST(Shard, FindsAnUncleanValueUnderItsCleanForm) {
  Shard shard(0);
  Counter& first = shard.counter(Metric::kClientGone, {"a\xFF\n"});
  Counter& again = shard.counter(Metric::kClientGone, {"a\xFF\n"});
  EXPECT_EQ(&first, &again);
  EXPECT_EQ(&first, &shard.counter(Metric::kClientGone, {"a? "}));
  EXPECT_EQ(series_count(shard, Metric::kClientGone), 1U);
}

TEST(Histogram, PutsABoundIntoItsOwnBucketAndTheRestIntoInfinity) {
  Shard shard(0);
  const std::vector<std::string_view> target(std::size(kTargetLabels), "x");
  Histogram& retries = shard.histogram(Metric::kRequestRetries, target);
  for (const double value : {0.0, 1.0, 4.0, 10.0, 11.0}) retries.observe(value);
  ASSERT_EQ(retries.bounds().size(), 6U);
  EXPECT_EQ(retries.count(0), 1U);  // 0
  EXPECT_EQ(retries.count(1), 1U);  // 1
  EXPECT_EQ(retries.count(4), 1U);  // up to 5
  EXPECT_EQ(retries.count(5), 1U);  // 10
  EXPECT_EQ(retries.count(6), 1U);  // beyond
  EXPECT_EQ(retries.sum(), 26);
}

TEST(ShardDeathTest, AWrongNumberOfLabelsIsABug) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  Shard shard(0);
  EXPECT_DEATH(shard.counter(Metric::kTimeouts, {"openai"}), "label_count");
}

TEST(ShardDeathTest, AWrongTypeIsABug) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  Shard shard(0);
  EXPECT_DEATH(shard.gauge(Metric::kKeepAlives), "found");
}

}  // namespace
}  // namespace bifrost::telemetry
