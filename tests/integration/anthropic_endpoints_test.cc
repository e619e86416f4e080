// Keys with `use_anthropic_endpoints`: one provider that is spoken to in two formats.
#include "tests/integration/gateway_fixture.h"

#include <fmt/format.h>

namespace bifrost::test {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

class AnthropicEndpointsTest : public GatewayTest {
 protected:
  // DeepSeek with these keys; each is the members of one.
  void start_deepseek(std::string_view keys, std::string_view network = {}) {
    start_with({.config = fmt::format(
                    R"({{"server": {{"drain_delay_in_seconds": 0}}, "providers": {{"deepseek": {{)"
                    R"("network_config": {{"base_url": "{}"{}}}, "keys": [{}]}}}}}})",
                    provider.url(), network, keys)});
  }
};

constexpr std::string_view kKey =
    R"({"name": "a", "value": "sk-a", "models": ["*"], "weight": 1, "use_anthropic_endpoints": true})";

std::string chat(std::string_view members = {}) {
  return fmt::format(
      R"({{"model": "deepseek/deepseek-x", "messages": [{{"role": "user", "content": "Hi"}}]{}}})",
      members);
}

TEST_F(AnthropicEndpointsTest, AnswersOpenAiCallersThroughThem) {
  start_deepseek(kKey);
  provider.push(anthropic().reply());
  const Response reply = post("/v1/chat/completions", chat());
  EXPECT_EQ(reply.status, 200) << reply.body;
  EXPECT_EQ(json_text(reply.body, "content"), "Hello");
  EXPECT_EQ(reply.headers.get("x-bifrost-provider"), "deepseek");
  const ReceivedRequest got = provider.requests().at(0);
  EXPECT_EQ(got.target, "/anthropic/v1/messages");
  EXPECT_EQ(got.headers.get("x-api-key"), "sk-a");
  EXPECT_EQ(got.headers.get("anthropic-version"), "2023-06-01");
  EXPECT_THAT(std::string(got.headers.get("authorization")), IsEmpty());
  EXPECT_THAT(got.body, HasSubstr(R"("max_tokens":)"));
}

TEST_F(AnthropicEndpointsTest, StreamThroughThem) {
  start_deepseek(kKey);
  provider.push(anthropic().stream());
  const Response reply = post("/v1/chat/completions", chat(R"(, "stream": true)"));
  EXPECT_EQ(reply.status, 200) << reply.body;
  EXPECT_THAT(reply.body, HasSubstr("chat.completion.chunk"));
  EXPECT_THAT(reply.body, testing::EndsWith("data: [DONE]\n\n"));
}

TEST_F(AnthropicEndpointsTest, PassTheBytesOfAnthropicCallersThrough) {
  start_deepseek(kKey);
  provider.push(anthropic().reply());
  const Response reply =
      post("/anthropic/v1/messages",
           R"({"model": "deepseek/x", "max_tokens": 9, "messages": [], "odd": 1.50})");
  EXPECT_EQ(reply.body, anthropic().answer);
  EXPECT_EQ(provider.requests().at(0).body,
            R"({"model": "x", "max_tokens": 9, "messages": [], "odd": 1.50})");
}

TEST_F(AnthropicEndpointsTest, AForcedToolCallSwitchesThinkingOffInBothFormats) {
  const std::string tools =
      R"(, "tools": [{"type": "function", "function": {"name": "f", "parameters": {}}}],)"
      R"( "tool_choice": {"type": "function", "function": {"name": "f"}}, "reasoning_effort": "high")";
  start_deepseek(
      R"({"name": "a", "value": "s", "models": ["*"], "weight": 1,)"
      R"( "aliases": {"by-messages": {"model_id": "y", "use_anthropic_endpoints": true}}})");
  provider.push(openai().reply());
  EXPECT_EQ(post("/v1/chat/completions", chat(tools)).status, 200);
  provider.push(anthropic().reply());
  std::string aliased = chat(tools);
  aliased.replace(aliased.find("deepseek-x"), 10, "by-messages");
  EXPECT_EQ(post("/v1/chat/completions", aliased).status, 200);

  const auto requests = provider.requests();
  EXPECT_EQ(requests.at(0).target, "/chat/completions");
  EXPECT_EQ(requests.at(1).target, "/anthropic/v1/messages");
  for (const ReceivedRequest& got : requests) {
    EXPECT_THAT(got.body, HasSubstr(R"("thinking":{"type":"disabled"})"));
    EXPECT_THAT(got.body, Not(HasSubstr("effort")));
  }
}

TEST_F(AnthropicEndpointsTest, ModelsAreListedAtTheUsualPlace) {
  start_deepseek(kKey);
  provider.push(Script::json(200, R"({"object":"list","data":[{"id":"deepseek-x"}]})"));
  const Response reply = connect().get("/v1/models");
  EXPECT_THAT(reply.body, HasSubstr("deepseek/deepseek-x"));
  const auto requests = provider.requests();
  ASSERT_EQ(requests.size(), 1U);
  EXPECT_EQ(requests[0].target, "/models");
  EXPECT_EQ(requests[0].headers.get("authorization"), "Bearer sk-a");
}

TEST_F(AnthropicEndpointsTest, ARetryMayGoOnWithAKeyOfTheOtherFormat) {
  start_deepseek(
      fmt::format(R"({}, {{"name": "b", "value": "sk-b", "models": ["*"], "weight": 0}})", kKey),
      R"(, "max_retries": 1, "retry_backoff_initial": 100)");
  provider.push(Script::json(401, openai_error("no")));
  provider.push(openai().reply());
  EXPECT_EQ(post("/v1/chat/completions", chat()).status, 200);
  const auto requests = provider.requests();
  EXPECT_EQ(requests.at(0).target, "/anthropic/v1/messages");
  EXPECT_EQ(requests.at(1).target, "/chat/completions");
  EXPECT_EQ(requests.at(1).headers.get("authorization"), "Bearer sk-b");
}

}  // namespace
}  // namespace bifrost::test
