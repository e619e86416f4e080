#include "telemetry/label.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

namespace bifrost::telemetry {
namespace {

TEST(CleanLabelValue, KeepsWhatIsWellFormed) {
  for (const std::string_view text :
       {"", "gpt-4o", "quote\" and \\", "h\u00E9llo", "\u4E2D\u6587", "\U0001F600", "\uFFFD"}) {
    EXPECT_EQ(clean_label_value(text), text);
  }
}

TEST(CleanLabelValue, ReplacesWhatWouldSpoilAScrape) {
  struct Case {
    std::string_view in;
    std::string_view out;
  };
  const Case cases[] = {
      {"a\xFFz", "a?z"},             // never a byte of UTF-8
      {"\xC0\xAF", "??"},            // overlong
      {"\xE0\x80\xAF", "???"},       // overlong
      {"\xED\xA0\x80", "???"},       // surrogate
      {"\xF4\x90\x80\x80", "????"},  // beyond U+10FFFF
      {"\xF0\x9F\x98", "???"},       // cut
      {"\x80", "?"},                 // continuation alone
      {"line\nbreak\r\x7F", "line break  "},
      {std::string_view("nul\0", 4), "nul "},
  };
  for (const Case& c : cases) EXPECT_EQ(clean_label_value(c.in), c.out);
}

TEST(CleanLabelValue, CutsAtTheBoundButNotInsideACharacter) {
  const std::string exact(kLabelValueBytesMax, 'a');
  EXPECT_EQ(clean_label_value(exact), exact);
  EXPECT_EQ(clean_label_value(exact + "b"), exact);
  const std::string shorter(kLabelValueBytesMax - 1, 'a');
  EXPECT_EQ(clean_label_value(shorter + "\u00E9"), shorter);
}

TEST(CustomLabels, AcceptsOrdinaryNames) {
  EXPECT_TRUE(check_custom_labels({}).has_value());
  const std::vector<std::string> names = {"environment", "task_id", "_x", "a1"};
  EXPECT_TRUE(check_custom_labels(names).has_value());
}

TEST(CustomLabels, RefusesNamesThatPrometheusOrOurMetricsForbid) {
  for (const char* name : {"", "1a", "team-id", "a b", "__hidden", "\u00E9", "path", "method",
                           "status", "provider", "error_type", "le"}) {
    const std::vector<std::string> names = {name};
    EXPECT_FALSE(check_custom_labels(names).has_value()) << name;
  }
}

TEST(CustomLabels, RefusesRepetitionAndTooMany) {
  const std::vector<std::string> twice = {"team", "zone", "team"};
  EXPECT_FALSE(check_custom_labels(twice).has_value());

  std::vector<std::string> many;
  for (std::size_t at = 0; at < kCustomLabelsMax; ++at) many.push_back(fmt::format("l{}", at));
  EXPECT_TRUE(check_custom_labels(many).has_value());
  many.emplace_back("one_more");
  EXPECT_FALSE(check_custom_labels(many).has_value());
}

}  // namespace
}  // namespace bifrost::telemetry
