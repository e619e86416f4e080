#include "overload/pulse.h"

#include <gtest/gtest.h>

namespace bifrost::overload {
namespace {

using namespace std::chrono_literals;

constexpr SteadyTime kNow{1h};

TEST(PulseTest, NobodyIsSilentBeforeTheFirstLook) { EXPECT_EQ(Pulse().silence(kNow), 0s); }

TEST(PulseTest, TheLatestLoopCounts) {
  Pulse pulse;
  pulse.beat(kNow, 3s);
  EXPECT_EQ(pulse.silence(kNow), 3s);
  pulse.beat(kNow + 1s, 1ms);
  EXPECT_EQ(pulse.silence(kNow + 1s), 1ms);
}

TEST(PulseTest, ALookerThatHangsIsSilentItself) {
  Pulse pulse;
  pulse.beat(kNow, 0s);
  EXPECT_EQ(pulse.silence(kNow + 40s), 40s);
}

// The one that asks may have read its clock before the one that tells.
TEST(PulseTest, ATimeBeforeIsNoSilence) {
  Pulse pulse;
  pulse.beat(kNow, 0s);
  EXPECT_EQ(pulse.silence(kNow - 1ms), 0s);
}

}  // namespace
}  // namespace bifrost::overload
