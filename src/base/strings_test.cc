#include "base/strings.h"

#include <gtest/gtest.h>

#include <array>
#include <string>

namespace bifrost {
namespace {

TEST(Strings, LowersAsciiOnly) {
  EXPECT_EQ(ascii_lower("AbZ-Ä"), "abz-Ä");
  EXPECT_TRUE(iequals("Content-TYPE", "content-type"));
  EXPECT_FALSE(iequals("a", "ab"));
  EXPECT_TRUE(istarts_with("DATA:x", "data:"));
  EXPECT_FALSE(istarts_with("dat", "data"));
}

TEST(Strings, TrimsBothEnds) {
  EXPECT_EQ(trim(" \t\r\n a b \n"), "a b");
  EXPECT_EQ(trim(" \n "), "");
  EXPECT_EQ(trim(""), "");
}

TEST(Strings, SplitsWithEmptyParts) {
  using Parts = std::vector<std::string_view>;
  EXPECT_EQ(split("a,,b,", ','), (Parts{"a", "", "b", ""}));
  EXPECT_EQ(split("", ','), (Parts{""}));
  EXPECT_EQ(split_once("a/b/c", '/'), (std::pair<std::string_view, std::string_view>("a", "b/c")));
  EXPECT_FALSE(split_once("abc", '/'));
}

TEST(Strings, ParsesWholeNumbersOnly) {
  EXPECT_EQ(parse_int("-42"), -42);
  EXPECT_EQ(parse_int("9223372036854775807"), 9223372036854775807);
  for (const char* bad : {"", " 1", "1 ", "1.0", "+1", "x", "9223372036854775808", "0x10"}) {
    EXPECT_FALSE(parse_int(bad)) << bad;
  }
  EXPECT_EQ(parse_double("1.5e3"), 1500.0);
  for (const char* bad : {"", "inf", "nan", "1e999", "1,5", "1x"}) {
    EXPECT_FALSE(parse_double(bad)) << bad;
  }
}

TEST(Strings, DecodesPercentEscapesAndRefusesBrokenOnes) {
  EXPECT_EQ(percent_decode("a%20b%2Fc+d"), "a b/c+d");
  EXPECT_EQ(percent_decode("%00%ff"), std::string("\0\xFF", 2));
  for (const char* bad : {"%", "%2", "a%zz", "%2g"}) EXPECT_FALSE(percent_decode(bad)) << bad;
  EXPECT_EQ(percent_encode("a b/ü"), "a%20b%2F%C3%BC");
  EXPECT_EQ(percent_encode("a b/c", "/"), "a%20b/c");
}

TEST(Strings, EncodesBase64LikeTheRfc) {
  const std::array<std::pair<std::string, std::string>, 7> kVectors{{{"", ""},
                                                                     {"f", "Zg=="},
                                                                     {"fo", "Zm8="},
                                                                     {"foo", "Zm9v"},
                                                                     {"foob", "Zm9vYg=="},
                                                                     {"fooba", "Zm9vYmE="},
                                                                     {"foobar", "Zm9vYmFy"}}};
  for (const auto& [plain, encoded] : kVectors) {
    EXPECT_EQ(base64_encode(plain), encoded);
    EXPECT_EQ(base64_decode(encoded), plain);
  }
  EXPECT_EQ(base64_decode("-_-_"), base64_decode("+/+/"));
  EXPECT_EQ(base64_decode("Zm9vYg"), "foob");
}

TEST(Strings, RefusesWhatIsNotBase64) {
  for (const char* bad : {"Z", "Zm9vY", "Zm9*", "Zm 9v", "Zg==x"}) {
    EXPECT_FALSE(base64_decode(bad)) << bad;
  }
}

TEST(Strings, EveryByteSurvivesBothEncodings) {
  std::string all;
  for (int byte = 0; byte < 256; ++byte) all += static_cast<char>(byte);
  for (std::size_t size = 0; size <= all.size(); ++size) {
    const std::string part = all.substr(0, size);
    EXPECT_EQ(base64_decode(base64_encode(part)), part);
    EXPECT_EQ(percent_decode(percent_encode(part)), part);
  }
}

TEST(Strings, FindsTheNearestWord) {
  constexpr std::array<std::string_view, 3> kWords{"temperature", "top_p", "tools"};
  EXPECT_EQ(nearest("temprature", kWords), "temperature");
  EXPECT_EQ(nearest("tool", kWords), "tools");
  EXPECT_FALSE(nearest("frequency_penalty", kWords));
  EXPECT_FALSE(nearest("x", {}));
}

TEST(Strings, CutsBetweenCodePoints) {
  EXPECT_EQ(utf8_prefix("aü€", 10), "aü€");
  EXPECT_EQ(utf8_prefix("aü€", 3), "aü");
  EXPECT_EQ(utf8_prefix("aü€", 2), "a");
  EXPECT_EQ(utf8_prefix("€", 2), "");
  EXPECT_EQ(utf8_prefix("\x80\x80\x80", 2), "");  // no start anywhere: nothing is kept
}

}  // namespace
}  // namespace bifrost
