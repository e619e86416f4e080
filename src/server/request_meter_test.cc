#include "server/request_meter.h"

#include <gtest/gtest.h>

namespace bifrost::server {
namespace {

using namespace std::chrono_literals;

constexpr RequestRate rate(std::chrono::nanoseconds interval, int burst) {
  return {.interval = interval, .credit = burst * interval};
}

int taken(RequestMeter& meter, const RequestRate& rate, SteadyTime now, int tries = 1000) {
  int count = 0;
  for (int i = 0; i < tries; ++i) count += meter.refuses(rate, now) ? 0 : 1;
  return count;
}

TEST(RequestMeter, GivesABurstAndThenTheRate) {
  FakeClock clock;
  RequestMeter meter;
  const RequestRate two_a_second = rate(500ms, 3);
  EXPECT_EQ(taken(meter, two_a_second, clock.now()), 3);
  EXPECT_EQ(meter.refuses(two_a_second, clock.now()), 500ms);
  clock.advance(499ms);
  EXPECT_EQ(meter.refuses(two_a_second, clock.now()), 1ms);
  clock.advance(1ms);
  EXPECT_EQ(taken(meter, two_a_second, clock.now()), 1);
  clock.advance(1s);
  EXPECT_EQ(taken(meter, two_a_second, clock.now()), 2);
  clock.advance(1h);
  EXPECT_EQ(taken(meter, two_a_second, clock.now()), 3) << "no more than a burst";
}

TEST(RequestMeter, RefusedRequestsCostNothing) {
  FakeClock clock;
  RequestMeter meter;
  const RequestRate one_a_second = rate(1s, 1);
  EXPECT_EQ(taken(meter, one_a_second, clock.now()), 1);
  for (int i = 0; i < 10; ++i) {
    clock.advance(100ms);
    EXPECT_EQ(taken(meter, one_a_second, clock.now()), i == 9 ? 1 : 0);
  }
}

TEST(RequestMeter, RestsWhenItIsAsGoodAsNew) {
  FakeClock clock;
  RequestMeter meter;
  EXPECT_TRUE(meter.at_rest(clock.now()));
  EXPECT_EQ(taken(meter, rate(1s, 2), clock.now()), 2);
  clock.advance(2s - 1ns);
  EXPECT_FALSE(meter.at_rest(clock.now()));
  clock.advance(1ns);
  EXPECT_TRUE(meter.at_rest(clock.now()));
}

TEST(RequestMeter, TakesASmallerBurstAtOnce) {
  FakeClock clock;
  RequestMeter meter;
  EXPECT_EQ(taken(meter, rate(100s, 100), clock.now()), 100);
  clock.advance(1s);
  EXPECT_EQ(taken(meter, rate(1s, 2), clock.now()), 0);
  clock.advance(1s);
  EXPECT_EQ(taken(meter, rate(1s, 2), clock.now()), 1);
}

TEST(RequestMeter, WithoutARateRefusesNothing) {
  FakeClock clock;
  RequestMeter meter;
  EXPECT_EQ(taken(meter, {}, clock.now()), 1000);
  EXPECT_TRUE(meter.at_rest(clock.now()));
}

}  // namespace
}  // namespace bifrost::server
