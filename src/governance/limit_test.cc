#include "governance/limit.h"

#include "base/random.h"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <limits>
#include <thread>
#include <utility>
#include <vector>

namespace bifrost::governance {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

const WallTime kStart{seconds(1'700'000'000)};

LimitTerms hourly(std::int64_t amount) {
  return {.owner = "virtual key alice",
          .unit = Unit::kTokens,
          .amount = amount,
          .period = Period::parse("1h")};
}

TEST(Limit, TakesUntilItIsFull) {
  Limit limit(hourly(100), kStart);
  const auto first = limit.take(60, kStart);
  ASSERT_TRUE(first);
  EXPECT_FALSE(limit.take(60, kStart)) << "40 are left, and somebody holds some";
  const auto second = limit.take(40, kStart);
  ASSERT_TRUE(second);
  EXPECT_FALSE(limit.take(0, kStart)) << "full is full, also for who wants nothing";

  limit.settle(*first, 10);
  limit.settle(*second, 40);
  const Limit::State state = limit.state(kStart);
  EXPECT_EQ(state.used, 50);
  EXPECT_EQ(state.held, 0);
  EXPECT_TRUE(limit.take(50, kStart));
}

TEST(Limit, GivesOneAtATimeWhatIsLeft) {
  Limit limit(hourly(100), kStart);
  const auto big = limit.take(4'000, kStart);
  ASSERT_TRUE(big) << "nobody else is there";
  EXPECT_EQ(big->amount, 100);
  EXPECT_FALSE(limit.take(1, kStart));
  limit.settle(*big, 80);
  const auto next = limit.take(4'000, kStart);
  ASSERT_TRUE(next);
  EXPECT_EQ(next->amount, 20);
  limit.settle(*next, 80);
  EXPECT_EQ(limit.state(kStart).used, 160);
  EXPECT_FALSE(limit.take(1, kStart));
}

TEST(Limit, WouldTakeWhatItTakes) {
  Limit limit(hourly(100), kStart);
  EXPECT_TRUE(limit.would_take(4'000, kStart)) << "nobody else is there";
  EXPECT_EQ(limit.state(kStart).held, 0) << "it took nothing";
  const auto taken = limit.take(60, kStart);
  ASSERT_TRUE(taken);
  EXPECT_TRUE(limit.would_take(40, kStart));
  EXPECT_FALSE(limit.would_take(41, kStart)) << "somebody holds some";
  limit.settle(*taken, 100);
  EXPECT_FALSE(limit.would_take(0, kStart)) << "full is full";
  EXPECT_TRUE(limit.would_take(1, kStart + hours(1)));
}

TEST(Limit, BeginsAnewWithItsWindow) {
  Limit limit(hourly(100), kStart, 90);
  EXPECT_EQ(limit.state(kStart).used, 90);
  const auto held = limit.take(10, kStart);
  ASSERT_TRUE(held);
  EXPECT_FALSE(limit.take(10, kStart + hours(1) - seconds(1)));
  EXPECT_TRUE(limit.take(100, kStart + hours(1)));
  limit.settle(*held, 10);  // of the window before
  const Limit::State state = limit.state(kStart + hours(1));
  EXPECT_EQ(state.used, 0);
  EXPECT_EQ(state.held, 100);
  ASSERT_TRUE(state.window);
  EXPECT_EQ(state.window->end, kStart + hours(2));
}

TEST(Limit, SaysWhatIsLeftOfItsWindow) {
  Limit limit(hourly(100), kStart, 30);
  ASSERT_TRUE(limit.take(20, kStart));
  const Limit::Room room = limit.room(kStart);
  EXPECT_EQ(room.amount, 100);
  EXPECT_EQ(room.left, 50) << "neither used nor held";
  EXPECT_EQ(room.ends, kStart + hours(1));
  const Limit::Room next = limit.room(kStart + hours(1));
  EXPECT_EQ(next.left, 100);
  EXPECT_EQ(next.ends, WallTime::max()) << "nobody has begun it";
}

TEST(Limit, IsAlignedWithTheCalendarOnDemand) {
  LimitTerms terms = hourly(1);
  terms.period = Period::parse("1d");
  terms.aligned = true;
  Limit limit(terms, kStart);  // 22:13:20 of its day
  EXPECT_TRUE(limit.take(1, kStart));
  EXPECT_FALSE(limit.take(1, kStart + minutes(106)));
  EXPECT_TRUE(limit.take(1, kStart + minutes(107)));
}

TEST(Limit, GivesNothingBackWhenTheClockIsSetBack) {
  Limit limit(hourly(100), kStart);
  const WallTime later = kStart + hours(30);
  const auto held = limit.take(100, later);
  ASSERT_TRUE(held);
  EXPECT_FALSE(limit.take(1, kStart));
  EXPECT_EQ(limit.state(kStart).window->end, kStart + hours(1)) << "it ends in time all the same";
  limit.settle(*held, 100);
  EXPECT_FALSE(limit.take(1, kStart + minutes(59)));
  EXPECT_TRUE(limit.take(1, kStart + hours(1)));
}

TEST(Limit, WhoeverLooksBeginsNoWindow) {
  Limit limit(hourly(100), kStart);
  const WallTime later = kStart + hours(30);
  ASSERT_TRUE(limit.take(60, later));
  EXPECT_EQ(limit.state(kStart).held, 60) << "by a clock that is late";
  EXPECT_EQ(limit.state(later).held, 60);
  const Limit::State next = limit.state(later + hours(1));
  EXPECT_EQ(next.held, 0);
  EXPECT_EQ(next.window->start, later + hours(1));
  EXPECT_FALSE(limit.take(60, later)) << "it is still the window before";
}

// Two workers read the clock, one of them just before the hour.
TEST(Limit, StaysInTheWindowThatHasBegun) {
  Limit limit(hourly(100), kStart);
  const WallTime next = kStart + hours(1);
  EXPECT_TRUE(limit.take(60, next));
  EXPECT_FALSE(limit.take(60, next - seconds(1)));
  EXPECT_FALSE(limit.take(60, next)) << "it has not begun anew";
  EXPECT_EQ(limit.state(next).held, 60);
}

TEST(Limit, WhatWasUsedInAWindowThatIsOverIsForgotten) {
  LimitTerms terms = hourly(100);
  terms.anchor = kStart - hours(3);
  EXPECT_EQ(Limit(terms, kStart, 90).state(kStart).used, 0);
  terms.anchor = kStart - minutes(3);
  EXPECT_EQ(Limit(terms, kStart, 90).state(kStart).used, 90);
}

TEST(Limit, KeepsItsUseWhenItIsChanged) {
  Limit limit(hourly(100), kStart);
  const auto held = limit.take(70, kStart);
  ASSERT_TRUE(held);
  limit.change(hourly(50), kStart);
  EXPECT_FALSE(limit.take(1, kStart));
  limit.change(hourly(200), kStart);
  EXPECT_TRUE(limit.take(130, kStart));
  limit.settle(*held, 70);
  EXPECT_EQ(limit.state(kStart).used, 70);

  LimitTerms daily = hourly(200);
  daily.period = Period::parse("1d");
  limit.change(daily, kStart);
  EXPECT_EQ(limit.state(kStart).used, 0) << "another period is another count";
}

TEST(Limit, HasMoreForSomeWindows) {
  LimitTerms terms = hourly(10);
  terms.extra = 5;
  terms.extra_windows = 2;
  Limit limit(terms, kStart);
  EXPECT_EQ(limit.state(kStart).amount, 15);
  EXPECT_EQ(limit.state(kStart + hours(1)).amount, 15);
  EXPECT_EQ(limit.state(kStart + hours(2)).amount, 10);
  terms.extra_windows = 0;
  limit.change(terms, kStart + hours(2));
  EXPECT_EQ(limit.state(kStart + hours(9)).amount, 15);
}

TEST(Limit, WindowsWithMoreAreCountedFromWhereTheyBegan) {
  LimitTerms terms = hourly(10);
  terms.extra = 5;
  terms.extra_windows = 2;
  terms.extra_from = kStart;
  EXPECT_EQ(Limit(terms, kStart + hours(1)).state(kStart + hours(1)).amount, 15);
  EXPECT_EQ(Limit(terms, kStart + hours(2)).state(kStart + hours(2)).amount, 10)
      << "a start must not grant them anew";
}

TEST(Limit, OfConcurrentRequestsHasNoWindow) {
  Limit limit({.owner = "team red", .unit = Unit::kConcurrent, .amount = 1}, kStart);
  const auto held = limit.take(1, kStart);
  ASSERT_TRUE(held);
  EXPECT_FALSE(limit.take(1, kStart + hours(10'000)));
  limit.settle(*held, 0);
  EXPECT_TRUE(limit.take(1, kStart));
  EXPECT_FALSE(limit.state(kStart).window);
}

TEST(Limit, TakesAmountsAtTheEndsOfTheirRange) {
  Limit none(hourly(0), kStart);
  EXPECT_FALSE(none.take(0, kStart));
  Limit most(hourly(std::numeric_limits<std::int64_t>::max()), kStart);
  EXPECT_EQ(most.state(kStart).amount, kLimitMax);
  const auto held = most.take(std::numeric_limits<std::int64_t>::max(), kStart);
  ASSERT_TRUE(held);
  for (int i = 0; i < 100; ++i) most.settle(*held, std::numeric_limits<std::int64_t>::max());
  EXPECT_FALSE(most.take(1, kStart));
  const auto back = none.take(std::numeric_limits<std::int64_t>::min(), kStart);
  EXPECT_FALSE(back);
}

// All that is admitted fits, whoever asks at once and whenever windows begin.
TEST(LimitThreads, HoldTogether) {
  constexpr int kThreads = 8;
  constexpr int kTurns = 20'000;
  Limit limit(hourly(1'000), kStart);
  std::atomic<std::int64_t> used{0};
  std::vector<std::jthread> threads;
  threads.reserve(kThreads);
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&, t] {
      Random random(static_cast<std::uint64_t>(t));
      for (int i = 0; i < kTurns; ++i) {
        const auto wanted = static_cast<std::int64_t>(random.next() % 7 + 1);
        const auto taken = limit.take(wanted, kStart);
        if (!taken) continue;
        const auto spent = random.next() % 1000 == 0 ? 1 : 0;
        used += spent;
        limit.settle(*taken, spent);
      }
    });
  }
  threads.clear();
  const Limit::State state = limit.state(kStart);
  EXPECT_EQ(state.used, used);
  EXPECT_EQ(state.held, 0);
  EXPECT_LE(state.used, 1'000);
}

TEST(Limit, GoesOnWhereARunBeforeEnded) {
  const Limit before(hourly(100), kStart, 0, "id");
  const Limit::Kept kept{.window = {.start = kStart, .end = kStart + hours(1)}, .used = 70};
  Limit after(hourly(100), kStart + minutes(20), kept, "id");
  EXPECT_EQ(after.id(), "id");
  EXPECT_EQ(after.state(kStart + minutes(20)).used, 70);
  EXPECT_EQ(after.state(kStart + minutes(20)).window, kept.window);
  EXPECT_FALSE(after.idle(kStart + minutes(20)));
  EXPECT_EQ(after.state(kStart + hours(1)).used, 0);
}

TEST(Limit, CountsWindowsOnFromOneThatIsOver) {
  const Limit::Kept kept{.window = {.start = kStart, .end = kStart + hours(1)}, .used = 70};
  Limit after(hourly(100), kStart + minutes(150), kept, "id");
  const Limit::State state = after.state(kStart + minutes(150));
  EXPECT_EQ(state.used, 0);
  ASSERT_TRUE(state.window);
  EXPECT_EQ(state.window->start, kStart + hours(2));
}

TEST(Limit, ForgetsTheUseOfAnotherPeriod) {
  const Limit::Kept kept{.window = {.start = kStart, .end = kStart + hours(24)}, .used = 70};
  Limit after(hourly(100), kStart + minutes(20), kept, "id");
  EXPECT_EQ(after.state(kStart + minutes(20)).used, 0);
}

TEST(Limit, KeepsItsUseOverAClockThatWasSetBack) {
  const Limit::Kept kept{.window = {.start = kStart, .end = kStart + hours(1)}, .used = 70};
  Limit after(hourly(100), kStart - minutes(5), kept, "id");
  EXPECT_EQ(after.state(kStart - minutes(5)).used, 70);
  EXPECT_EQ(after.state(kStart - minutes(5)).window, kept.window);
}

TEST(Limit, SaysInWhichWindowItWasTaken) {
  Limit limit(hourly(100), kStart);
  const auto first = limit.take(1, kStart + minutes(30));
  const auto second = limit.take(1, kStart + minutes(90));
  ASSERT_TRUE(first && second);
  EXPECT_EQ(first->window_start, kStart.time_since_epoch().count());
  EXPECT_EQ(first->window_end, (kStart + hours(1)).time_since_epoch().count());
  EXPECT_EQ(second->window_start, first->window_end);
}

// Whoever takes while a window begins is in the one or in the other, with its bounds.
TEST(LimitThreads, AgreeOnBoundsWhileWindowsBegin) {
  LimitTerms terms = hourly(kLimitMax);
  terms.period = Period::parse("1s");
  Limit limit(terms, kStart);
  std::atomic<std::int64_t> at{0};
  std::vector<std::jthread> threads;
  constexpr int kThreads = 3;
  threads.reserve(kThreads);
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < 20'000; ++i) {
        const WallTime now = kStart + std::chrono::milliseconds(at.fetch_add(100));
        const auto taken = limit.take(1, now);
        ASSERT_TRUE(taken);
        EXPECT_EQ(taken->window_end - taken->window_start, 1'000'000'000);
        EXPECT_EQ((taken->window_start - kStart.time_since_epoch().count()) % 1'000'000'000, 0);
        limit.settle(*taken, 1);
      }
    });
  }
}

// A clock that is set back moves the bounds without beginning a window.
TEST(LimitThreads, AgreeOnBoundsWhileTheClockIsSetBack) {
  LimitTerms terms = hourly(kLimitMax);
  terms.period = Period::parse("1s");
  Limit limit(terms, kStart + hours(1));
  std::vector<std::jthread> threads;
  constexpr int kThreads = 3;
  threads.reserve(kThreads);
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&limit, t] {
      for (int i = 0; i < 20'000; ++i) {
        const auto taken = limit.take(1, kStart + std::chrono::seconds((i * 7 + t * 13) % 100));
        ASSERT_TRUE(taken);
        EXPECT_EQ(taken->window_end - taken->window_start, 1'000'000'000);
        limit.settle(*taken, 1);
      }
    });
  }
}

TEST(LimitThreads, AdmitExactlyWhatFits) {
  constexpr int kThreads = 8;
  Limit limit(hourly(1'000), kStart);
  std::atomic<int> admitted{0};
  std::vector<std::jthread> threads;
  threads.reserve(kThreads);
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < 500; ++i) {
        if (limit.take(1, kStart)) ++admitted;
      }
    });
  }
  threads.clear();
  EXPECT_EQ(admitted, 1'000);
}

}  // namespace
}  // namespace bifrost::governance
