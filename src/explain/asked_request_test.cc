#include "explain/asked_request.h"

#include <gtest/gtest.h>

namespace bifrost::explain {
namespace {

std::string refused(std::string_view text) {
  const auto read = read_asked_request(text);
  return read ? "" : read.error().param;
}

TEST(AskedRequest, IsReadAsItWouldBeSent) {
  const auto read = read_asked_request(
      R"({"path": "/v1/x?a=b", "headers": {"X-Tier": " gold "}, "body": {"model":  "m"}})");
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(read->head.method, "POST");
  EXPECT_EQ(read->head.target, "/v1/x?a=b");
  EXPECT_EQ(read->head.headers.get("x-tier"), "gold");
  EXPECT_EQ(read->body, R"({"model":  "m"})") << "byte for byte";
}

TEST(AskedRequest, MayHaveABodyThatIsNoJson) {
  const auto read = read_asked_request(R"({"path": "/", "method": "PUT", "body": "{\"model"})");
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(read->head.method, "PUT");
  EXPECT_EQ(read->body, R"({"model)");
}

TEST(AskedRequest, NamesTheFieldThatIsWrong) {
  EXPECT_EQ(refused(R"({})"), "path");
  EXPECT_EQ(refused(R"({"path": "x"})"), "path");
  EXPECT_EQ(refused(R"({"path": "/\r\n"})"), "path");
  EXPECT_EQ(refused(R"({"path": "/", "method": "A B"})"), "method");
  EXPECT_EQ(refused(R"({"path": "/", "headers": []})"), "headers");
  EXPECT_EQ(refused(R"({"path": "/", "headers": {"x": "a\nb"}})"), "headers.x");
  EXPECT_EQ(refused(R"({"path": "/", "query": ""})"), "query");
}

TEST(AskedRequest, TakesHeadersAsLinesToo) {
  http::Headers headers;
  EXPECT_TRUE(add_header("x-bf-vk: sk-bf-1", headers));
  EXPECT_EQ(headers.get("x-bf-vk"), "sk-bf-1");
  EXPECT_FALSE(add_header("x-bf-vk", headers));
  EXPECT_FALSE(add_header(": x", headers));
}

}  // namespace
}  // namespace bifrost::explain
