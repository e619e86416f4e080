#include "overload/control.h"

#include <gtest/gtest.h>

#include <chrono>
#include <set>

namespace bifrost::overload {
namespace {

constexpr int kTries = 1000;

// A control whose memory is as short as the test says, with two workers that are as late.
class ControlTest : public testing::Test {
 protected:
  ControlTest() {
    control_.watch(Monitor::kMemory, [this] { return memory_; });
    control_.watch(door_, [this] { return lag_; });
    control_.watch(other_door_, [this] { return other_lag_; });
    control_.configure({});
  }

  void memory(double pressure) {
    memory_ = pressure;
    control_.look();
  }
  int served(Priority priority) { return served_by(door_, priority); }
  int served_by(Door& door, Priority priority) {
    int count = 0;
    for (int i = 0; i < kTries; ++i) {
      if (door.admit(priority, random_)) ++count;
    }
    return count;
  }

  double memory_ = 0;
  double lag_ = 0;
  double other_lag_ = 0;
  Random random_{1};
  Control control_;
  Door door_{control_.refusals()};
  Door other_door_{control_.refusals()};
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
    const auto refused = door_.admit(Priority::kNormal, random_);
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

TEST_F(ControlTest, AWorkerThatHangsRefusesForItself) {
  other_lag_ = 1;
  control_.look();
  EXPECT_EQ(served_by(other_door_, Priority::kNormal), 0);
  EXPECT_EQ(served_by(other_door_, Priority::kHigh), kTries);
  EXPECT_EQ(served(Priority::kNormal), kTries);
  EXPECT_EQ(served(Priority::kLow), kTries);
  // What is told is how it is with the latest.
  EXPECT_EQ(control_.pressure(Monitor::kLoopLag), 1);
  EXPECT_TRUE(control_.takes(Action::kRefuse));

  other_lag_ = 0;
  control_.look();
  EXPECT_EQ(served_by(other_door_, Priority::kLow), kTries);
  EXPECT_EQ(control_.pressure(Monitor::kLoopLag), 0);
}

TEST_F(ControlTest, WhatIsShortForAllIsRefusedByAll) {
  memory(1);
  EXPECT_EQ(served(Priority::kNormal), 0);
  EXPECT_EQ(served_by(other_door_, Priority::kNormal), 0);
  memory(0);
  lag_ = 0.92;
  control_.look();
  EXPECT_EQ(served(Priority::kLow), 0);
  EXPECT_EQ(served(Priority::kNormal), kTries);
  EXPECT_EQ(served_by(other_door_, Priority::kLow), kTries);
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
