#include "telemetry/label_sets.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

namespace bifrost::telemetry {
namespace {

using ::testing::ElementsAre;

std::vector<std::string> target_of(std::string_view model) {
  std::vector<std::string> values = {
      "openai", std::string(model), "", "chat_completion", "k1", "main", "0"};
  values.resize(std::size(kTargetLabels));
  values.emplace_back("true");
  return values;
}

// How many models of that standing find room in a histogram of targets.
int fill(LabelSets& sets, Standing standing) {
  int kept = 0;
  const auto name = [&] { return fmt::format("{}-{}", static_cast<int>(standing), kept); };
  while (sets.add(Metric::kUpstreamLatency, target_of(name()), standing) != nullptr) ++kept;
  return kept;
}

int fill_routes(LabelSets& sets) {
  int kept = 0;
  while (sets.add(Metric::kHttpRequestSize, {fmt::format("/v1/{}", kept), "POST", "400"},
                  Standing::kOurs) != nullptr) {
    ++kept;
  }
  return kept;
}

// How many find room where there is nothing else.
int fits(Standing standing) {
  LabelSets sets({}, kExpositionBytesMax);
  return fill(sets, standing);
}

class LabelSetsTest : public ::testing::Test {
 protected:
  LabelSets sets_{{}, kExpositionBytesMax};
};

TEST_F(LabelSetsTest, KeepsEachSetOnce) {
  const LabelSet* set = sets_.add(Metric::kClientGone, {"waiting"}, Standing::kOurs);
  ASSERT_NE(set, nullptr);
  EXPECT_THAT(set->values, ElementsAre("waiting"));
  EXPECT_EQ(sets_.add(Metric::kClientGone, {"waiting"}, Standing::kTried), set);
  EXPECT_NE(sets_.add(Metric::kClientGone, {"answering"}, Standing::kOurs), set);
}

TEST_F(LabelSetsTest, KnowsASetAgainWhenThereIsNoRoomForOthers) {
  const LabelSet* set = sets_.add(Metric::kUpstreamLatency, target_of("first"), Standing::kOurs);
  ASSERT_NE(set, nullptr);
  fill(sets_, Standing::kOurs);
  EXPECT_EQ(sets_.add(Metric::kUpstreamLatency, target_of("first"), Standing::kTried), set);
}

TEST_F(LabelSetsTest, WhatWasTriedTakesNoRoomFromTheRest) {
  EXPECT_GT(fill(sets_, Standing::kTried), 5);
  EXPECT_EQ(fill(sets_, Standing::kAccepted), fits(Standing::kAccepted));
}

TEST_F(LabelSetsTest, TheLessAValueIsOursTheMoreRoomItLeaves) {
  EXPECT_GT(fill(sets_, Standing::kAccepted), 50);
  EXPECT_GT(fill(sets_, Standing::kListed), 5);
  EXPECT_GT(fill(sets_, Standing::kOurs), 5);
}

TEST_F(LabelSetsTest, RoutesTakeNoRoomFromTargets) {
  EXPECT_GT(fill_routes(sets_), 50);
  EXPECT_EQ(fill(sets_, Standing::kAccepted), fits(Standing::kAccepted));
  EXPECT_NE(sets_.add(Metric::kTimeouts, {"openai", "connect"}, Standing::kOurs), nullptr);
}

TEST_F(LabelSetsTest, TargetsTakeNoRoomFromRoutes) {
  LabelSets untouched({}, kExpositionBytesMax);
  fill(sets_, Standing::kOurs);
  EXPECT_EQ(fill_routes(sets_), fill_routes(untouched));
}

TEST_F(LabelSetsTest, MoreRoomIsForMoreSets) {
  LabelSets large({}, 4 * kExpositionBytesMax);
  EXPECT_GT(fill(large, Standing::kAccepted), 4 * fits(Standing::kAccepted));
  LabelSets none({}, 1000);
  EXPECT_EQ(fill(none, Standing::kOurs), 0);
  EXPECT_EQ(none.overflow(Metric::kClientGone).values[0], kOverflow);
}

}  // namespace
}  // namespace bifrost::telemetry
