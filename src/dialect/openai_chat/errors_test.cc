#include "dialect/openai_chat/errors.h"

#include "dialect/chat_codec.h"
#include "dialect/openai_chat/dialect.h"
#include "json/document.h"

#include <gtest/gtest.h>

#include <string>

namespace bifrost::dialect::openai_chat {
namespace {

Error decoded(int status, std::string_view body) {
  return dialect().family.decode_error({.status = status, .body = body});
}

TEST(EncodeError, WritesOpenAisBody) {
  EXPECT_EQ(
      dialect().family.encode_error(
          client_error(ErrorCode::kInvalidRequest, "bad \"thing\"", "messages[0].role")),
      R"({"error":{"message":"bad \"thing\"","type":"invalid_request_error","param":"messages[0].role","code":"invalid_request"}})");
  EXPECT_EQ(dialect().family.encode_error(gateway_error(ErrorCode::kInternal, "x")),
            R"({"error":{"message":"x","type":"api_error","param":null,"code":"internal"}})");
}

TEST(EncodeError, PassesAProvidersOwnBodyOn) {
  const std::string own =
      R"({ "error": {"message":"m","type":"t","param":null,"code":"c"}, "x":1 })";
  EXPECT_EQ(dialect().family.encode_error(decoded(400, own)), own);
}

TEST(EncodeError, RewritesBodiesOfOtherDialects) {
  for (const char* foreign :
       {R"({"type":"error","error":{"type":"overloaded_error","message":"m"}})",
        R"({"error":{"code":429,"message":"m","status":"RESOURCE_EXHAUSTED"}})",
        R"({"message":"m"})", "<html>m</html>", "m", R"({"error":"m"})"}) {
    const std::string body = dialect().family.encode_error(decoded(429, foreign));
    const auto document = json::Document::parse(body);
    ASSERT_TRUE(document) << body;
    EXPECT_TRUE(document->root()["error"]["type"].equals("rate_limit_error")) << body;
    EXPECT_TRUE(document->root()["error"]["message"].is_string());
    EXPECT_FALSE(document->root()["type"].exists());
  }
}

TEST(EncodeStreamError, IsOneEvent) {
  const Error error = gateway_error(ErrorCode::kInternal, "x");
  EXPECT_EQ(dialect().chat->stream.encode_error(error),
            "data: " + dialect().family.encode_error(error) + "\n\n");
}

TEST(EncodeUnifiedError, WritesTheGatewaysOwnShape) {
  const UnifiedErrorContext context{.event_id = "e",
                                    .provider = "openai",
                                    .model_requested = "openai/m",
                                    .request_type = "chat_completion"};
  EXPECT_EQ(
      encode_unified_error(client_error(ErrorCode::kModelNotFound, "no", "model"), context),
      R"({"event_id":"e","type":"model_not_found","is_bifrost_error":true,"status_code":404,"error":{"type":"not_found_error","code":"model_not_found","message":"no","param":"model","event_id":"e"},"extra_fields":{"provider":"openai","model_requested":"openai/m","request_type":"chat_completion","error_type":"caller_model_unknown"}})");
  const auto upstream = json::Document::parse(encode_unified_error(
      decoded(429, R"({"error":{"message":"slow","type":"tokens","code":"rate_limit_exceeded"}})"),
      context));
  EXPECT_EQ(upstream->root()["is_bifrost_error"].boolean(), false);
  EXPECT_EQ(upstream->root()["status_code"].integer(), 429);
  EXPECT_TRUE(upstream->root()["error"]["type"].equals("tokens"));
}

TEST(DecodeError, ReadsEveryShapeThatIsAbout) {
  const std::vector<std::pair<std::string, std::string>> shapes = {
      {R"({"error":{"message":"boom","type":"t","code":"c","param":"p"}})", "boom"},
      {R"({"error":"boom"})", "boom"},
      {R"({"type":"error","error":{"type":"t","message":"boom"}})", "boom"},
      {R"([{"error":{"code":400,"message":"boom","status":"INVALID_ARGUMENT"}}])", "boom"},
      {R"({"object":"error","message":"boom","type":"t","code":3051})", "boom"},
      {R"({"message":"boom"})", "boom"},
      {R"({"detail":"boom"})", "boom"},
      {R"({"detail":[{"loc":["body","messages",0],"msg":"boom"}]})", "body.messages.0: boom"},
      {R"({"object":"error","message":{"detail":[{"loc":["body"],"msg":"boom"}]}})", "body: boom"},
      {R"({"errors":[{"message":"boom"}]})", "boom"},
      {R"({"error":{"message":"Provider returned error","code":429,"metadata":{"raw":"boom"}}})",
       "Provider returned error: boom"},
      {"boom", "the provider answered with status 400: boom"},
      {"", "the provider answered with status 400 and an empty body"},
      {"<html>x", "the provider answered with status 400 and a page of HTML"},
  };
  for (const auto& [body, message] : shapes) {
    const Error error = decoded(400, body);
    EXPECT_EQ(error.message, message) << body;
    EXPECT_EQ(error.upstream_status, 400);
    EXPECT_EQ(error.upstream_body, body);
    EXPECT_EQ(error.origin, Origin::kUpstream);
  }
  const Error full = decoded(400, shapes[0].first);
  EXPECT_EQ(full.upstream_type, "t");
  EXPECT_EQ(full.upstream_code, "c");
  EXPECT_EQ(full.param, "p");
}

TEST(DecodeError, AlwaysHasAMessage) {
  for (const char* odd : {"{}", "[]", "null", "7", R"({"error":{}})", R"({"error":null})",
                          R"({"error":{"message":""}})", R"({"detail":[]})", "{"}) {
    EXPECT_FALSE(decoded(500, odd).message.empty()) << odd;
  }
}

TEST(FindError, SeesNoneInAnAnswer) {
  for (const char* fine :
       {R"({"choices":[],"error":null})", R"({"choices":[],"error":{}})", R"({"choices":[]})",
        R"({"choices":[],"message":"x"})", R"({"object":"list","data":[],"detail":"x"})"}) {
    EXPECT_FALSE(find_error(json::Document::parse(fine)->root(), 0)) << fine;
  }
}

}  // namespace
}  // namespace bifrost::dialect::openai_chat
