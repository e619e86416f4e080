#include "routing/retry_accounts.h"

#include <gtest/gtest.h>

#include <array>
#include <string>
#include <thread>
#include <vector>

namespace bifrost::routing {
namespace {

using namespace std::chrono_literals;

constexpr RetryShare kShare{.share = 0.1, .floor = 3};

class RetryAccountsTest : public ::testing::Test {
 protected:
  int takes(std::string_view name, RetryShare share = kShare) {
    int taken = 0;
    while (taken < 10'000 && accounts_.take(name, share, now_)) ++taken;
    return taken;
  }
  void requests(std::string_view name, int count) {
    for (int i = 0; i < count; ++i) accounts_.add_request(name, now_);
  }

  RetryAccounts accounts_;
  SteadyTime now_ = FakeClock().now();
};

TEST_F(RetryAccountsTest, GivesTheFloorWithoutTraffic) {
  EXPECT_TRUE(accounts_.has_room("a", kShare, now_));
  EXPECT_EQ(takes("a"), 3);
  EXPECT_FALSE(accounts_.has_room("a", kShare, now_));
  EXPECT_EQ(takes("b"), 3) << "each has its own";
  EXPECT_EQ(takes("c", {.share = 0.1, .floor = 0}), 0);
}

TEST_F(RetryAccountsTest, GivesAShareOfTheTraffic) {
  requests("a", 1000);
  EXPECT_EQ(takes("a"), 100);
  requests("a", 50);
  EXPECT_EQ(takes("a"), 5);
}

TEST_F(RetryAccountsTest, CountsRetriesThatNobodyAskedLeaveFor) {
  for (int i = 0; i < 3; ++i) accounts_.add_retry("a", now_);
  EXPECT_EQ(takes("a"), 0);
}

TEST_F(RetryAccountsTest, ForgetsWithTime) {
  EXPECT_EQ(takes("a"), 3);
  now_ += 2s;
  EXPECT_EQ(takes("a"), 0);
  now_ += 3s;
  EXPECT_EQ(takes("a"), 1) << "the floor comes back bit by bit";
  now_ += 10min;
  EXPECT_EQ(takes("a"), 3);
  requests("b", 1000);
  now_ += 10min;
  EXPECT_EQ(takes("b"), 3) << "nobody saves for later";
}

TEST_F(RetryAccountsTest, DoesNotMindAClockThatIsBehind) {
  EXPECT_EQ(takes("a"), 3);
  now_ -= 1s;
  EXPECT_EQ(takes("a"), 0);
}

TEST_F(RetryAccountsTest, SaysWhetherAKeyAnswersWell) {
  EXPECT_TRUE(accounts_.answers_well("a", now_)) << "nothing is known";
  requests("a", 10);
  accounts_.add_failure("a", now_);
  EXPECT_TRUE(accounts_.answers_well("a", now_));
  accounts_.add_failure("a", now_);
  EXPECT_FALSE(accounts_.answers_well("a", now_));
}

TEST_F(RetryAccountsTest, ForgetsThatAKeyAnsweredBadly) {
  requests("a", 1);
  accounts_.add_failure("a", now_);
  now_ += 10s;
  EXPECT_FALSE(accounts_.answers_well("a", now_));
  now_ += 20s;
  EXPECT_TRUE(accounts_.answers_well("a", now_)) << "what is half a minute old is no news";

  requests("b", 1000);
  for (int i = 0; i < 1000; ++i) accounts_.add_failure("b", now_);
  now_ += 30s;
  EXPECT_FALSE(accounts_.answers_well("b", now_));
  now_ += 70s;
  EXPECT_TRUE(accounts_.answers_well("b", now_));
}

TEST_F(RetryAccountsTest, IsBounded) {
  RetryAccounts few(1);
  EXPECT_TRUE(few.take("kept", {.share = 0, .floor = 1}, now_));
  for (int i = 0; i < 1000; ++i) {
    few.add_request("junk" + std::to_string(i), now_);
    static_cast<void>(few.has_room("kept", kShare, now_));
  }
  EXPECT_TRUE(few.take("kept", {.share = 0, .floor = 1}, now_)) << "it had to go";
}

TEST_F(RetryAccountsTest, IsSharedByThreads) {
  constexpr int kEach = 2000;
  std::array<int, 4> taken{};
  std::vector<std::thread> workers;
  workers.reserve(taken.size());
  for (int& count : taken) {
    workers.emplace_back([this, &count] {
      for (int i = 0; i < kEach; ++i) {
        accounts_.add_request(std::to_string(i), now_);
        if (accounts_.take("one", {.share = 0, .floor = 100}, now_)) ++count;
      }
    });
  }
  for (std::thread& worker : workers) worker.join();
  EXPECT_EQ(taken[0] + taken[1] + taken[2] + taken[3], 100);
}

}  // namespace
}  // namespace bifrost::routing
