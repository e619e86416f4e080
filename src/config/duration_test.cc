#include "config/duration.h"

#include <gtest/gtest.h>

namespace bifrost::config {
namespace {

using namespace std::chrono_literals;

TEST(Duration, ReadsTheNotationOfGo) {
  EXPECT_EQ(parse_duration("30s"), 30s);
  EXPECT_EQ(parse_duration("1h30m"), 90min);
  EXPECT_EQ(parse_duration("1h2m3s4ms"), 1h + 2min + 3s + 4ms);
  EXPECT_EQ(parse_duration("1.5h"), 90min);
  EXPECT_EQ(parse_duration("0.57s"), 570ms);
  EXPECT_EQ(parse_duration("0"), 0ms);
  EXPECT_EQ(parse_duration("0s"), 0ms);
}

TEST(Duration, NeverRoundsToZero) {
  EXPECT_EQ(parse_duration("10us"), 1ms);
  EXPECT_EQ(parse_duration("10\u00b5s"), 1ms);
  EXPECT_EQ(parse_duration("1ns"), 1ms);
  EXPECT_EQ(parse_duration("1400us"), 1ms);
}

TEST(Duration, RefusesWhatIsNone) {
  for (const std::string_view text : {"", "30", "s", "-1s", "+1s", "1d", "1s ", " 1s", "1..5s",
                                      "1s2", "1e3s", "infs", "nans", ".s", "1 s"}) {
    EXPECT_EQ(parse_duration(text), std::nullopt) << text;
  }
}

TEST(Duration, RefusesMoreThanTheMost) {
  EXPECT_EQ(parse_duration("87600h"), kDurationMax);
  EXPECT_EQ(parse_duration("87601h"), std::nullopt);
  EXPECT_EQ(parse_duration(std::string(400, '9') + "h"), std::nullopt);
}

TEST(Duration, WritesWhatItReads) {
  EXPECT_EQ(format_duration(0ms), "0s");
  EXPECT_EQ(format_duration(90s), "1m30s");
  EXPECT_EQ(format_duration(1h + 4ms), "1h4ms");
  for (const auto duration : {1ms, 999ms, 1000ms, 61'001ms, 86'400'000ms}) {
    EXPECT_EQ(parse_duration(format_duration(duration)), duration);
  }
}

}  // namespace
}  // namespace bifrost::config
