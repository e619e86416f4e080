#include "net/blocking_pool.h"

#include "net/loop_fixture.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <functional>
#include <latch>
#include <memory>
#include <string>
#include <thread>
#include <vector>

namespace bifrost::net {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

BlockingPoolOptions options(std::size_t threads, std::size_t waiting_max = 64) {
  return {.name = "test", .threads = threads, .waiting_max = waiting_max};
}

Error gone() { return client_error(ErrorCode::kClientGone, "left"); }

// Work that is under way until it is told to end.
struct Held {
  std::latch begun{1};
  std::latch may_end{1};
  std::atomic<bool> ended = false;
  void operator()() {
    begun.count_down();
    may_end.wait();
    ended = true;
  }
};

Task<void> hold(CallScope& scope, BlockingPool& pool, Held& held, Result<void>& told) {
  told = co_await run_blocking(scope, pool, [&held] { held(); });
}

Task<void> count(CallScope& scope, BlockingPool& pool, std::atomic<int>& times,
                 Result<void>& told) {
  told = co_await run_blocking(scope, pool, [&times] { ++times; });
}

Task<void> ask_where(CallScope& scope, BlockingPool& pool, std::thread::id& where) {
  auto told = co_await run_blocking(scope, pool, [] { return std::this_thread::get_id(); });
  EXPECT_TRUE(told);
  if (told) where = *told;
}

TEST(BlockingPool, WorksOnAThreadOfItsOwn) {
  BlockingPool pool(options(1));
  std::thread::id first;
  std::thread::id second;
  run_on_loop([&](CallScope& scope) { return ask_where(scope, pool, first); });
  run_on_loop([&](CallScope& scope) { return ask_where(scope, pool, second); });
  EXPECT_NE(first, std::this_thread::get_id());
  EXPECT_EQ(first, second);
}

Task<void> wait_until_begun(CallScope& /*scope*/, Held& held) {
  held.begun.wait();
  co_return;
}

Task<void> end_work(CallScope& /*scope*/, Held& held) {
  held.begun.wait();
  held.may_end.count_down();
  co_return;
}

TEST(BlockingPool, LetsTheLoopGoOnMeanwhile) {
  BlockingPool pool(options(1));
  Held held;
  Result<void> told = gone();
  Loop loop;
  TaskGroup group(loop);
  group.spawn("hold", [&](CallScope& scope) { return hold(scope, pool, held, told); });
  group.spawn("end", [&](CallScope& scope) { return end_work(scope, held); });
  run_on(loop, [&](CallScope& scope) { return stop_when_drained(scope, group); });
  EXPECT_TRUE(told);
}

Task<void> ask_for_all_kinds(CallScope& scope, BlockingPool& pool) {
  auto owned = std::make_unique<int>(3);
  auto value = co_await run_blocking(
      scope, pool, [owned = std::move(owned)] { return std::make_unique<int>(*owned + 1); });
  EXPECT_TRUE(value);
  if (value) EXPECT_EQ(**value, 4);
  auto good = co_await run_blocking(scope, pool, [] { return Result<std::string>("rows"); });
  EXPECT_TRUE(good);
  if (good) EXPECT_EQ(*good, "rows");
  auto bad = co_await run_blocking(scope, pool, []() -> Result<std::string> { return gone(); });
  EXPECT_FALSE(bad);
  auto nothing = co_await run_blocking(scope, pool, [] {});
  EXPECT_TRUE(nothing);
  auto asked = co_await run_blocking(
      scope, pool, [](const std::stop_token& stop) { return stop.stop_requested(); });
  EXPECT_TRUE(asked);
  if (asked) EXPECT_FALSE(*asked);
}

TEST(BlockingPool, HandsOverWhatWorkGives) {
  BlockingPool pool(options(1));
  run_on_loop([&](CallScope& scope) { return ask_for_all_kinds(scope, pool); });
}

TEST(BlockingPool, WithoutThreadsWorkIsDoneAtOnce) {
  BlockingPool pool(options(0));
  std::thread::id where;
  run_in_fake_time([&](CallScope& scope) { return ask_where(scope, pool, where); });
  EXPECT_EQ(where, std::this_thread::get_id());
  run_in_fake_time([&](CallScope& scope) { return ask_for_all_kinds(scope, pool); });
}

Task<void> ask_for_one_that_throws(CallScope& scope, BlockingPool& pool) {
  auto told = co_await run_blocking(scope, pool, []() -> int { return std::vector<int>().at(1); });
  EXPECT_FALSE(told);
  if (!told) EXPECT_EQ(told.error().code, ErrorCode::kInternal);
}

TEST(BlockingPool, AnExceptionIsAnErrorAndTheThreadLives) {
  BlockingPool pool(options(1));
  run_on_loop([&](CallScope& scope) { return ask_for_one_that_throws(scope, pool); });
  run_on_loop([&](CallScope& scope) { return ask_for_all_kinds(scope, pool); });
}

Task<void> note(CallScope& scope, BlockingPool& pool, std::vector<int>& order, int number) {
  auto told = co_await run_blocking(scope, pool, [&order, number] { order.push_back(number); });
  EXPECT_TRUE(told);
}

TEST(BlockingPool, OneThreadKeepsTheOrder) {
  BlockingPool pool(options(1));
  std::vector<int> order;
  Loop loop;
  TaskGroup group(loop);
  for (const int number : {1, 2, 3, 4}) {
    group.spawn("note", [&, number](CallScope& scope) { return note(scope, pool, order, number); });
  }
  run_on(loop, [&](CallScope& scope) { return stop_when_drained(scope, group); });
  EXPECT_THAT(order, ElementsAre(1, 2, 3, 4));
}

// One thread, on which a piece of work is held, and two places to wait for it.
class BusyPool : public ::testing::Test {
 protected:
  // The one that holds the thread: whoever is spawned after this finds it taken.
  void spawn_hold(TaskGroup& group) {
    group.spawn("hold", [this](CallScope& scope) { return hold(scope, pool_, held_, held_told_); });
    group.spawn("begun", [this](CallScope& scope) { return wait_until_begun(scope, held_); });
  }
  void spawn_count(TaskGroup& group, Result<void>& told) {
    group.spawn("count",
                [this, &told](CallScope& scope) { return count(scope, pool_, times_, told); });
  }
  void spawn_end() {
    group_.spawn("end", [this](CallScope& scope) { return end_work(scope, held_); });
  }
  void run() {
    TaskGroup last(loop_);
    last.spawn("stop", [this](CallScope& scope) { return stop_when_drained(scope, group_); });
    loop_.run();
  }

