#include "net/call_scope.h"

#include "net/loop_fixture.h"

#include <gtest/gtest.h>

#include <chrono>
#include <thread>
#include <vector>

namespace bifrost::net {
namespace {

using namespace std::chrono_literals;

constexpr CallScope::Expiry kInner{ErrorCode::kUpstreamIdleTimeout, Origin::kUpstream,
                                   Retry::kSameTarget, "inner"};
constexpr CallScope::Expiry kOuter{ErrorCode::kUpstreamTotalTimeout, Origin::kUpstream, Retry::kNo,
                                   "outer"};

Task<void> wait_under_two_deadlines(CallScope& scope, std::chrono::nanoseconds outer_limit,
                                    std::chrono::nanoseconds inner_limit,
                                    std::vector<ErrorCode>& seen) {
  const CallScope::Deadline outer(scope, outer_limit, kOuter);
  {
    const CallScope::Deadline inner(scope, inner_limit, kInner);
    WaitSlot never;
    co_await scope.wait(never);
    seen.push_back(scope.interruption().value_or(Error{}).code);
  }
  const auto left = scope.interruption();
  seen.push_back(left ? left->code : ErrorCode::kCount);
}

TEST(CallScope, AnInnerDeadlineIsForgottenWithItsFrame) {
  std::vector<ErrorCode> seen;
  run_on_loop([&](CallScope& scope) { return wait_under_two_deadlines(scope, 1h, 5ms, seen); });
  EXPECT_EQ(seen, (std::vector{ErrorCode::kUpstreamIdleTimeout, ErrorCode::kCount}));
}

TEST(CallScope, AnOuterDeadlineCountsBeforeAnInnerOne) {
  std::vector<ErrorCode> seen;
  run_on_loop([&](CallScope& scope) { return wait_under_two_deadlines(scope, 5ms, 1h, seen); });
  EXPECT_EQ(seen,
            (std::vector{ErrorCode::kUpstreamTotalTimeout, ErrorCode::kUpstreamTotalTimeout}));
}

TEST(CallScope, ADeadlineOfZeroIsNone) {
  std::vector<ErrorCode> seen;
  run_on_loop([&](CallScope& scope) { return wait_under_two_deadlines(scope, 0s, 5ms, seen); });
  EXPECT_EQ(seen.front(), ErrorCode::kUpstreamIdleTimeout);
}

Task<void> sleep_long(CallScope& scope, Result<void>& outcome) {
  outcome = co_await sleep_for(scope, 1h);
  // A cancelled scope stays cancelled: later waits end at once.
  auto again = co_await sleep_for(scope, 1h);
  EXPECT_FALSE(again);
}

Task<void> cancel(CallScope& /*scope*/, TaskGroup& group) {
  group.cancel_all(client_error(ErrorCode::kClientGone, "left"));
  co_return;
}

TEST(CallScope, CancellingEndsAWaitWithItsReason) {
  Loop loop;
  TaskGroup sleepers(loop);
  TaskGroup cancellers(loop);
  Result<void> outcome;
  sleepers.spawn("sleep", [&](CallScope& scope) { return sleep_long(scope, outcome); });
  cancellers.spawn("cancel", [&](CallScope& scope) { return cancel(scope, sleepers); });
  cancellers.spawn("stop", [&](CallScope& scope) {
    return [](CallScope& own, TaskGroup& group, Loop& looping) -> Task<void> {
      ignore(co_await group.drained(own), "nobody interrupts");
      looping.stop();
    }(scope, sleepers, loop);
  });
  loop.run();
  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error().code, ErrorCode::kClientGone);
}

class Recorder final : public Timer {
 public:
  Recorder(Loop& loop, std::vector<int>& order, int number)
      : Timer(loop), order_(order), number_(number) {}

 private:
  void fire() override { order_.push_back(number_); }
  std::vector<int>& order_;
  int number_;
};

Task<void> arm_in_odd_order(CallScope& scope, std::vector<int>& order) {
  Loop& loop = scope.loop();
  Recorder first(loop, order, 1);
  Recorder second(loop, order, 2);
  Recorder third(loop, order, 3);
  Recorder never(loop, order, 4);
  const SteadyTime now = loop.now();
  third.arm(now + 9ms);
  never.arm(now + 4ms);
  first.arm(now + 20ms);
  second.arm(now + 2ms);
  second.arm(now + 6ms);  // later than it stands in the queue
  first.arm(now + 3ms);   // earlier
  never.disarm();
  auto slept = co_await sleep_for(scope, 30ms);
  EXPECT_TRUE(slept);
}

TEST(Timer, FiresInTheOrderOfTimeAfterBeingMoved) {
  std::vector<int> order;
  run_on_loop([&](CallScope& scope) { return arm_in_odd_order(scope, order); });
  EXPECT_EQ(order, (std::vector{1, 2, 3}));
}

TEST(Loop, RunsPostedFunctionsOfOtherThreads) {
  Loop loop;
  int count = 0;
  std::vector<std::jthread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < 1000; ++i) {
        loop.post([&] {
          if (++count == 4000) loop.stop();
        });
      }
    });
  }
  loop.run();
  EXPECT_EQ(count, 4000);
}

}  // namespace
}  // namespace bifrost::net
