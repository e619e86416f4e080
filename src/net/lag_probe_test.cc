#include "net/lag_probe.h"

#include "net/loop_fixture.h"

#include <gtest/gtest.h>

#include <chrono>

namespace bifrost::net {
namespace {

using namespace std::chrono_literals;

// The loop is not run but where the test says so: it hangs as long as the test likes.
TEST(LagProbe, IsAsLateAsTheLoopHasHung) {
  FakeClock clock;
  Loop loop(clock);
  LagProbe probe(loop, clock);
  EXPECT_EQ(probe.measure(), 0ns);
  clock.advance(300ms);
  EXPECT_EQ(probe.measure(), 300ms);
  clock.advance(200ms);
  EXPECT_EQ(probe.measure(), 500ms);
  loop.stop();
  loop.run();
  clock.advance(1s);
  EXPECT_EQ(probe.measure(), 500ms);  // it arrived then; the next one is on its way
  clock.advance(10ms);
  EXPECT_EQ(probe.measure(), 10ms);
}

}  // namespace
}  // namespace bifrost::net
