// OpenAI's Responses: passed to those who have them, translated for everybody else.
#include "json/document.h"
#include "tests/integration/gateway_fixture.h"

namespace bifrost::test {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr std::string_view kPath = "/v1/responses";

std::string request_for(std::string_view model, std::string_view members = {}) {
  return R"({"model": ")" + std::string(model) + R"(", )" + std::string(members) +
         R"("input": "Hi"})";
}

class ResponsesTest : public GatewayTest {
 protected:
  void start_both() { start_with_fallback(); }

  // The types of a stream's events, and the whole answer at its end.
  std::vector<std::string> stream(std::string_view body) {
    Client client = connect();
    client.send_request("POST", kPath, {}, body);
    EXPECT_EQ(client.read_head().status, 200);
    std::vector<std::string> types;
    std::int64_t number = 0;
    while (auto event = client.next_event()) {
      const auto document = json::Document::parse(event->data);
      EXPECT_TRUE(document) << event->data;
      if (!document) break;
      const json::Value root = document->root();
      EXPECT_EQ(root["type"].string_or(""), event->name);
      EXPECT_EQ(root["sequence_number"].integer(), number++);
      types.push_back(root["type"].string_or(""));
      last_ = event->data;
    }
    return types;
  }

  std::string last_;
};

TEST_F(ResponsesTest, PassToAProviderThatHasThem) {
  start();
  provider.push(responses().reply());
  const Response reply = post(kPath, request_for("openai/gpt-test", R"("store": false, )"));
  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(provider.requests().back().target, "/v1/responses");
  EXPECT_EQ(provider.requests().back().body,
            R"({"model": "gpt-test", "store": false, "input": "Hi"})");
  EXPECT_THAT(reply.body, HasSubstr(R"("request_type":"responses")"));
  EXPECT_TRUE(metric_reaches("bifrost_upstream_requests_total", 1, {{"method", "responses"}}));
}

TEST_F(ResponsesTest, AreTranslatedForAProviderThatHasNone) {
  start_both();
  second.push(anthropic().reply());
  const Response reply =
      post(kPath, request_for("anthropic/claude-test", R"("instructions": "Be kind", )"));
  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(second.requests().back().target, "/v1/messages");
  EXPECT_THAT(second.requests().back().body, HasSubstr("Be kind"));
  const auto document = json::Document::parse(reply.body);
  ASSERT_TRUE(document) << reply.body;
  const json::Value root = document->root();
  EXPECT_EQ(root["object"].string_or(""), "response");
  EXPECT_EQ(root["status"].string_or(""), "completed");
  EXPECT_EQ(root["instructions"].string_or(""), "Be kind");
  const json::Value message = root["output"].at(0);
  EXPECT_EQ(message["type"].string_or(""), "message");
  EXPECT_EQ(message["content"].at(0)["text"].string_or(""), "Hello");
  EXPECT_EQ(root["usage"]["total_tokens"].integer(), 5);
}

TEST_F(ResponsesTest, StreamInOpenAisOrderWhoeverAnswers) {
  start_both();
  second.push(anthropic().stream());
  EXPECT_THAT(
      stream(request_for("anthropic/claude-test", R"("stream": true, )")),
      ElementsAre("response.created", "response.in_progress", "response.output_item.added",
                  "response.content_part.added", "response.output_text.delta",
                  "response.output_text.delta", "response.output_text.done",
                  "response.content_part.done", "response.output_item.done", "response.completed"));
  const auto document = json::Document::parse(last_);
  ASSERT_TRUE(document);
  const json::Value response = document->root()["response"];
  EXPECT_EQ(response["output"].at(0)["content"].at(0)["text"].string_or(""), "Hello");
  EXPECT_EQ(response["usage"]["input_tokens"].integer(), 3);
}

TEST_F(ResponsesTest, WhatNeedsAKeptAnswerSaysSo) {
  start_both();
  const Response reply =
      post(kPath, request_for("anthropic/claude-test", R"("previous_response_id": "resp_1", )"));
  EXPECT_EQ(reply.status, 400);
  EXPECT_THAT(reply.body, HasSubstr("previous_response_id"));
  EXPECT_THAT(reply.body, HasSubstr("write the whole conversation in 'input'"));
  EXPECT_TRUE(second.requests().empty());
}

TEST_F(ResponsesTest, WhatNeedsAKeptAnswerGoesToAFallbackThatKeepsThem) {
  start_both();
  provider.push(responses().reply());
  const Response reply =
      post(kPath, request_for("anthropic/claude-test", R"("previous_response_id": "resp_1", )"
                                                       R"("fallbacks": ["openai/gpt-test"], )"));
  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(reply.headers.get("x-bifrost-provider"), "openai");
  EXPECT_THAT(provider.requests().back().body, Not(HasSubstr("fallbacks")));
}

// A provider of one's own that has chats only.
TEST_F(ResponsesTest, GoAsAChatWhereTheOperatorAllowsNothingElse) {
  start_with({.config = R"({"providers": {"mine": {
    "keys": [{"name": "k", "value": "secret", "models": ["*"], "weight": 1}],
    "network_config": {"base_url": "${provider_url}"},
    "custom_provider_config": {"base_provider_type": "openai",
      "allowed_requests": {"chat_completion": true, "chat_completion_stream": true}}}}})"});
  provider.push(openai().reply());
  EXPECT_EQ(post(kPath, request_for("mine/m")).status, 200);
  EXPECT_EQ(provider.requests().back().target, "/v1/chat/completions");
}

TEST_F(ResponsesTest, AreRefusedWhereTheOperatorForbidsThem) {
  start_with({.config = R"({"providers": {"mine": {
    "keys": [{"name": "k", "value": "secret", "models": ["*"], "weight": 1}],
    "network_config": {"base_url": "${provider_url}"},
    "custom_provider_config": {"base_provider_type": "openai",
      "allowed_requests": {"chat_completion": true, "responses": false}}}}})"});
  const Response reply = post(kPath, request_for("mine/m"));
  EXPECT_EQ(reply.status, 400);
  EXPECT_THAT(reply.body, HasSubstr("does not offer responses"));
}

TEST_F(ResponsesTest, AProviderKeepsNothingWhereTheOperatorSaysSo) {
  start({.providers = {{.more = R"("openai_config": {"disable_store": true})"}}});
  provider.push(responses().reply());
  EXPECT_EQ(post(kPath, request_for("openai/gpt-test", R"("store": true, )")).status, 200);
  EXPECT_THAT(provider.requests().back().body, HasSubstr(R"("store": false)"));
}

TEST_F(ResponsesTest, AWrongFieldIsNamed) {
  start_both();
  const Response reply = post(kPath, R"({"model": "anthropic/claude-test", "input": [7]})");
  EXPECT_EQ(reply.status, 400);
  EXPECT_THAT(reply.body, HasSubstr("input[0]"));
}

}  // namespace
}  // namespace bifrost::test
