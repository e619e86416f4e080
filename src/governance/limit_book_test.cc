#include "governance/limit_book.h"

#include <gtest/gtest.h>

#include <chrono>
#include <string>

namespace bifrost::governance {
namespace {

using std::chrono::hours;

const WallTime kNow{std::chrono::seconds(1'700'000'000)};

LimitTerms daily(Unit unit = Unit::kNanoDollars) {
  return {
      .owner = "virtual key alice", .unit = unit, .amount = 1'000, .period = Period::parse("1d")};
}

TEST(LimitBook, NamesLimitsByWhatIsConfigured) {
  LimitBook book;
  EXPECT_EQ(book.limit("budget b", daily(), 0, kNow)->id(), "dollars of budget b");
  EXPECT_EQ(book.limit("rate r", daily(Unit::kTokens), 0, kNow)->id(), "tokens of rate r");
  EXPECT_EQ(book.limit("rate r", daily(Unit::kRequests), 0, kNow)->id(), "requests of rate r");
}

TEST(LimitBook, ShortensNamesThatNoJournalHasRoomFor) {
  LimitBook book;
  const std::string name(1'000, 'n');
  const std::string first = book.limit(name + "1", daily(), 0, kNow)->id();
  const std::string second = book.limit(name + "2", daily(), 0, kNow)->id();
  EXPECT_LE(first.size(), 255U);
  EXPECT_NE(first, second);
  EXPECT_EQ(LimitBook().limit(name + "1", daily(), 0, kNow)->id(), first);
}

TEST(LimitBook, GoesOnWhereARunBeforeEnded) {
  LimitBook book;
  const Window today{.start = kNow - hours(1), .end = kNow + hours(23)};
  const Window yesterday{.start = kNow - hours(25), .end = kNow - hours(1)};
  book.keep("dollars of budget b", {.window = today, .used = 300});
  book.keep("dollars of budget b", {.window = yesterday, .used = 900});
  const auto limit = book.limit("budget b", daily(), 50, kNow);
  EXPECT_EQ(limit->state(kNow).used, 300) << "what the settings say was used before that";
  EXPECT_EQ(limit->state(kNow).window, today);
  EXPECT_TRUE(book.take_openings().empty());
  EXPECT_EQ(book.limit("budget c", daily(), 0, kNow)->state(kNow).used, 0);
}

TEST(LimitBook, TellsWhatWasUsedBeforeItWasSeen) {
  LimitBook book;
  const auto limit = book.limit("budget b", daily(), 50, kNow);
  const auto openings = book.take_openings();
  ASSERT_EQ(openings.size(), 1U);
  EXPECT_EQ(openings.front().id, "dollars of budget b");
  EXPECT_EQ(openings.front().kept.used, 50);
  EXPECT_EQ(openings.front().kept.window, limit->state(kNow).window);
  EXPECT_TRUE(book.take_openings().empty());
}

}  // namespace
}  // namespace bifrost::governance
