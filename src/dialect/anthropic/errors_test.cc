#include "dialect/anthropic/functions.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace bifrost::dialect::anthropic {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

TEST(AnthropicErrors, UseTheApisTypes) {
  const auto type = [](ErrorCode code) {
    const auto document = json::Document::parse(encode_error({.code = code, .message = "m"}));
    return document->root()["error"]["type"].string_or({});
  };
  EXPECT_EQ(type(ErrorCode::kInvalidRequest), "invalid_request_error");
  EXPECT_EQ(type(ErrorCode::kContextLengthExceeded), "invalid_request_error");
  EXPECT_EQ(type(ErrorCode::kUnauthenticated), "authentication_error");
  EXPECT_EQ(type(ErrorCode::kModelBlocked), "permission_error");
  EXPECT_EQ(type(ErrorCode::kModelNotFound), "not_found_error");
  EXPECT_EQ(type(ErrorCode::kBodyTooLarge), "request_too_large");
  EXPECT_EQ(type(ErrorCode::kQueueFull), "rate_limit_error");
  EXPECT_EQ(type(ErrorCode::kUpstreamRateLimited), "rate_limit_error");
  EXPECT_EQ(type(ErrorCode::kUpstreamBilling), "billing_error");
  EXPECT_EQ(type(ErrorCode::kUpstreamOverloaded), "overloaded_error");
  EXPECT_EQ(type(ErrorCode::kUpstreamIdleTimeout), "timeout_error");
  EXPECT_EQ(type(ErrorCode::kUpstreamCutShort), "api_error");
  EXPECT_EQ(type(ErrorCode::kInternal), "api_error");
}

TEST(AnthropicErrors, NameTheField) {
  EXPECT_EQ(
      encode_error(client_error(ErrorCode::kInvalidRequest, "is required", "messages.0.role")),
      R"({"type":"error","error":{"type":"invalid_request_error",)"
      R"("message":"messages.0.role: is required"}})");
}

TEST(AnthropicErrors, TellTheSdksTheirCode) {
  Error error = client_error(ErrorCode::kUnsupportedOperation, "m");
  error.upstream_code = "thread_unsupported_request";
  EXPECT_THAT(encode_error(error),
              HasSubstr(R"("details":{"error_code":"thread_unsupported_request"})"));
  error.origin = Origin::kUpstream;
  EXPECT_THAT(encode_error(error), Not(HasSubstr("details")));
}

TEST(AnthropicErrors, PassTheProvidersOwnBody) {
  const std::string body =
      R"({ "type":"error", "error":{"type":"new_error","message":"m"}, "request_id":"req_1" })";
  const Error error = decode_error({.status = 529, .body = body});
  EXPECT_EQ(error.code, ErrorCode::kUpstreamOverloaded);
  EXPECT_EQ(error.upstream_type, "new_error");
  EXPECT_EQ(encode_error(error), body);
}

TEST(AnthropicErrors, RewriteABodyOfAnotherShape) {
  Error error = upstream_error(ErrorCode::kUpstreamInvalidRequest, Retry::kNo, "bad");
  error.upstream_body = R"({"error":{"message":"bad"}})";
  EXPECT_THAT(encode_error(error), HasSubstr(R"("type":"invalid_request_error","message":"bad")"));
}

TEST(AnthropicErrors, AreReadInEveryShape) {
  const auto message = [](int status, std::string_view body) {
    return decode_error({.status = status, .body = body}).message;
  };
  EXPECT_EQ(message(400, R"({"error":{"type":"t","message":"a"}})"), "a");
  EXPECT_EQ(message(400, R"({"error":"b"})"), "b");
  EXPECT_EQ(message(400, R"({"message":"c"})"), "c");
  EXPECT_EQ(message(400, R"({"detail":"d"})"), "d");
  EXPECT_EQ(message(500, "plain words"), "plain words");
  EXPECT_EQ(message(502, "<html>bad gateway</html>"),
            "the provider answered with status 502 and a web page");
  EXPECT_EQ(message(503, ""), "the provider answered with status 503 and no body");
}

TEST(AnthropicErrors, TellATooLongPrompt) {
  const Error error = decode_error(
      {.status = 400,
       .body =
           R"({"type":"error","error":{"type":"invalid_request_error","message":"prompt is too long: 210000 tokens > 200000 maximum"}})"});
  EXPECT_EQ(error.code, ErrorCode::kContextLengthExceeded);
}

}  // namespace
}  // namespace bifrost::dialect::anthropic
