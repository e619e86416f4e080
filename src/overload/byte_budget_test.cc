#include "overload/byte_budget.h"

#include <gtest/gtest.h>

#include <atomic>
#include <string>
#include <thread>
#include <vector>

namespace bifrost::overload {
namespace {

constexpr std::size_t kKiB = 1024;
constexpr std::size_t kMiB = 1024 * kKiB;

TEST(ByteBudget, LendsUpToItsLimitAndNoByteMore) {
  Refusals refusals;
  ByteBudget budget(refusals, 64 * kKiB);
  BytePurse purse(budget);
  ByteLease lease(purse);
  EXPECT_TRUE(lease.resize(64 * kKiB));
  ByteLease other(purse);
  const auto refused = other.resize(1);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kBusy);
  EXPECT_EQ(refused.error().origin, Origin::kGateway);
  EXPECT_TRUE(refused.error().retry_after.has_value());
  EXPECT_EQ(other.bytes(), 0U);
  EXPECT_EQ(refusals.count(Reason::kMemory), 1U);
}

TEST(ByteBudget, WhatALeaseHeldComesBackWithItsEnd) {
  Refusals refusals;
  ByteBudget budget(refusals, 8 * kMiB);
  {
    BytePurse purse(budget);
    {
      ByteLease lease(purse);
      ASSERT_TRUE(lease.resize(6 * kMiB));
      EXPECT_GE(budget.held(), 6 * kMiB);
      ASSERT_TRUE(lease.resize(1 * kMiB));
      EXPECT_LT(budget.held(), 2 * kMiB);
      ByteLease moved = std::move(lease);
      EXPECT_EQ(lease.bytes(), 0U);  // NOLINT: what is left of it
      EXPECT_EQ(moved.bytes(), 1 * kMiB);
    }
    EXPECT_LT(budget.held(), 64 * kKiB);  // what the worker keeps drawn
  }
  EXPECT_EQ(budget.held(), 0U);
}

TEST(ByteBudget, ASharedLeaseIsAsStrictAndComesBackExactly) {
  Refusals refusals;
  ByteBudget budget(refusals, 8 * kMiB);
  {
    SharedLease lease(&budget);
    ASSERT_TRUE(lease.resize(7 * kMiB));
    EXPECT_EQ(budget.held(), 7 * kMiB);
    SharedLease other(&budget);
    const auto refused = other.resize(kSmallLeaseBytes + 1);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::kBusy);
    EXPECT_TRUE(other.resize(kSmallLeaseBytes));
    const auto never = lease.resize(8 * kMiB);
    ASSERT_FALSE(never);
    EXPECT_EQ(never.error().code, ErrorCode::kTooLargeForMemory);
    ASSERT_TRUE(lease.resize(1 * kMiB));
    EXPECT_EQ(budget.held(), 1 * kMiB + kSmallLeaseBytes);
  }
  EXPECT_EQ(budget.held(), 0U);
}

TEST(ByteBudget, WhatCouldNeverFitIsAnotherErrorThanWhatDoesNotFitNow) {
  Refusals refusals;
  ByteBudget budget(refusals, 8 * kMiB);
  BytePurse purse(budget);
  ByteLease lease(purse);
  EXPECT_TRUE(lease.resize(7 * kMiB));
  const auto refused = lease.resize(7 * kMiB + 1);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kTooLargeForMemory);
  EXPECT_EQ(refused.error().status(), 413);
  EXPECT_NE(refused.error().message.find("memory_share"), std::string::npos);
  EXPECT_EQ(lease.bytes(), 7 * kMiB);
  EXPECT_EQ(refusals.count(Reason::kTooLarge), 1U);
}

TEST(ByteBudget, LargeLeasesLeaveRoomForSmallOnes) {
  Refusals refusals;
  ByteBudget budget(refusals, 8 * kMiB);
  BytePurse purse(budget);
  ByteLease large(purse);
  ASSERT_TRUE(large.resize(7 * kMiB));
  ByteLease second(purse);
  EXPECT_FALSE(second.resize(kSmallLeaseBytes + 1));
  std::vector<ByteLease> small;
  small.reserve(17);
  for (int i = 0; i < 16; ++i) EXPECT_TRUE(small.emplace_back(purse).resize(kSmallLeaseBytes)) << i;
  EXPECT_FALSE(small.emplace_back(purse).resize(kSmallLeaseBytes));
}

TEST(ByteBudget, ASmallerLimitRefusesUntilWhatIsHeldFits) {
  Refusals refusals;
  ByteBudget budget(refusals, 8 * kMiB);
  BytePurse purse(budget);
  ByteLease lease(purse);
  ASSERT_TRUE(lease.resize(4 * kMiB));
  budget.set_limit(2 * kMiB);
  ByteLease other(purse);
  EXPECT_FALSE(other.resize(100 * kKiB));
  ASSERT_TRUE(lease.resize(1 * kMiB));
  EXPECT_TRUE(other.resize(100 * kKiB));
}

TEST(ByteBudget, MostSmallLeasesDoNotTouchWhatWorkersShare) {
  Refusals refusals;
  ByteBudget budget(refusals, 1024 * kMiB);
  BytePurse purse(budget);
  {
    ByteLease first(purse);
    ASSERT_TRUE(first.resize(1));
  }
  const std::size_t drawn = budget.held();
  for (int i = 0; i < 1000; ++i) {
    ByteLease lease(purse);
    ASSERT_TRUE(lease.resize(20 * kKiB));
    ASSERT_EQ(budget.held(), drawn);
  }
}

TEST(ByteBudget, WithoutAPurseNothingIsRefused) {
  ByteLease lease;
  EXPECT_TRUE(lease.resize(std::size_t{1} << 60U));
}

TEST(ByteBudget, WorkersTogetherNeverHoldMoreThanTheLimit) {
  constexpr std::size_t kLimit = 2 * kMiB;
  Refusals refusals;
  ByteBudget budget(refusals, kLimit);
  std::atomic<bool> over{false};
  std::atomic<int> refused{0};
  {
    std::vector<std::jthread> workers;
    workers.reserve(4);
    for (int worker = 0; worker < 4; ++worker) {
      workers.emplace_back([&] {
        BytePurse purse(budget);
        for (int round = 0; round < 2000; ++round) {
          ByteLease a(purse);
          ByteLease b(purse);
          if (!a.resize(static_cast<std::size_t>(round % 7) * 300 * kKiB)) ++refused;
          if (!b.resize(700 * kKiB)) ++refused;
          if (budget.held() > kLimit) over = true;
        }
      });
    }
  }
  EXPECT_FALSE(over);
  EXPECT_GT(refused, 0);
  EXPECT_EQ(budget.held(), 0U);
}

}  // namespace
}  // namespace bifrost::overload
