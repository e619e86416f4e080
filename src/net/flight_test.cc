#include "net/flight.h"

#include "net/loop_fixture.h"

#include <gtest/gtest.h>

#include <chrono>
#include <functional>
#include <memory>
#include <utility>

namespace bifrost::net {
namespace {

using namespace std::chrono_literals;

constexpr CallScope::Expiry kLeft{ErrorCode::kClientGone, Origin::kClient, Retry::kNo, "left"};

Task<void> fly_for(CallScope& scope, Flight::Pilot /*pilot*/, std::chrono::nanoseconds time) {
  EXPECT_TRUE(co_await sleep_for(scope, time));
}

// A task that takes so long, started on the group.
std::shared_ptr<Flight> start(Loop& loop, TaskGroup& tasks, std::chrono::nanoseconds time) {
  Flight::Pilot pilot(loop);
  auto flight = pilot.flight();
  tasks.spawn("fly", [pilot = std::move(pilot), time](CallScope& own) mutable {
    return fly_for(own, std::move(pilot), time);
  });
  return flight;
}

Task<void> wait_until_over(CallScope& scope, Flight& flight, std::chrono::nanoseconds takes) {
  const SteadyTime begun = scope.loop().now();
  co_await flight.wait(scope);
  EXPECT_TRUE(flight.over());
  EXPECT_EQ(scope.loop().now() - begun, takes);
}

Task<void> leave_before(CallScope& scope, Flight& flight, std::chrono::nanoseconds patience) {
  const CallScope::Deadline deadline(scope, patience, kLeft);
  co_await flight.wait(scope);
  EXPECT_TRUE(scope.interruption());
}

Task<void> all_wait_for_one(CallScope& scope) {
  TaskGroup tasks(scope.loop());
  const auto flight = start(scope.loop(), tasks, 2s);
  for (int i = 0; i < 3; ++i) {
    tasks.spawn("wait", [&](CallScope& own) { return wait_until_over(own, *flight, 2s); });
  }
  EXPECT_TRUE(co_await sleep_for(scope, 1s));
  EXPECT_EQ(flight->waiting(), 3U);
  EXPECT_TRUE(co_await tasks.drained(scope));
  EXPECT_EQ(flight->waiting(), 0U);
}

TEST(Flight, IsWaitedForByMany) { run_in_fake_time(all_wait_for_one); }

Task<void> one_leaves(CallScope& scope) {
  TaskGroup tasks(scope.loop());
  const auto flight = start(scope.loop(), tasks, 3s);
  tasks.spawn("leave", [&](CallScope& own) { return leave_before(own, *flight, 1s); });
  tasks.spawn("stay", [&](CallScope& own) { return wait_until_over(own, *flight, 3s); });
  EXPECT_TRUE(co_await sleep_for(scope, 2s));
  EXPECT_EQ(flight->waiting(), 1U);
  EXPECT_TRUE(co_await tasks.drained(scope));
}

TEST(Flight, MayBeLeftBeforeItsEnd) { run_in_fake_time(one_leaves); }

Task<void> over_already(CallScope& scope) {
  TaskGroup tasks(scope.loop());
  const auto flight = start(scope.loop(), tasks, 1s);
  EXPECT_TRUE(co_await tasks.drained(scope));
  co_await wait_until_over(scope, *flight, 0s);
}

TEST(Flight, ThatIsOverKeepsNobody) { run_in_fake_time(over_already); }

Task<void> crash(CallScope& scope, Flight::Pilot /*pilot*/) {
  EXPECT_TRUE(co_await sleep_for(scope, 1s));
  std::function<void()>()();  // throws
}

Task<void> task_fails(CallScope& scope) {
  TaskGroup tasks(scope.loop());
  Flight::Pilot pilot(scope.loop());
  const auto flight = pilot.flight();
  tasks.spawn("crash", [pilot = std::move(pilot)](CallScope& own) mutable {
    return crash(own, std::move(pilot));
  });
  co_await wait_until_over(scope, *flight, 1s);
  EXPECT_TRUE(co_await tasks.drained(scope));
}

TEST(Flight, IsOverWhenAnExceptionEndsItsTask) { run_in_fake_time(task_fails); }

Task<void> never_begins(CallScope& scope) {
  std::shared_ptr<Flight> flight;
  {
    const Flight::Pilot pilot(scope.loop());
    flight = pilot.flight();
    EXPECT_FALSE(flight->over());
  }
  co_await wait_until_over(scope, *flight, 0s);
}

TEST(Flight, IsOverWhenItsTaskNeverBegins) { run_in_fake_time(never_begins); }

}  // namespace
}  // namespace bifrost::net
