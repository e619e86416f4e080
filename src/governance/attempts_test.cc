#include "governance/attempts.h"

#include <gtest/gtest.h>

#include <vector>

namespace bifrost::governance {
namespace {

using std::chrono::seconds;

class AttemptsTest : public testing::Test {
 protected:
  // How long it has to wait now, in seconds.
  std::int64_t wait(std::string_view network) {
    const auto checked = attempts_.check(network, clock_.now());
    if (checked) return 0;
    EXPECT_EQ(checked.error().code, ErrorCode::kRateLimited);
    return std::chrono::ceil<seconds>(checked.error().retry_after.value()).count();
  }
  void be_wrong(std::string_view network, int times) {
    for (int i = 0; i < times; ++i) attempts_.wrong(network, clock_.now());
  }

  FakeClock clock_;
  Attempts attempts_;
};

TEST_F(AttemptsTest, AfterAFewTimesItWaitsTwiceAsLongEachTime) {
  be_wrong("192.0.2.1", Attempts::kFree - 1);
  EXPECT_EQ(wait("192.0.2.1"), 0);
  for (const std::int64_t expected : {1, 2, 4, 8, 16, 32, 60, 60}) {
    be_wrong("192.0.2.1", 1);
    EXPECT_EQ(wait("192.0.2.1"), expected);
    clock_.advance(seconds(expected));
    EXPECT_EQ(wait("192.0.2.1"), 0);
  }
}

TEST_F(AttemptsTest, OthersDoNotWaitWithIt) {
  be_wrong("192.0.2.1", Attempts::kFree);
  EXPECT_GT(wait("192.0.2.1"), 0);
  EXPECT_EQ(wait("192.0.2.2"), 0);
}

// Behind one proxy stand those who guess and those who know.
TEST_F(AttemptsTest, ARightOneGivesNobodyFreeOnesAgain) {
  be_wrong("192.0.2.1", Attempts::kFree - 1);
  attempts_.right("192.0.2.1", clock_.now());
  be_wrong("192.0.2.1", 1);
  EXPECT_GT(wait("192.0.2.1"), 0);
}

TEST_F(AttemptsTest, WhoWasRightLatelyHasPlacesThatStrangersCannotTake) {
  attempts_.right("192.0.2.1", clock_.now());
  std::vector<Attempts::Place> places;
  places.reserve(Attempts::kJudgedMax + Attempts::kLookedUpMax);
  for (int i = 0; i < Attempts::kJudgedMax; ++i) {
    places.push_back(*attempts_.judge("192.0.2.2", clock_.now()));
  }
  for (int i = 0; i < Attempts::kLookedUpMax; ++i) {
    places.push_back(*attempts_.look_up("192.0.2.2", clock_.now()));
  }
  EXPECT_FALSE(attempts_.judge("192.0.2.3", clock_.now()));
  EXPECT_FALSE(attempts_.look_up("192.0.2.3", clock_.now()));
  EXPECT_TRUE(attempts_.judge("192.0.2.1", clock_.now()));
  EXPECT_TRUE(attempts_.look_up("192.0.2.1", clock_.now()));
  clock_.advance(Attempts::kRightFor);
  EXPECT_FALSE(attempts_.judge("192.0.2.1", clock_.now()));
}

TEST_F(AttemptsTest, OfNetworksThatWereRightTheOneOfLongestAgoIsForgotten) {
  for (std::size_t i = 0; i <= Attempts::kRightNetworksMax; ++i) {
    attempts_.right("network " + std::to_string(i), clock_.now());
    clock_.advance(seconds(1));
  }
  std::vector<Attempts::Place> places;
  places.reserve(Attempts::kJudgedMax);
  for (int i = 0; i < Attempts::kJudgedMax; ++i) {
    places.push_back(*attempts_.judge("a stranger", clock_.now()));
  }
  EXPECT_FALSE(attempts_.judge("network 0", clock_.now()));
  EXPECT_TRUE(attempts_.judge("network 1", clock_.now()));
}

TEST_F(AttemptsTest, WhoHasNotBeenWrongForAWhileBeginsAnew) {
  be_wrong("192.0.2.1", Attempts::kFree + 3);
  clock_.advance(Attempts::kForgottenAfter);
  be_wrong("192.0.2.1", 1);
  EXPECT_EQ(wait("192.0.2.1"), 0);
}

TEST_F(AttemptsTest, TheOneThatWasWrongLongestAgoIsForgottenFirst) {
  be_wrong("oldest", Attempts::kFree + 5);
  clock_.advance(seconds(1));
  for (std::size_t i = 1; i < Attempts::kNetworksMax; ++i) be_wrong(std::to_string(i), 1);
  be_wrong("1", Attempts::kFree + 5);
  EXPECT_GT(wait("oldest"), 0);
  be_wrong("one more", 1);
  EXPECT_EQ(wait("oldest"), 0);
  EXPECT_GT(wait("1"), 0);
}

TEST_F(AttemptsTest, FewAreJudgedAtTheSameTime) {
  std::vector<Attempts::Place> places;
  places.reserve(Attempts::kJudgedMax);
  for (int i = 0; i < Attempts::kJudgedMax; ++i)
    places.push_back(attempts_.judge("", clock_.now()).value());
  const auto refused = attempts_.judge("", clock_.now());
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kRateLimited);
  EXPECT_TRUE(attempts_.look_up("", clock_.now())) << "tokens have places of their own";
  places.pop_back();
  EXPECT_TRUE(attempts_.judge("", clock_.now()));
}

}  // namespace
}  // namespace bifrost::governance
