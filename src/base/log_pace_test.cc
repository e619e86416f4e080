#include "base/log_pace.h"

#include <gtest/gtest.h>

namespace bifrost {
namespace {

TEST(LogPace, LetsOneLineInAWhileThroughWhichCountsTheOthers) {
  FakeClock clock;
  LogPace pace;
  EXPECT_EQ(pace.next(clock.now()), 1U);
  for (int i = 0; i < 5; ++i) EXPECT_EQ(pace.next(clock.now()), 0U);
  clock.advance(LogPace::kPause - std::chrono::nanoseconds(1));
  EXPECT_EQ(pace.next(clock.now()), 0U);
  clock.advance(std::chrono::nanoseconds(1));
  EXPECT_EQ(pace.next(clock.now()), 7U);
  clock.advance(LogPace::kPause);
  EXPECT_EQ(pace.next(clock.now()), 1U);
}

}  // namespace
}  // namespace bifrost
