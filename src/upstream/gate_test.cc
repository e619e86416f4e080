#include "upstream/gate.h"

#include "net/loop_fixture.h"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <thread>
#include <vector>

namespace bifrost::upstream {
namespace {

using namespace std::chrono_literals;

constexpr net::CallScope::Expiry kGaveUp{ErrorCode::kQueueTimeout, Origin::kGateway,
                                         Retry::kOtherTarget, "gave up"};

net::Task<void> enter_and_note(net::CallScope& scope, std::shared_ptr<Gate> gate,
                               std::vector<int>& order, int number) {
  auto permit = co_await gate->enter(scope);
  EXPECT_TRUE(permit);
  order.push_back(number);
}

net::Task<void> first_come_first_served(net::CallScope& scope) {
  auto gate = std::make_shared<Gate>(GateLimits{.in_flight_max = 1, .waiting_max = 10});
  std::vector<int> order;
  net::TaskGroup waiters(scope.loop());
  {
    auto held = co_await gate->enter(scope);
    EXPECT_TRUE(held);
    for (int i = 0; i < 5; ++i) {
      waiters.spawn("wait",
                    [&, i](net::CallScope& own) { return enter_and_note(own, gate, order, i); });
    }
    while (gate->waiting() < 5) EXPECT_TRUE(co_await net::sleep_for(scope, 1ms));
    EXPECT_TRUE(order.empty());
  }
  EXPECT_TRUE(co_await waiters.drained(scope));
  EXPECT_EQ(order, (std::vector{0, 1, 2, 3, 4}));
  EXPECT_EQ(gate->in_flight(), 0U);
}

TEST(Gate, GivesPlacesInTheOrderOfAsking) {
  net::run_in_fake_time([](net::CallScope& scope) { return first_come_first_served(scope); });
}

net::Task<void> fill_and_overflow(net::CallScope& scope, bool drop, bool& refused) {
  auto gate =
      std::make_shared<Gate>(GateLimits{.in_flight_max = 1, .waiting_max = 1, .drop_excess = drop});
  auto held = co_await gate->enter(scope);
  std::vector<int> order;
  net::TaskGroup waiters(scope.loop());
  waiters.spawn("wait", [&](net::CallScope& own) { return enter_and_note(own, gate, order, 0); });
  while (gate->waiting() < 1) EXPECT_TRUE(co_await net::sleep_for(scope, 1ms));
  {
    const net::CallScope::Deadline patience(scope, 5ms, kGaveUp);
    auto beyond = co_await gate->enter(scope);
    EXPECT_FALSE(beyond);
    refused = beyond.error().code == ErrorCode::kQueueFull;
    if (refused) EXPECT_TRUE(beyond.error().retry_after);
  }
  held->release();
  EXPECT_TRUE(co_await waiters.drained(scope));
  EXPECT_EQ(gate->waiting(), 0U);
  EXPECT_EQ(gate->in_flight(), 0U);
}

TEST(Gate, AFullQueueRefusesAtOnceWhenExcessIsDropped) {
  bool refused = false;
  net::run_in_fake_time(
      [&](net::CallScope& scope) { return fill_and_overflow(scope, true, refused); });
  EXPECT_TRUE(refused);
}

TEST(Gate, AFullQueueLetsWaitOtherwise) {
  bool refused = true;
  net::run_in_fake_time(
      [&](net::CallScope& scope) { return fill_and_overflow(scope, false, refused); });
  EXPECT_FALSE(refused);
}

net::Task<void> raise_limit(net::CallScope& scope) {
  auto gate = std::make_shared<Gate>(GateLimits{.in_flight_max = 1, .waiting_max = 10});
  auto held = co_await gate->enter(scope);
  std::vector<int> order;
  net::TaskGroup waiters(scope.loop());
  waiters.spawn("wait", [&](net::CallScope& own) { return enter_and_note(own, gate, order, 0); });
  while (gate->waiting() < 1) EXPECT_TRUE(co_await net::sleep_for(scope, 1ms));
  gate->set_limits({.in_flight_max = 2, .waiting_max = 10});
  EXPECT_TRUE(co_await waiters.drained(scope));
  EXPECT_EQ(order.size(), 1U);
}

TEST(Gate, ARaisedLimitLetsWaitingCallsIn) {
  net::run_in_fake_time([](net::CallScope& scope) { return raise_limit(scope); });
}

// Calls of one worker that come and go, some of them giving up while they wait.
net::Task<void> hammer(net::CallScope& scope, std::shared_ptr<Gate> gate, std::atomic<int>& inside,
                       std::atomic<int>& most, int rounds, bool impatient) {
  for (int i = 0; i < rounds; ++i) {
    const net::CallScope::Deadline patience(
        scope, impatient ? std::chrono::nanoseconds(200us) : std::chrono::nanoseconds(10s),
        kGaveUp);
    auto permit = co_await gate->enter(scope);
    if (!permit) continue;
    const int now = ++inside;
    int seen = most.load();
    while (now > seen && !most.compare_exchange_weak(seen, now)) {
    }
    auto slept = co_await net::sleep_for(scope, 100us);
    ignore(slept, "an impatient call may be interrupted here as well");
    --inside;
  }
}

TEST(Gate, HoldsItsLimitAcrossThreads) {
  constexpr int kInFlightMax = 3;
  auto gate =
      std::make_shared<Gate>(GateLimits{.in_flight_max = kInFlightMax, .waiting_max = 1000});
  std::atomic<int> inside = 0;
  std::atomic<int> most = 0;
  std::vector<std::unique_ptr<net::Loop>> loops;
  for (int t = 0; t < 4; ++t) loops.push_back(std::make_unique<net::Loop>());
  std::atomic<int> running = 4;
  {
    std::vector<std::jthread> threads;
    for (auto& loop : loops) {
      threads.emplace_back([&, own = loop.get()] {
        net::TaskGroup calls(*own);
        for (int i = 0; i < 8; ++i) {
          calls.spawn("call", [&, i](net::CallScope& scope) {
            return hammer(scope, gate, inside, most, 25, i % 2 == 0);
          });
        }
        net::TaskGroup end(*own);
        end.spawn("end", [&](net::CallScope& scope) {
          return [](net::CallScope& inner, net::TaskGroup& group, std::atomic<int>& left,
                    std::vector<std::unique_ptr<net::Loop>>& all) -> net::Task<void> {
            ignore(co_await group.drained(inner), "nobody interrupts");
            // A grant may still be on its way to another loop: all stop together.
            if (--left == 0) {
              for (auto& loop_to_stop : all) loop_to_stop->stop();
            }
          }(scope, calls, running, loops);
        });
        own->run();
      });
    }
  }
  EXPECT_LE(most.load(), kInFlightMax);
  EXPECT_GT(most.load(), 0);
  EXPECT_EQ(gate->in_flight(), 0U);
  EXPECT_EQ(gate->waiting(), 0U);
}

}  // namespace
}  // namespace bifrost::upstream
