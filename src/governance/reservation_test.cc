#include "governance/reservation.h"

#include <gtest/gtest.h>

#include <array>
#include <chrono>
#include <cstddef>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace bifrost::governance {
namespace {

const WallTime kNow{std::chrono::seconds(1'700'000'000)};

std::shared_ptr<Limit> limit(std::string owner, Unit unit, std::int64_t amount,
                             std::string_view period = "1h") {
  return std::make_shared<Limit>(LimitTerms{.owner = std::move(owner),
                                            .unit = unit,
                                            .amount = amount,
                                            .period = Period::parse(period)},
                                 kNow);
}

struct Reservations : testing::Test {
  std::vector<std::shared_ptr<Limit>> at_target{limit("alice at openai", Unit::kTokens, 1'000)};
  std::vector<std::shared_ptr<Limit>> everywhere{limit("team red", Unit::kTokens, 100)};

  [[nodiscard]] Limit::State wide() const { return at_target.front()->state(kNow); }
  [[nodiscard]] Limit::State narrow() const { return everywhere.front()->state(kNow); }
  Result<Reservation> hold(std::int64_t tokens) {
    return Reservation::hold(std::array{Limits(at_target)}, everywhere, {.tokens = tokens}, kNow);
  }
};

TEST_F(Reservations, HoldOnAllLimitsOrOnNone) {
  auto first = hold(80);
  ASSERT_TRUE(first);
  EXPECT_EQ(wide().held, 80);
  EXPECT_EQ(narrow().held, 80);

  const auto second = hold(30);
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, ErrorCode::kRateLimited);
  EXPECT_EQ(second.error().retry, Retry::kNo) << "wherever it goes";
  EXPECT_EQ(wide().held, 80);
  EXPECT_EQ(narrow().held, 80);
}

TEST_F(Reservations, TellWhatWouldBeRefusedAndHoldNothing) {
  const auto check = [&](std::int64_t tokens) {
    return Reservation::check(std::array{Limits(at_target)}, everywhere, {.tokens = tokens}, kNow);
  };
  EXPECT_TRUE(check(80));
  EXPECT_EQ(narrow().held, 0);
  const auto held = hold(80);
  EXPECT_TRUE(check(20));
  const auto refused = check(30);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().message, hold(30).error().message);
  EXPECT_EQ(refused.error().retry, Retry::kNo);
}

TEST_F(Reservations, LeaveItToOtherTargetsWhenOneIsFull) {
  at_target.front() = limit("alice at openai", Unit::kTokens, 0);
  const auto refused = hold(30);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().retry, Retry::kOtherTarget);
  EXPECT_EQ(narrow().held, 0);
}

TEST_F(Reservations, SettleOnceWithWhatWasUsed) {
  auto reservation = hold(80);
  ASSERT_TRUE(reservation);
  reservation->settle({.tokens = 50});
  reservation->settle({.tokens = 7});
  EXPECT_EQ(narrow().held, 0);
  EXPECT_EQ(narrow().used, 50);
  EXPECT_EQ(reservation->held(), Amount());
}

TEST_F(Reservations, GiveEverythingBackWhenNobodySettles) {
  {
    ASSERT_TRUE(hold(80));
  }
  EXPECT_EQ(wide().held, 0);
  EXPECT_EQ(wide().used, 0);
  EXPECT_TRUE(hold(100));
}

TEST_F(Reservations, MoveWithoutHoldingTwice) {
  auto made = hold(80);
  ASSERT_TRUE(made);
  Reservation reservation;
  reservation = std::move(*made);
  EXPECT_EQ(narrow().held, 80);
  const Reservation moved(std::move(reservation));
  EXPECT_EQ(narrow().held, 80);
  EXPECT_EQ(moved.held().tokens, 80);
}

TEST_F(Reservations, AnotherOneTakesThePlaceOfTheFirst) {
  auto reservation = hold(80);
  ASSERT_TRUE(reservation);
  *reservation = Reservation();
  EXPECT_EQ(narrow().held, 0);
  EXPECT_EQ(narrow().used, 0);
}

TEST_F(Reservations, GrowAndKeepWhatTheyHadWhenRefused) {
  auto reservation = hold(50);
  ASSERT_TRUE(reservation);
  EXPECT_EQ(reservation->grow({.tokens = 80}, kNow), nullptr);
  EXPECT_EQ(reservation->grow({.tokens = 110}, kNow), everywhere.front().get());
  EXPECT_EQ(wide().held, 80);
  EXPECT_EQ(reservation->covered().tokens, 80);
  reservation->settle({.tokens = 75});
  EXPECT_EQ(wide().held, 0);
  EXPECT_EQ(wide().used, 75);
}

// A stream that runs from one window into the next pays in each for what it used there.
TEST_F(Reservations, GrowInTheWindowThatIsNow) {
  auto reservation = hold(50);
  ASSERT_TRUE(reservation);
  const WallTime next = kNow + std::chrono::hours(1);
  ASSERT_EQ(reservation->grow({.tokens = 80}, next), nullptr);
  EXPECT_EQ(reservation->covered().tokens, 80);
  EXPECT_EQ(everywhere.front()->state(next).held, 30);
  reservation->settle({.tokens = 70});
  EXPECT_EQ(everywhere.front()->state(next).used, 20) << "50 of the 70 belong to the hour before";
  EXPECT_EQ(everywhere.front()->state(next).held, 0);
}

// It holds the last request of a minute: that is no reason to stop it.
TEST_F(Reservations, GrowOnlyWhereMoreIsNeeded) {
  everywhere.push_back(limit("team red", Unit::kRequests, 1));
  everywhere.push_back(limit("team red", Unit::kConcurrent, 1));
  auto reservation = Reservation::hold(std::array{Limits(at_target)}, everywhere,
                                       {.requests = 1, .tokens = 50, .concurrent = 1}, kNow);
  ASSERT_TRUE(reservation);
  EXPECT_EQ(reservation->grow({.tokens = 60}, kNow), nullptr);
  EXPECT_EQ(everywhere[1]->state(kNow).held, 1);
  EXPECT_EQ(narrow().held, 60);
}

// A limit that is nearly full gives what it has left: no more than that is covered.
TEST_F(Reservations, CoverWhatTheLeastLimitHolds) {
  auto reservation = hold(400);
  ASSERT_TRUE(reservation);
  EXPECT_EQ(reservation->held().tokens, 400);
  EXPECT_EQ(reservation->covered().tokens, 100);
  EXPECT_EQ(reservation->covered().nano_dollars, kLimitMax) << "nothing counts them";
  EXPECT_EQ(reservation->grow({.tokens = 101}, kNow), everywhere.front().get());
}

TEST_F(Reservations, UseMayBeMoreThanWasHeld) {
  auto reservation = hold(50);
  ASSERT_TRUE(reservation);
  reservation->settle({.tokens = 120});
  EXPECT_EQ(narrow().used, 120);
  EXPECT_FALSE(hold(1));
}

TEST(ReservationOfNothing, NeedsNoLimits) {
  auto reservation = Reservation::hold({}, {}, {.requests = 1}, kNow);
  ASSERT_TRUE(reservation);
  EXPECT_EQ(reservation->grow({.tokens = 1}, kNow), nullptr);
  reservation->settle({.requests = 1});
}

// One limit that a key and its team share counts a request once.
TEST(SharedLimit, CountsOnce) {
  const std::vector<std::shared_ptr<Limit>> one{limit("shared", Unit::kConcurrent, 1)};
  const auto held =
      Reservation::hold(std::array{Limits(one), Limits(one)}, one, {.concurrent = 1}, kNow);
  ASSERT_TRUE(held);
  EXPECT_EQ(one.front()->state(kNow).held, 1);
}

TEST(TooManyLimits, AreRefusedAndGivenBack) {
  std::vector<std::shared_ptr<Limit>> many;
  for (std::size_t i = 0; i <= Reservation::kLimitsMax; ++i) {
    many.push_back(limit("one of many", Unit::kTokens, 5));
  }
  const auto refused = Reservation::hold({}, many, {.tokens = 1}, kNow);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kInternal);
  EXPECT_EQ(many.front()->state(kNow).held, 0);
}

// What others hold comes back soon; that is no spent budget.
TEST(Refusal, OfWhatIsOnlyHeldSaysToComeAgain) {
  const std::vector<std::shared_ptr<Limit>> limits{
      limit("virtual key alice", Unit::kNanoDollars, 10'000'000'000, "1M")};
  const auto held = Reservation::hold({}, limits, {.nano_dollars = 9'000'000'000}, kNow);
  ASSERT_TRUE(held);
  const auto refused = Reservation::hold({}, limits, {.nano_dollars = 2'000'000'000}, kNow);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kRateLimited);
  EXPECT_EQ(refused.error().upstream_type, "rate_limited");
  EXPECT_EQ(refused.error().retry_after, std::chrono::seconds(1));
  EXPECT_FALSE(refused.error().repeat_unwanted);
}

struct Full {
  Unit unit;
  std::int64_t amount;
  std::string_view type;
  std::string_view message;
  ErrorCode code;
  bool repeat_unwanted;
};

class Refusals : public testing::TestWithParam<Full> {};

TEST_P(Refusals, SayWhatIsFullAndUntilWhen) {
  const std::vector<std::shared_ptr<Limit>> limits{
      limit("virtual key alice", GetParam().unit, GetParam().amount, "1m")};
  auto used = Reservation::hold({}, limits,
                                {.requests = 2, .tokens = 5, .nano_dollars = 10'250'000'000}, kNow);
  ASSERT_TRUE(used);
  used->settle({.requests = 2, .tokens = 5, .nano_dollars = 10'250'000'000});
  const auto refused = Reservation::hold({}, limits, {.requests = 1}, kNow);
  ASSERT_FALSE(refused);
  const Error& error = refused.error();
  EXPECT_EQ(error.message, GetParam().message);
  EXPECT_EQ(error.code, GetParam().code);
  EXPECT_EQ(error.upstream_type, GetParam().type);
  EXPECT_EQ(error.retry_after, std::chrono::seconds(60));
  EXPECT_EQ(error.repeat_unwanted, GetParam().repeat_unwanted);
}

INSTANTIATE_TEST_SUITE_P(
    OfEachUnit, Refusals,
    testing::Values(
        Full{Unit::kRequests, 2, "request_limited",
             "request limit exceeded: virtual key alice has used 2 of 2 (resets every 1m, next at "
             "2023-11-14T22:14:20Z)",
             ErrorCode::kRateLimited, false},
        Full{Unit::kTokens, 4, "token_limited",
             "token limit exceeded: virtual key alice has used 5 of 4 (resets every 1m, next at "
             "2023-11-14T22:14:20Z)",
             ErrorCode::kRateLimited, false},
        Full{Unit::kNanoDollars, 10'000'000'000, "budget_exceeded",
             "budget exceeded: virtual key alice has used $10.25 of $10.00 (resets every 1m, next "
             "at 2023-11-14T22:14:20Z)",
             ErrorCode::kBudgetExceeded, true}));

}  // namespace
}  // namespace bifrost::governance
