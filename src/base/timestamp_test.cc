#include "base/timestamp.h"

#include <gtest/gtest.h>

#include <chrono>
#include <string>

namespace bifrost {
namespace {

using std::chrono::milliseconds;

std::int64_t ms(WallTime time) {
  return std::chrono::duration_cast<milliseconds>(time.time_since_epoch()).count();
}

TEST(HttpDate, ReadsAllThreeForms) {
  for (const std::string_view text :
       {"Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT",
        "Sun Nov  6 08:49:37 1994"}) {
    const auto got = parse_http_date(text);
    ASSERT_TRUE(got) << text;
    EXPECT_EQ(ms(*got), 784'111'777'000) << text;
  }
}

TEST(HttpDate, RefusesEverythingElse) {
  for (const std::string& text : {
           std::string(),
           std::string("120"),
           std::string("Sun, 06 Nov 1994 08:49:37 CET"),
           std::string("Sun, 31 Feb 1994 08:49:37 GMT"),
           std::string("Sun, 06 Foo 1994 08:49:37 GMT"),
           std::string("Sun, 06 Nov 9999 08:49:37 GMT"),
           std::string("Sun, 06 Nov 1969 08:49:37 GMT"),
           std::string("Sun, 06 Nov 1994 24:49:37 GMT"),
           std::string("Sun, 06 Nov 1994 08:49 GMT"),
           std::string("Sun, -6 Nov 1994 08:49:37 GMT"),
           std::string("a b c d e"),
           std::string(1000, ' '),
       }) {
    EXPECT_FALSE(parse_http_date(text)) << text;
  }
}

TEST(Rfc3339, ReadsFractionsAndOffsets) {
  struct Case {
    std::string_view text;
    std::int64_t ms;
  };
  const Case cases[] = {
      {"1970-01-01T00:00:00Z", 0},
      {"2026-01-31T12:00:00Z", 1'769'860'800'000},
      {"2026-01-31t12:00:00z", 1'769'860'800'000},
      {"2026-01-31 12:00:00Z", 1'769'860'800'000},
      {"2026-01-31T12:00:00.5Z", 1'769'860'800'500},
      {"2026-01-31T12:00:00.123456789Z", 1'769'860'800'123},
      {"2026-01-31T14:00:00+02:00", 1'769'860'800'000},
      {"2026-01-31T04:30:00.25-07:30", 1'769'860'800'250},
      {"2016-12-31T23:59:60Z", 1'483'228'799'000},
  };
  for (const Case& each : cases) {
    const auto got = parse_rfc3339(each.text);
    ASSERT_TRUE(got) << each.text;
    EXPECT_EQ(ms(*got), each.ms) << each.text;
  }
}

TEST(Rfc3339, RefusesEverythingElse) {
  for (const std::string_view text :
       {"", "2026-01-31", "2026-01-31T12:00:00", "2026-01-31T12:00:00.Z", "2026-01-31T12:00:00+2",
        "2026-13-01T12:00:00Z", "2026-02-30T12:00:00Z", "2026-01-31T12:61:00Z",
        "9999-13-31T12:00:00Z", "2026/01/31T12:00:00Z", "2026-01-31X12:00:00Z",
        "2026-01-31T12:00:00+25:00", "+026-01-31T12:00:00Z"}) {
    EXPECT_FALSE(parse_rfc3339(text)) << text;
  }
}

TEST(ParseRfc3339, TakesWhatIsBeyondTheClockForFarAway) {
  const auto never = parse_rfc3339("9999-12-31T23:59:59Z");
  ASSERT_TRUE(never);
  EXPECT_EQ(*never, parse_rfc3339("2196-12-31T23:59:59Z"));
  EXPECT_TRUE(parse_rfc3339("2400-02-29T00:00:00Z"));
}

TEST(Rfc3339Text, HasWholeSecondsAndReadsBack) {
  const WallTime time = WallTime(std::chrono::milliseconds(1'769'860'800'999));
  EXPECT_EQ(rfc3339_text(time), "2026-01-31T12:00:00Z");
  EXPECT_EQ(parse_rfc3339(rfc3339_text(time)), std::chrono::floor<std::chrono::seconds>(time));
}

}  // namespace
}  // namespace bifrost
