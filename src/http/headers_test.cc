#include "http/headers.h"

#include <gtest/gtest.h>

#include <string>

namespace bifrost::http {
namespace {

TEST(Headers, FindsNamesWithoutCaseAndKeepsSpelling) {
  Headers headers = {{"Content-Type", "a"}, {"X", "1"}, {"x", "2"}};
  EXPECT_EQ(headers.get("content-type"), "a");
  EXPECT_EQ(headers.get("X"), "1");
  EXPECT_EQ(headers.at(0).name, "Content-Type");
  EXPECT_FALSE(headers.find("y"));
}

TEST(Headers, SetReplacesEveryFieldOfTheName) {
  Headers headers = {{"a", "1"}, {"b", "2"}, {"A", "3"}};
  headers.set("a", "4");
  EXPECT_EQ(headers, (Headers{{"a", "4"}, {"b", "2"}}));
  headers.set("c", "5");
  EXPECT_EQ(headers.get("c"), "5");
}

TEST(Headers, TakesValuesThatAreViewsIntoItself) {
  Headers headers = {{"a", std::string(100, 'x')}};
  for (int i = 0; i < 100; ++i) headers.add("b", headers.get("a"));
  headers.set("a", headers.at(50).value);
  for (const Header header : headers) EXPECT_EQ(header.value, std::string(100, 'x'));
}

TEST(Headers, RemovesAndClears) {
  Headers headers = {{"a", "1"}, {"b", "2"}, {"A", "3"}};
  headers.remove("A");
  EXPECT_EQ(headers, (Headers{{"b", "2"}}));
  headers.clear();
  EXPECT_TRUE(headers.empty());
}

TEST(Headers, FindsTokensInLists) {
  const Headers headers = {{"Connection", "keep-alive, Upgrade"}, {"connection", "x"}};
  EXPECT_TRUE(headers.has_token("connection", "upgrade"));
  EXPECT_TRUE(headers.has_token("connection", "X"));
  EXPECT_FALSE(headers.has_token("connection", "keep"));
}

}  // namespace
}  // namespace bifrost::http
