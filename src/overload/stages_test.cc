#include "overload/stages.h"

#include <gtest/gtest.h>

namespace bifrost::overload {
namespace {

constexpr Thresholds kAt = {0.80, 0.85, 0.90, 0.85, 0.95};

Pressures only(Monitor monitor, double pressure) {
  Pressures pressures{};
  pressures[static_cast<std::size_t>(monitor)] = pressure;
  return pressures;
}

// The machine, with a name for each thing that it says.
struct Machine {
  Stages stages;
  void at(Monitor monitor, double pressure) { stages.next(only(monitor, pressure), kAt); }
  [[nodiscard]] double level(Action action) const {
    return stages.levels()[static_cast<std::size_t>(action)];
  }
};

TEST(Stages, DoNothingWhileThereIsPlenty) {
  Machine machine;
  machine.at(Monitor::kMemory, 0.79);
  for (const double level : machine.stages.levels()) EXPECT_EQ(level, 0);
}

TEST(Stages, TakeTheActionsOneAfterTheOther) {
  Machine machine;
  machine.at(Monitor::kMemory, 0.80);
  EXPECT_EQ(machine.level(Action::kStopKeepAlive), 1);
  EXPECT_EQ(machine.level(Action::kRefuseLargeBodies), 0);
  machine.at(Monitor::kMemory, 0.86);
  EXPECT_EQ(machine.level(Action::kRefuseLargeBodies), 1);
  EXPECT_EQ(machine.level(Action::kRefuseLow), 1);
  EXPECT_EQ(machine.level(Action::kCloseIdle), 0);
  machine.at(Monitor::kMemory, 0.92);
  EXPECT_EQ(machine.level(Action::kCloseIdle), 1);
  EXPECT_EQ(machine.level(Action::kRefuse), 0);
  machine.at(Monitor::kMemory, 0.95);
  EXPECT_GT(machine.level(Action::kRefuse), 0);
  machine.at(Monitor::kMemory, 1);
  EXPECT_EQ(machine.level(Action::kRefuse), 1);
}

TEST(Stages, AnActionEndsALittleBelowWhereItBegan) {
  Machine machine;
  machine.at(Monitor::kMemory, 0.80);
  machine.at(Monitor::kMemory, 0.76);
  EXPECT_EQ(machine.level(Action::kStopKeepAlive), 1);
  machine.at(Monitor::kMemory, 0.75);
  EXPECT_EQ(machine.level(Action::kStopKeepAlive), 0);
  machine.at(Monitor::kMemory, 0.79);
  EXPECT_EQ(machine.level(Action::kStopKeepAlive), 0);
}

TEST(Stages, TheShareOfRefusalsFollowsThePressureDownToNone) {
  Machine machine;
  double before = 0;
  for (const double pressure : {0.95, 0.97, 0.99, 1.0}) {
    machine.at(Monitor::kLoopLag, pressure);
    EXPECT_GT(machine.level(Action::kRefuse), before) << pressure;
    before = machine.level(Action::kRefuse);
  }
  for (const double pressure : {0.98, 0.94, 0.91}) {
    machine.at(Monitor::kLoopLag, pressure);
    EXPECT_LT(machine.level(Action::kRefuse), before) << pressure;
    before = machine.level(Action::kRefuse);
    EXPECT_GT(before, 0);
  }
  machine.at(Monitor::kLoopLag, 0.89);
  EXPECT_EQ(machine.level(Action::kRefuse), 0);
}

TEST(Stages, EachActionHeedsWhatItHelps) {
  Machine machine;
  machine.at(Monitor::kLoopLag, 1);
  EXPECT_EQ(machine.level(Action::kStopKeepAlive), 0);
  EXPECT_EQ(machine.level(Action::kCloseIdle), 0);
  EXPECT_EQ(machine.level(Action::kRefuse), 1);
  machine.at(Monitor::kConnections, 1);
  EXPECT_EQ(machine.level(Action::kCloseIdle), 1);
  EXPECT_EQ(machine.level(Action::kRefuse), 0);
  machine.at(Monitor::kQueues, 1);
  EXPECT_EQ(machine.level(Action::kCloseIdle), 0);
  EXPECT_EQ(machine.level(Action::kRefuse), 1);
}

TEST(Stages, AThresholdAboveOneIsNever) {
  Stages stages;
  Thresholds never;
  never.fill(1.1);
  for (const double level : stages.next(only(Monitor::kMemory, 1), never)) EXPECT_EQ(level, 0);
}

}  // namespace
}  // namespace bifrost::overload
