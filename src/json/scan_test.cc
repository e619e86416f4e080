#include "json/scan.h"

#include "base/limits.h"

#include <gtest/gtest.h>
#include <malloc.h>

#include <string>
#include <vector>

namespace bifrost::json {
namespace {

std::string padded(std::string_view text) {
  std::string out(text);
  reserve_padding(out);
  return out;
}

TEST(Scanner, FindsMembersWithTheirExactBytes) {
  const std::string text = padded(
      " {\"model\" : \"a\\\"b\" , \"messages\":[ {\"x\":\"}\"} , []] ,\"n\": 1.0\n,"
      "\"flag\":true , \"\\u0061\":null,\"o\":{ } }\n");
  Scanner scanner;
  const auto members = scanner.scan_members(text);
  ASSERT_TRUE(members);
  const std::vector<std::pair<std::string, std::string>> expected = {
      {"model", "\"a\\\"b\""},
      {"messages", "[ {\"x\":\"}\"} , []]"},
      {"n", "1.0"},
      {"flag", "true"},
      {"\\u0061", "null"},
      {"o", "{ }"}};
  ASSERT_EQ((*members)->size(), expected.size());
  for (std::size_t i = 0; i < expected.size(); ++i) {
    EXPECT_EQ((**members)[i].key, expected[i].first);
    EXPECT_EQ((**members)[i].value, expected[i].second);
    EXPECT_GE((**members)[i].value.data(), text.data());  // a view, not a copy
  }
}

TEST(Scanner, TakesAnEmptyObject) {
  const std::string text = padded("{}");
  Scanner scanner;
  const auto members = scanner.scan_members(text);
  ASSERT_TRUE(members);
  EXPECT_TRUE((*members)->empty());
}

TEST(Scanner, SaysWhereTheFaultIs) {
  Scanner scanner;
  const auto message = [&](const char* text) {
    return scanner.scan_members(padded(text)).error().message;
  };
  EXPECT_EQ(message(" "), "the body is empty; a JSON object is wanted");
  EXPECT_EQ(message("[1]"), "the body must be a JSON object, not an array");
  EXPECT_EQ(message("{\"a\":1,\n x}"),
            "the body is invalid JSON at line 2, column 2: a name in quotes is missing");
}

TEST(Scanner, RefusesWhatIsNoObject) {
  Scanner scanner;
  for (const char* bad : {"",
                          " ",
                          "[]",
                          "1",
                          "\"x\"",
                          "null",
                          "{",
                          "}",
                          "{\"a\":1",
                          "{\"a\"}",
                          "{\"a\":1}x",
                          "{\"a\":1}{}",
                          "{\"a\":1,}",
                          "{\"a\":[}",
                          "{\"a\":\"b\":1}",
                          "{\"a\":nul}",
                          "{\"a\":tru}",
                          "{a:1}",
                          "{\"a\" 1}",
                          "<html>",
                          "{\"a\":\"b"}) {
    const std::string text = padded(bad);
    const auto members = scanner.scan_members(text);
    EXPECT_FALSE(members) << "taken: " << bad;
    if (!members) EXPECT_EQ(members.error().code, ErrorCode::kInvalidRequest);
  }
}

TEST(Scanner, SurvivesEveryPrefixAndEveryChangedByte) {
  const std::string good = R"({"a":[1,"x\n",{"b":null}],"c\\":true,"d":"\""})";
  Scanner scanner;
  for (std::size_t size = 0; size < good.size(); ++size) {
    const std::string text = padded(good.substr(0, size));
    EXPECT_FALSE(scanner.scan_members(text)) << size;
  }
  for (std::size_t at = 0; at < good.size(); ++at) {
    for (int byte = 0; byte < 256; ++byte) {
      std::string text = padded(good);
      text[at] = static_cast<char>(byte);
      const auto members = scanner.scan_members(text);
      if (!members) continue;
      for (const Member& member : **members) {
        EXPECT_GE(member.key.data(), text.data());
        EXPECT_LE(member.value.data() + member.value.size(), text.data() + text.size());
      }
    }
  }
}

TEST(Scanner, RefusesATextWithoutRoomBehindIt) {
  std::string text = R"({"a":1,"bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb":2})";
  text.shrink_to_fit();
  Scanner scanner;
  EXPECT_FALSE(scanner.scan_members(text));
  reserve_padding(text);
  EXPECT_TRUE(scanner.scan_members(text));
}

TEST(Scanner, ForgetsTheTextBefore) {
  Scanner scanner;
  const std::string first = padded(R"({"a":1,"b":2})");
  const std::string second = padded(R"({"c":3})");
  ASSERT_TRUE(scanner.scan_members(first));
  const auto members = scanner.scan_members(second);
  ASSERT_TRUE(members);
  ASSERT_EQ((*members)->size(), 1U);
  EXPECT_EQ((*members)->front().key, "c");
}

std::string object_of(std::size_t members) {
  std::string text = "{";
  for (std::size_t i = 0; i < members; ++i) text += "\"" + std::to_string(i) + "\":0,";
  text.back() = '}';
  return padded(text);
}

TEST(Scanner, TakesAsManyMembersAsThereMayBe) {
  Scanner scanner;
  EXPECT_TRUE(scanner.scan_members(object_of(limits::kTopMembersMax)));
  const auto refused = scanner.scan_members(object_of(limits::kTopMembersMax + 1));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kInvalidRequest);
}

TEST(Scanner, GivesBackTheBuffersOfALargeText) {
  const auto allocated = [] {
    const auto info = mallinfo2();
    return info.uordblks + info.hblkhd;
  };
  const std::string large = padded("{\"a\":\"" + std::string(4'000'000, 'x') + "\"}");
  if (allocated() < large.size()) GTEST_SKIP() << "this allocator does not tell";
  Scanner scanner;
  const std::string small = padded(R"({"a":1})");
  ASSERT_TRUE(scanner.scan_members(small));
  const std::size_t before = allocated();
  const auto members = scanner.scan_members(large);
  ASSERT_TRUE(members);
  EXPECT_EQ((*members)->front().value.size(), 4'000'002U);
  EXPECT_LT(allocated(), before + 100'000);
}

}  // namespace
}  // namespace bifrost::json
