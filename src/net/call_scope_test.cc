#include "net/call_scope.h"

#include "net/loop_fixture.h"

#include <gtest/gtest.h>

#include <array>
#include <chrono>
#include <optional>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <thread>
#include <unistd.h>
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
  run_in_fake_time(
      [&](CallScope& scope) { return wait_under_two_deadlines(scope, 1h, 5ms, seen); });
  EXPECT_EQ(seen, (std::vector{ErrorCode::kUpstreamIdleTimeout, ErrorCode::kCount}));
}

TEST(CallScope, AnOuterDeadlineCountsBeforeAnInnerOne) {
  std::vector<ErrorCode> seen;
  run_in_fake_time(
      [&](CallScope& scope) { return wait_under_two_deadlines(scope, 5ms, 1h, seen); });
  EXPECT_EQ(seen,
            (std::vector{ErrorCode::kUpstreamTotalTimeout, ErrorCode::kUpstreamTotalTimeout}));
}

TEST(CallScope, ADeadlineOfZeroIsNone) {
  std::vector<ErrorCode> seen;
  run_in_fake_time(
      [&](CallScope& scope) { return wait_under_two_deadlines(scope, 0s, 5ms, seen); });
  EXPECT_EQ(seen.front(), ErrorCode::kUpstreamIdleTimeout);
}

Task<void> sleep_long(CallScope& scope, Result<void>& outcome) {
  outcome = co_await sleep_for(scope, 1h);
  // A cancelled scope stays cancelled: later waits end at once.
  auto again = co_await sleep_for(scope, 1h);
  EXPECT_FALSE(again);
}

Task<void> cancel(CallScope& /*scope*/, TaskGroup& group) {
  group.cancel_all(kLeft);
  co_return;
}

TEST(CallScope, CancellingEndsAWaitWithItsReason) {
  FakeClock clock;
  Loop loop(clock);
  TaskGroup sleepers(loop);
  Result<void> outcome;
  sleepers.spawn("sleep", [&](CallScope& scope) { return sleep_long(scope, outcome); });
  run_on(loop, [&](CallScope& scope) { return cancel(scope, sleepers); });
  EXPECT_EQ(sleepers.size(), 0U);
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
  run_in_fake_time([&](CallScope& scope) { return arm_in_odd_order(scope, order); });
  EXPECT_EQ(order, (std::vector{1, 2, 3}));
}

// Two sleepers note the time when they wake.
Task<void> sleep_and_note(CallScope& scope, std::chrono::nanoseconds length,
                          std::vector<SteadyTime>& woken) {
  EXPECT_TRUE(co_await sleep_for(scope, length));
  woken.push_back(scope.loop().now());
}

TEST(Loop, InFakeTimeJumpsFromTimerToTimer) {
  FakeClock clock;
  Loop loop(clock);
  const SteadyTime began = clock.now();
  TaskGroup other(loop);
  std::vector<SteadyTime> woken;
  other.spawn("other", [&](CallScope& scope) { return sleep_and_note(scope, 1ns, woken); });
  run_on(loop, [&](CallScope& scope) { return sleep_and_note(scope, 720h, woken); });
  EXPECT_EQ(woken, (std::vector{began + 1ns, began + 720h}));
  EXPECT_EQ(clock.now(), began + 720h);
}

// Notes when its socket became readable.
class ReadableAt final : public FdHandler {
 public:
  explicit ReadableAt(const Loop& loop) : loop_(loop) {}
  void on_events(std::uint32_t events) override {
    if ((events & EPOLLIN) != 0) at = loop_.now();
  }
  std::optional<SteadyTime> at;

 private:
  const Loop& loop_;
};

TEST(Loop, InFakeTimeWhatIsReadyComesBeforeTheNextTimer) {
  FakeClock clock;
  Loop loop(clock);
  const SteadyTime began = clock.now();
  std::array<int, 2> pair{};
  ASSERT_EQ(::socketpair(AF_UNIX, SOCK_STREAM, 0, pair.data()), 0);
  ReadableAt readable(loop);
  loop.watch(pair[0], readable);
  std::vector<SteadyTime> woken;
  ASSERT_EQ(::write(pair[1], "x", 1), 1);
  run_on(loop, [&](CallScope& scope) { return sleep_and_note(scope, 1ns, woken); });
  EXPECT_EQ(readable.at, began);
  EXPECT_EQ(woken, (std::vector{began + 1ns}));
  for (const int fd : pair) ::close(fd);
}

TEST(Loop, InRealTimeATimerDoesNotFireEarly) {
  Loop loop;
  std::vector<SteadyTime> woken;
  const SteadyTime began = loop.now();
  run_on(loop, [&](CallScope& scope) { return sleep_and_note(scope, 3ms, woken); });
  EXPECT_GE(woken.front(), began + 3ms);
}

TEST(Loop, RunsPostedFunctionsOfOtherThreads) {
  Loop loop;
  int count = 0;
  std::vector<std::jthread> threads;
  threads.reserve(4);
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
