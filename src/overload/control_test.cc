#include "overload/control.h"

#include <gtest/gtest.h>

#include <chrono>
#include <set>

namespace bifrost::overload {
namespace {

constexpr int kTries = 1000;

// A control whose memory is as short as the test says.
class ControlTest : public testing::Test {
 protected:
  ControlTest() {
    control_.watch(Monitor::kMemory, [this] { return memory_; });
    control_.configure({});
  }

  void memory(double pressure) {
    memory_ = pressure;
    control_.look();
  }
  int served(Priority priority) {
    int count = 0;
    for (int i = 0; i < kTries; ++i) {
      if (control_.admit(priority, random_)) ++count;
    }
    return count;
  }

  double memory_ = 0;
  Random random_{1};
  Control control_;
};

TEST_F(ControlTest, ServesEverybodyWhileThereIsPlenty) {
  memory(0.5);
  EXPECT_EQ(served(Priority::kLow), kTries);
  EXPECT_EQ(served(Priority::kNormal), kTries);
  EXPECT_TRUE(control_.admit_body(1'000'000'000));
  EXPECT_EQ(control_.pressure(Monitor::kMemory), 0.5);
}

TEST_F(ControlTest, RefusesLowPriorityFirst) {
  memory(0.91);
  EXPECT_EQ(served(Priority::kLow), 0);
  EXPECT_EQ(served(Priority::kNormal), kTries);
}

TEST_F(ControlTest, RefusesAShareThatGrowsWithThePressure) {
  memory(0.95);
  const int few_refused = served(Priority::kNormal);
  EXPECT_GT(few_refused, kTries * 4 / 10);
  EXPECT_LT(few_refused, kTries * 6 / 10);
  memory(0.98);
  EXPECT_LT(served(Priority::kNormal), few_refused);
  memory(1);
  EXPECT_EQ(served(Priority::kNormal), 0);
  EXPECT_EQ(served(Priority::kHigh), kTries);
  memory(0.5);
  EXPECT_EQ(served(Priority::kNormal), kTries);
}

TEST_F(ControlTest, SaysWhenToComeAgainAndNotTheSameToAll) {
  memory(1);
  std::set<std::chrono::milliseconds> times;
  for (int i = 0; i < kTries; ++i) {
    const auto refused = control_.admit(Priority::kNormal, random_);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::kBusy);
    EXPECT_EQ(refused.error().retry, Retry::kNo);
    times.insert(refused.error().retry_after.value());
  }
  EXPECT_GE(times.size(), 3U);
  EXPECT_GE(*times.begin(), std::chrono::seconds(1));
  EXPECT_EQ(control_.refusals().count(Reason::kPressure), static_cast<std::uint64_t>(kTries));
}

TEST_F(ControlTest, RefusesLargeBodiesBeforeRequests) {
  memory(0.89);
  EXPECT_TRUE(control_.admit_body(1024 * 1024));
  const auto refused = control_.admit_body(1024 * 1024 + 1);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kBusy);
  EXPECT_NE(refused.error().message.find("1024 KiB"), std::string::npos);
  EXPECT_EQ(control_.refusals().count(Reason::kLargeBody), 1U);
  EXPECT_EQ(served(Priority::kLow), kTries);
}

TEST_F(ControlTest, WhatAMonitorSaysIsBounded) {
  memory(17);
  EXPECT_EQ(control_.pressure(Monitor::kMemory), 1);
  memory(-3);
  EXPECT_EQ(control_.pressure(Monitor::kMemory), 0);
}

TEST_F(ControlTest, ThresholdsMayChangeAtAnyTime) {
  memory(0.6);
  EXPECT_FALSE(control_.takes(Action::kStopKeepAlive));
  Settings settings;
  settings.stop_keep_alive_at = 0.6;
  control_.configure(settings);
  control_.look();
  EXPECT_TRUE(control_.takes(Action::kStopKeepAlive));
}

}  // namespace
}  // namespace bifrost::overload
