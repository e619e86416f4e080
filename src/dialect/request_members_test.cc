#include "dialect/request_members.h"

#include <gtest/gtest.h>

#include <string>

namespace bifrost::dialect {
namespace {

Result<std::size_t> count(std::string body) {
  json::reserve_padding(body);
  json::Scanner scanner;
  const auto members = request_members({.body = body}, scanner);
  if (!members) return members.error();
  return (*members)->size();
}

TEST(RequestMembers, FindsEveryField) {
  EXPECT_EQ(*count("{}"), 0U);
  EXPECT_EQ(*count(R"({"model":"a","messages":[{"a":1,"a":2}]})"), 2U);
}

TEST(RequestMembers, RefusesAFieldThatStandsTwice) {
  const auto twice = count(R"({"model":"a","stream":true,"model":"b"})");
  ASSERT_FALSE(twice);
  EXPECT_EQ(twice.error().code, ErrorCode::kInvalidRequest);
  EXPECT_EQ(twice.error().param, "model");
}

TEST(RequestMembers, RefusesARepetitionAmongManyFields) {
  std::string body = R"({"last":0)";
  for (int i = 0; i < 100; ++i) body += ",\"f" + std::to_string(i) + "\":0";
  EXPECT_EQ(*count(body + "}"), 101U);
  EXPECT_FALSE(count(body + R"(,"last":1})"));
}

TEST(RequestMembers, RefusesANameThatIsWrittenWithEscapes) {
  EXPECT_FALSE(count(R"({"model":"a","mod\u0065l":"b"})"));
  EXPECT_FALSE(count(R"({"\u0061":1})"));
}

TEST(RequestMembers, RefusesWhatIsNoObject) { EXPECT_FALSE(count("[]")); }

}  // namespace
}  // namespace bifrost::dialect
