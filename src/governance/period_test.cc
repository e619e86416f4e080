#include "governance/period.h"

#include "base/random.h"

#include <gtest/gtest.h>

#include <array>
#include <chrono>

namespace bifrost::governance {
namespace {

using namespace std::chrono_literals;
using std::chrono::days;
using std::chrono::sys_days;
using std::chrono::year_month_day;

WallTime at(int year, unsigned month, unsigned day, std::chrono::seconds time = {}) {
  return sys_days(year_month_day(std::chrono::year(year), std::chrono::month(month),
                                 std::chrono::day(day))) +
         time;
}

Period period(std::string_view text) {
  const auto parsed = Period::parse(text);
  EXPECT_TRUE(parsed) << text;
  return parsed.value();
}

TEST(Period, IsReadAndWrittenBack) {
  for (const char* text : {"30s", "1m", "5m", "1h", "1d", "1w", "1M", "1Q", "1Y", "10Y"}) {
    EXPECT_EQ(period(text).text(), text);
  }
}

TEST(Period, TheCaseOfItsLetterCounts) {
  EXPECT_EQ(period("1m").rolling_length(), 60s);
  EXPECT_EQ(period("1M").rolling_length(), days(30));
}

TEST(Period, WhatIsNoneIsRefused) {
  for (const char* text : {"", "1", "d", "0d", "-1d", "1.5h", "1x", "1dd", "1d ", " 1d", "1h30m",
                           "99999999999999999999s", "11Y", "4000d"}) {
    EXPECT_FALSE(Period::parse(text)) << text;
  }
}

TEST(Period, RollsFromItsAnchor) {
  const WallTime anchor = at(2026, 11, 26, 10h);
  const Window first = period("1h").rolling(anchor, anchor);
  EXPECT_EQ(first.start, anchor);
  EXPECT_EQ(first.end, anchor + 1h);
  EXPECT_EQ(period("1h").rolling(anchor, anchor + 59min), first);
  EXPECT_EQ(period("1h").rolling(anchor, anchor + 60min).start, first.end);
  EXPECT_EQ(period("1h").rolling(anchor, anchor - 1s).end, anchor) << "a clock that was set back";
  EXPECT_EQ(period("1Q").rolling(anchor, anchor).end, anchor + days(90));
}

TEST(Period, FollowsTheCalendar) {
  const WallTime now = at(2026, 11, 26, 13h);  // a Thursday
  EXPECT_EQ(period("1d").aligned(now), (Window{at(2026, 11, 26), at(2026, 11, 27)}));
  EXPECT_EQ(period("1w").aligned(now), (Window{at(2026, 11, 23), at(2026, 11, 30)}));
  EXPECT_EQ(period("1M").aligned(now), (Window{at(2026, 11, 1), at(2026, 12, 1)}));
  EXPECT_EQ(period("1Q").aligned(now), (Window{at(2026, 10, 1), at(2027, 1, 1)}));
  EXPECT_EQ(period("1Y").aligned(now), (Window{at(2026, 1, 1), at(2027, 1, 1)}));
  EXPECT_EQ(period("1h").aligned(now), std::nullopt);
  EXPECT_EQ(period("30s").aligned(now), std::nullopt);
}

TEST(Period, QuartersBeginInTheMonthThatIsSaid) {
  const WallTime now = at(2026, 11, 26);
  EXPECT_EQ(period("1Q").aligned(now, 2), (Window{at(2026, 11, 1), at(2027, 2, 1)}));
  EXPECT_EQ(period("1Q").aligned(now, 5), period("1Q").aligned(now, 2)) << "modulo three";
  EXPECT_EQ(period("1Q").aligned(now, 12), (Window{at(2026, 9, 1), at(2026, 12, 1)}));
  EXPECT_EQ(period("1Q").aligned(at(2026, 1, 31), 3), (Window{at(2025, 12, 1), at(2026, 3, 1)}));
}

TEST(Period, LeapDaysAndYearsBefore1970AreDaysLikeOthers) {
  EXPECT_EQ(period("1M").aligned(at(2028, 2, 29)), (Window{at(2028, 2, 1), at(2028, 3, 1)}));
  EXPECT_EQ(period("1w").aligned(at(1969, 12, 31)), (Window{at(1969, 12, 29), at(1970, 1, 5)}));
  EXPECT_EQ(period("1M").aligned(at(1969, 12, 31)), (Window{at(1969, 12, 1), at(1970, 1, 1)}));
}

// Whatever the time: it is inside its window, and the next window begins where this one ends.
TEST(Period, WindowsTileTime) {
  Random random(7);
  constexpr std::array kTexts = {"30s", "7m", "1h", "1d", "3d", "1w", "2w", "1M", "2M", "1Q", "1Y"};
  for (int i = 0; i < 20'000; ++i) {
    const Period each = period(kTexts[random.next() % kTexts.size()]);
    const WallTime now = at(1960, 1, 1) + std::chrono::seconds(random.next() % 4'000'000'000U);
    const WallTime anchor =
        at(2020, 1, 1) + std::chrono::milliseconds(random.next() % 1'000'000'000U);
    const int quarter_start = static_cast<int>(random.next() % 12) + 1;
    const auto check = [&](const Window& window, const Window& next) {
      EXPECT_LE(window.start, now);
      EXPECT_LT(now, window.end);
      EXPECT_EQ(next.start, window.end);
    };
    const Window window = each.rolling(anchor, now);
    check(window, each.rolling(anchor, window.end));
    if (const auto aligned = each.aligned(now, quarter_start)) {
      check(*aligned, *each.aligned(aligned->end, quarter_start));
    }
  }
}

}  // namespace
}  // namespace bifrost::governance
