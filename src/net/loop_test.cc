#include "net/loop.h"

#include "net/loop_fixture.h"

#include <gtest/gtest.h>

#include <chrono>
#include <functional>
#include <vector>

namespace bifrost::net {
namespace {

using namespace std::chrono_literals;

// A bug as the library reports one; the house has no `throw`.
void fail() { std::function<void()>()(); }

// Fails the first time.
class FailingTimer final : public Timer {
 public:
  explicit FailingTimer(Loop& loop) : Timer(loop), loop_(loop) {}
  std::vector<SteadyTime> fired;

 private:
  void fire() override {
    fired.push_back(loop_.now());
    if (fired.size() == 1) fail();
  }

  Loop& loop_;
};

Task<void> timer_fails(CallScope& scope) {
  FailingTimer timer(scope.loop());
  const SteadyTime begun = scope.loop().now();
  timer.arm(begun + 1s);
  EXPECT_TRUE(co_await sleep_for(scope, 10s));
  EXPECT_EQ(timer.fired, (std::vector{begun + 1s, begun + 2s}));
}

TEST(Loop, FiresATimerAgainThatFailed) { run_in_fake_time(timer_fails); }

Task<void> posted_fails(CallScope& scope) {
  bool called = false;
  scope.loop().post(fail);
  scope.loop().post([&] { called = true; });
  EXPECT_TRUE(co_await sleep_for(scope, 1s));
  EXPECT_TRUE(called);
}

TEST(Loop, GoesOnBehindAPostedFunctionThatFailed) { run_in_fake_time(posted_fails); }

}  // namespace
}  // namespace bifrost::net
