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

// Shards of one process, which share what is exposed.
class ShardTest : public ::testing::Test {
 protected:
  LabelSets sets_{{}, kExpositionBytesMax};
  Shard shard_{sets_};
};

// A target of which the model is made up.
std::vector<LabelValue> target_of(LabelValue model) {
  std::vector<LabelValue> values = {"openai", model, "", "chat_completion", "k1", "main", "0"};
  values.resize(std::size(kTargetLabels), LabelValue(""));
  return values;
}

TEST_F(ShardTest, GivesTheSameCellForTheSameLabels) {
  Counter& first = shard_.counter(Metric::kTimeouts, {"openai", "connect"});
  first.add(2);
  const std::string provider = "openai";  // other bytes, same value
  Counter& again = shard_.counter(Metric::kTimeouts, {provider, "connect"});
  EXPECT_EQ(&again, &first);
  EXPECT_EQ(again.value(), 2);
}

TEST_F(ShardTest, TellsLabelSetsApartEvenWhenTheirTextsRunTogetherAlike) {
  Counter& first = shard_.counter(Metric::kTimeouts, {"ab", "c"});
  Counter& second = shard_.counter(Metric::kTimeouts, {"a", "bc"});
  EXPECT_NE(&first, &second);
}

TEST_F(ShardTest, TakesAPrefixAndOwnLabelsAsOneList) {
  LabelSets sets({"team"}, kExpositionBytesMax);
  Shard shard(sets);
  std::vector<LabelValue> target = target_of("gpt");
  target.emplace_back("blue");
  Counter& errors = shard.counter(Metric::kErrorRequests, target, {"429", "provider_rate_limited"});
  EXPECT_EQ(&errors,
            &shard.counter(Metric::kErrorRequests, target, {"429", "provider_rate_limited"}));
  const Series* series = shard.published(Metric::kErrorRequests);
  ASSERT_NE(series, nullptr);
  EXPECT_EQ(series->set->values,
            (std::vector<std::string>{"openai", "gpt", "", "chat_completion", "k1", "main", "0", "",
                                      "", "", "", "", "", "", "", "", "blue", "429",
                                      "provider_rate_limited"}));
}

TEST_F(ShardTest, KeepsReferencesValidWhileOthersAreMade) {
  Counter& first = shard_.counter(Metric::kClientGone, {"head"});
  first.add();
  for (int at = 0; at < 500; ++at) {
    shard_.counter(Metric::kClientGone, {fmt::format("phase{}", at)}).add();
  }
  first.add();
  EXPECT_EQ(shard_.counter(Metric::kClientGone, {"head"}).value(), 2);
}

TEST_F(ShardTest, ShowsLabellessMetricsBeforeTheyAreCounted) {
  EXPECT_EQ(series_count(shard_, Metric::kKeepAlives), 1U);
  EXPECT_EQ(series_count(shard_, Metric::kStreamsOpen), 1U);
}

TEST_F(ShardTest, SharesOneCellBeyondTheRoom) {
  Counter& dropped = shard_.counter(Metric::kLabelSetsDropped, {"bifrost_client_gone_total"});
  int kept = 0;
  while (dropped.value() == 0) shard_.counter(Metric::kClientGone, {fmt::format("{}", kept++)});
  EXPECT_GT(kept, 500);
  EXPECT_EQ(series_count(shard_, Metric::kClientGone), static_cast<std::size_t>(kept));
  EXPECT_EQ(shard_.published(Metric::kClientGone)->set->values[0], kOverflow);

  Counter& one = shard_.counter(Metric::kClientGone, {"one too many"});
  Counter& two = shard_.counter(Metric::kClientGone, {"two too many"});
  EXPECT_EQ(&one, &two);
  EXPECT_EQ(dropped.value(), 3);
  EXPECT_EQ(series_count(shard_, Metric::kClientGone), static_cast<std::size_t>(kept));
  // What was there before is still counted where it was.
  shard_.counter(Metric::kClientGone, {"7"}).add();
  EXPECT_EQ(shard_.counter(Metric::kClientGone, {"7"}).value(), 1);
}

TEST_F(ShardTest, CountsWhatWasMadeUpAsOtherBeyondTheRoom) {
  Counter& dropped = shard_.counter(Metric::kLabelSetsDropped, {"bifrost_upstream_requests_total"});
  for (int at = 0; dropped.value() == 0; ++at) {
    const std::string name = fmt::format("junk{}", at);
    shard_.counter(Metric::kUpstreamRequests, target_of({name, Standing::kTried}));
  }
  Counter& junk =
      shard_.counter(Metric::kUpstreamRequests, target_of({"one too many", Standing::kTried}));
  EXPECT_EQ(&junk, &shard_.counter(Metric::kUpstreamRequests, target_of(kOther)));
  // Names that are of use, and those of the configuration, still find room.
  for (const Standing standing : {Standing::kAccepted, Standing::kListed}) {
    EXPECT_NE(&junk, &shard_.counter(Metric::kUpstreamRequests, target_of({"gpt-4o", standing})));
  }
}

TEST_F(ShardTest, KnowsASetForWhichAnotherShardFoundRoom) {
  LabelSets sets({}, 0);
  Shard crowded(sets);
  Counter& one = crowded.counter(Metric::kClientGone, {"a"});
  EXPECT_EQ(&one, &crowded.counter(Metric::kClientGone, {"b"})) << "there is room for none";
  Shard other(sets_);
  shard_.counter(Metric::kClientGone, {"a"});
  other.counter(Metric::kClientGone, {"a"});
  EXPECT_EQ(shard_.published(Metric::kClientGone)->set, other.published(Metric::kClientGone)->set);
}

TEST_F(ShardTest, FindsAnUncleanValueUnderItsCleanForm) {
  Counter& first = shard_.counter(Metric::kClientGone, {"a\xFF\n"});
  Counter& again = shard_.counter(Metric::kClientGone, {"a\xFF\n"});
  EXPECT_EQ(&first, &again);
  EXPECT_EQ(&first, &shard_.counter(Metric::kClientGone, {"a? "}));
  EXPECT_EQ(series_count(shard_, Metric::kClientGone), 1U);
}

TEST_F(ShardTest, PutsABoundIntoItsOwnBucketAndTheRestIntoInfinity) {
  const std::vector<LabelValue> target(std::size(kTargetLabels), LabelValue("x"));
  Histogram& retries = shard_.histogram(Metric::kRequestRetries, target);
  for (const double value : {0.0, 1.0, 4.0, 10.0, 11.0}) retries.observe(value);
  ASSERT_EQ(retries.bounds().size(), 6U);
  EXPECT_EQ(retries.count(0), 1U);  // 0
  EXPECT_EQ(retries.count(1), 1U);  // 1
  EXPECT_EQ(retries.count(4), 1U);  // up to 5
  EXPECT_EQ(retries.count(5), 1U);  // 10
  EXPECT_EQ(retries.count(6), 1U);  // beyond
  EXPECT_EQ(retries.sum(), 26);
}

using ShardDeathTest = ShardTest;

TEST_F(ShardDeathTest, AWrongNumberOfLabelsIsABug) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  EXPECT_DEATH(shard_.counter(Metric::kTimeouts, {"openai"}), "label_count");
}

TEST_F(ShardDeathTest, AWrongTypeIsABug) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  EXPECT_DEATH(shard_.gauge(Metric::kKeepAlives), "found");
}

}  // namespace
}  // namespace bifrost::telemetry
