#include "json/append_member.h"

#include <gtest/gtest.h>

#include <utility>

namespace bifrost::json {
namespace {

std::string with_member(std::string object) {
  const std::string before = object;
  const bool added = append_member(object, "x", [](std::string& out) { out += "[1]"; });
  EXPECT_EQ(added, object != before);
  return object;
}

TEST(AppendMember, PutsItBehindTheOthers) {
  EXPECT_EQ(with_member(R"({"a":{}})"), R"({"a":{},"x":[1]})");
  EXPECT_EQ(with_member(R"({ "a": "}" })"), R"({ "a": "}" ,"x":[1]})");
}

TEST(AppendMember, NeedsNoCommaInAnEmptyObject) {
  EXPECT_EQ(with_member("{}"), R"({"x":[1]})");
  EXPECT_EQ(with_member(" {\n} "), " {\n\"x\":[1]} ");
}

TEST(AppendMember, LeavesWhiteSpaceAroundTheObject) {
  EXPECT_EQ(with_member("\n {\"a\":1}\r\n  "), "\n {\"a\":1,\"x\":[1]}\r\n  ");
}

TEST(AppendMember, LeavesWhatIsNoObject) {
  for (const char* text : {"", " ", "[]", "null", "\"}\"", "{", "}", "[{}]"}) {
    EXPECT_EQ(with_member(text), text);
  }
}

}  // namespace
}  // namespace bifrost::json