  Held held_;
  std::atomic<int> times_ = 0;
  BlockingPool pool_{options(1, 2)};
  Result<void> held_told_ = gone();
  Result<void> first_ = gone();
  Result<void> second_ = gone();
  Result<void> third_ = gone();
  Result<void> fourth_ = gone();
  Loop loop_;
  TaskGroup group_{loop_};
  TaskGroup leavers_{loop_};
};

TEST_F(BusyPool, RefusesWhatItHasNoPlaceFor) {
  spawn_hold(group_);
  for (Result<void>* told : {&first_, &second_, &third_}) spawn_count(group_, *told);
  spawn_end();
  run();
  EXPECT_TRUE(held_told_);
  EXPECT_TRUE(first_);
  EXPECT_TRUE(second_);
  ASSERT_FALSE(third_);
  EXPECT_EQ(third_.error().code, ErrorCode::kBusy);
  EXPECT_EQ(third_.error().retry_after, 1s);
  EXPECT_THAT(third_.error().message, HasSubstr("test (1 under way, 2 waiting)"));
  EXPECT_EQ(times_, 2);
}

Task<void> cancel_then(CallScope& /*scope*/, TaskGroup& group, std::function<void()> next) {
  group.cancel_all(kLeft);
  next();
  co_return;
}

TEST_F(BusyPool, LeavesUndoneWhatNobodyWaitsForAndFreesItsPlace) {
  spawn_hold(group_);
  for (Result<void>* told : {&first_, &second_}) spawn_count(leavers_, *told);
  const auto others_come = [this] {
    for (Result<void>* told : {&third_, &fourth_}) spawn_count(group_, *told);
    spawn_end();
  };
  group_.spawn("leave",
               [&](CallScope& scope) { return cancel_then(scope, leavers_, others_come); });
  run();
  for (const Result<void>* left : {&first_, &second_}) {
    ASSERT_FALSE(*left);
    EXPECT_EQ(left->error().code, ErrorCode::kClientGone);
  }
  EXPECT_TRUE(third_);
  EXPECT_TRUE(fourth_);
  EXPECT_EQ(times_, 2);
}

Task<void> give_up_soon(CallScope& scope, BlockingPool& pool, Held& held, Result<void>& told) {
  static constexpr CallScope::Expiry kOver{ErrorCode::kQueueTimeout, Origin::kGateway, Retry::kNo,
                                           "over"};
  const CallScope::Deadline soon(scope, 1ms, kOver);
  co_await hold(scope, pool, held, told);
}

// The loop is gone when the work ends.
TEST(BlockingPool, ADeadlineEndsTheWaitAndNotTheWork) {
  Held held;
  BlockingPool pool(options(1));
  Result<void> told;
  {
    Loop loop;
    TaskGroup group(loop);
    group.spawn("wait", [&](CallScope& scope) { return give_up_soon(scope, pool, held, told); });
    group.spawn("begun", [&](CallScope& scope) { return wait_until_begun(scope, held); });
    run_on(loop, [&](CallScope& scope) { return stop_when_drained(scope, group); });
  }
  ASSERT_FALSE(told);
  EXPECT_EQ(told.error().code, ErrorCode::kQueueTimeout);
  held.may_end.count_down();
  pool.stop();
  EXPECT_TRUE(held.ended);
}

// Ends when it is asked to, and not before.
struct Obedient {
  std::latch& begun;
  void operator()(const std::stop_token& stop) const {
    std::latch asked(1);
    const std::stop_callback on_stop(stop, [&asked] { asked.count_down(); });
    begun.count_down();
    asked.wait();
  }
};

Task<void> obey(CallScope& scope, BlockingPool& pool, std::latch& begun, Result<void>& told) {
  told = co_await run_blocking(scope, pool, Obedient{begun});
}

Task<void> cancel_once_begun(CallScope& /*scope*/, TaskGroup& group, std::latch& begun) {
  begun.wait();
  group.cancel_all(kLeft);
  co_return;
}

TEST(BlockingPool, WhatIsUnderWayIsAskedToStopWhenItsCallerLeaves) {
  std::latch begun(1);
  BlockingPool pool(options(1));
  Result<void> told;
  Loop loop;
  TaskGroup leavers(loop);
  leavers.spawn("obey", [&](CallScope& scope) { return obey(scope, pool, begun, told); });
  run_on(loop, [&](CallScope& scope) { return cancel_once_begun(scope, leavers, begun); });
  EXPECT_EQ(leavers.size(), 0U);
  ASSERT_FALSE(told);
  EXPECT_EQ(told.error().code, ErrorCode::kClientGone);
  pool.stop();  // it comes back
}

Task<void> obey_to_end(CallScope& scope, BlockingPool& pool, std::latch& begun, int& lent,
                       Result<int>& told) {
  told = co_await run_to_end(scope, pool, [&](const std::stop_token& stop) {
    Obedient{begun}(stop);
    return ++lent;
  });
  EXPECT_TRUE(scope.cancelled());
}

TEST(BlockingPool, WhoLendsWaitsForTheEndAlsoWhenHeIsCancelled) {
  std::latch begun(1);
  BlockingPool pool(options(1));
  int lent = 0;
  Result<int> told = gone();
  Loop loop;
  TaskGroup leavers(loop);
  leavers.spawn("obey",
                [&](CallScope& scope) { return obey_to_end(scope, pool, begun, lent, told); });
  leavers.spawn("cancel",
                [&](CallScope& scope) { return cancel_once_begun(scope, leavers, begun); });
  run_on(loop, [&](CallScope& scope) { return stop_when_drained(scope, leavers); });
  ASSERT_TRUE(told);
  EXPECT_EQ(*told, 1);
}

Task<void> count_to_end(CallScope& scope, BlockingPool& pool, std::atomic<int>& times,
                        Result<void>& told) {
  told = co_await run_to_end(scope, pool, [&times] { ++times; });
}

TEST_F(BusyPool, WhoLendsWaitsNotForWhatHasNotBegun) {
  spawn_hold(group_);
  leavers_.spawn("count",
                 [this](CallScope& scope) { return count_to_end(scope, pool_, times_, first_); });
  const auto others_come = [this] {
    group_.spawn("count",
                 [this](CallScope& scope) { return count_to_end(scope, pool_, times_, second_); });
    spawn_end();
  };
  group_.spawn("leave",
               [&](CallScope& scope) { return cancel_then(scope, leavers_, others_come); });
  run();
  ASSERT_FALSE(first_);
  EXPECT_EQ(first_.error().code, ErrorCode::kClientGone);
  EXPECT_TRUE(second_);
  EXPECT_EQ(times_, 1);
}

Task<void> count_then_end(CallScope& scope, BlockingPool& pool, std::atomic<int>& times,
                          Result<void>& told, Held& held) {
  co_await count(scope, pool, times, told);
  held.may_end.count_down();
}

Task<void> stop_elsewhere(CallScope& /*scope*/, BlockingPool& pool, std::jthread& stopper) {
  stopper = std::jthread([&pool] { pool.stop(); });
  co_return;
}

// What is under way ends only after the refusal has come: the one does not wait for the other.
TEST_F(BusyPool, StoppingRefusesWhatWaitsAndLetsEndWhatRuns) {
  std::jthread stopper;
  spawn_hold(group_);
  group_.spawn("count", [&](CallScope& scope) {
    return count_then_end(scope, pool_, times_, first_, held_);
  });
  group_.spawn("stop", [&](CallScope& scope) { return stop_elsewhere(scope, pool_, stopper); });
  run();
  stopper.join();
  EXPECT_TRUE(held_told_);
  ASSERT_FALSE(first_);
  EXPECT_EQ(first_.error().code, ErrorCode::kShuttingDown);
  run_on_loop([this](CallScope& scope) { return count(scope, pool_, times_, second_); });
  ASSERT_FALSE(second_);
  EXPECT_EQ(second_.error().code, ErrorCode::kShuttingDown);
  EXPECT_EQ(times_, 0);
}

TEST(BlockingPool, StoppingAsksWhatRunsToStop) {
  std::latch begun(1);
  BlockingPool pool(options(1));
  Result<void> told = gone();
  std::jthread stopper([&] {
    begun.wait();
    pool.stop();
  });
  run_on_loop([&](CallScope& scope) { return obey(scope, pool, begun, told); });
  EXPECT_TRUE(told);
}

constexpr int kRounds = 200;

Task<void> ask_often(CallScope& scope, BlockingPool& pool, std::atomic<int>& times, int& good) {
  for (int round = 0; round < kRounds; ++round) {
    Result<void> told;
    co_await count(scope, pool, times, told);
    if (told) ++good;
  }
}

Task<void> ask_then_cancel(CallScope& scope, BlockingPool& pool, TaskGroup& leavers,
                           std::atomic<int>& times, int& good) {
  co_await ask_often(scope, pool, times, good);
  leavers.cancel_all(kLeft);
}

// Run with the thread sanitizer: workers ask, and some of their callers leave at any moment.
TEST(BlockingPool, ServesSeveralLoopsAtOnce) {
  BlockingPool pool(options(3));
  std::atomic<int> times = 0;
  std::atomic<int> good = 0;
  std::vector<std::jthread> workers;
  workers.reserve(4);
  for (int worker = 0; worker < 4; ++worker) {
    workers.emplace_back([&] {
      Loop loop;
      TaskGroup stayers(loop);
      TaskGroup leavers(loop);
      int good_here = 0;
      int leavers_good = 0;
      for (int i = 0; i < 3; ++i) {
        leavers.spawn("leaver", [&](CallScope& scope) {
          return ask_often(scope, pool, times, leavers_good);
        });
      }
      run_on(loop, [&](CallScope& scope) {
        return ask_then_cancel(scope, pool, leavers, times, good_here);
      });
      EXPECT_EQ(good_here, kRounds);
      good += good_here + leavers_good;
    });
  }
  workers.clear();
  pool.stop();
  EXPECT_GE(times, good);
  EXPECT_GE(good, 4 * kRounds);
}

}  // namespace
}  // namespace bifrost::net
