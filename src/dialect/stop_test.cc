// An answer that is ended before its provider does is one that has reached its caller's limit, as
// far as anybody who reads the dialect can tell, wherever it is ended.
#include "dialect/chat_codec.h"
#include "dialect/dialect.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace bifrost::dialect {
namespace {

constexpr llm::Usage kUsage{.input = 7, .output = 3, .known = true};

struct Running {
  std::string_view dialect;
  std::vector<std::string_view> events;  // of an answer that goes on
};

std::ostream& operator<<(std::ostream& out, const Running& running) {
  return out << running.dialect;
}

std::vector<llm::StreamEvent> decoded(const Dialect& dialect, const std::string& bytes) {
  std::vector<llm::StreamEvent> events;
  const auto decoder = dialect.chat->make_stream_decoder();
  decoder->feed(bytes, events);
  decoder->finish(events);
  return events;
}

class Stopped : public testing::TestWithParam<Running> {
 protected:
  [[nodiscard]] static const Dialect& dialect() { return *find(GetParam().dialect); }
  // The first `count` events, and the end that the tap gives them.
  static std::string stopped(std::size_t count, StreamWishes wishes = {}) {
    const auto tap = dialect().chat->make_stream_tap();
    tap->look_for(wishes);
    std::string bytes;
    for (std::size_t i = 0; i < count; ++i) bytes += GetParam().events[i];
    tap->feed(bytes);
    const std::string ending = tap->stop({.usage = kUsage});
    if (ending.empty()) return {};
    EXPECT_TRUE(tap->state().ended);
    EXPECT_EQ(tap->state().finish, llm::FinishReason::kLength);
    EXPECT_EQ(tap->stop({.usage = kUsage}), "") << "it has been";
    return bytes + ending;
  }
};

TEST_P(Stopped, IsWholeWhereverItIs) {
  for (std::size_t count = 1; count <= GetParam().events.size(); ++count) {
    SCOPED_TRACE(count);
    const std::string bytes = stopped(count);
    ASSERT_NE(bytes, "");
    const auto events = decoded(dialect(), bytes);
    llm::Usage usage;
    for (const llm::StreamEvent& event : events) {
      EXPECT_FALSE(std::holds_alternative<llm::StreamFailure>(event)) << bytes;
      if (const auto* finish = std::get_if<llm::StreamFinish>(&event)) {
        EXPECT_EQ(finish->reason, llm::FinishReason::kLength) << bytes;
      }
      if (const auto* update = std::get_if<llm::UsageUpdate>(&event)) usage = update->usage;
    }
    EXPECT_TRUE(std::holds_alternative<llm::StreamEnd>(events.back())) << bytes;
    EXPECT_EQ(usage, kUsage) << bytes;
  }
}

TEST_P(Stopped, CannotBeBeforeItHasBegun) { EXPECT_EQ(stopped(0), ""); }

INSTANTIATE_TEST_SUITE_P(
    Dialects, Stopped,
    testing::Values(
        Running{"openai_chat",
                {R"(data: {"id":"1","object":"chat.completion.chunk","created":5,"model":"m",)"
                 R"("choices":[{"index":0,"delta":{"role":"assistant","content":""}}]})"
                 "\n\n",
                 R"(data: {"id":"1","choices":[{"index":0,"delta":{"content":"Hello"}}]})"
                 "\n\n",
                 R"(data: {"id":"1","choices":[{"index":1,"delta":{"content":"Hi"}}]})"
                 "\n\n",
                 R"(data: {"id":"1","choices":[{"index":0,"delta":{"tool_calls":[{"index":0,)"
                 R"("id":"c","type":"function","function":{"name":"f","arguments":"{\"a"}}]}}]})"
                 "\n\n"}},
        Running{"openai_responses",
                {"event: response.created\n"
                 R"(data: {"type":"response.created","sequence_number":0,"response":{"id":"1",)"
                 R"("object":"response","created_at":5,"status":"in_progress","model":"m"}})"
                 "\n\n",
                 "event: response.output_item.added\n"
                 R"(data: {"type":"response.output_item.added","sequence_number":1,)"
                 R"("output_index":0,"item":{"id":"msg_1","type":"message","content":[]}})"
                 "\n\n",
                 "event: response.output_text.delta\n"
                 R"(data: {"type":"response.output_text.delta","sequence_number":2,)"
                 R"("item_id":"msg_1","output_index":0,"content_index":0,"delta":"Hello"})"
                 "\n\n",
                 "event: response.output_item.added\n"
                 R"(data: {"type":"response.output_item.added","sequence_number":3,)"
                 R"("output_index":1,"item":{"id":"fc_1","type":"function_call","call_id":"c",)"
                 R"("name":"f","arguments":""}})"
                 "\n\n",
                 "event: response.function_call_arguments.delta\n"
                 R"(data: {"type":"response.function_call_arguments.delta","sequence_number":4,)"
                 R"("item_id":"fc_1","output_index":1,"delta":"{\"a"})"
                 "\n\n"}},
        Running{"anthropic",
                {"event: message_start\n"
                 R"(data: {"type":"message_start","message":{"id":"1","model":"m",)"
                 R"("usage":{"input_tokens":7,"output_tokens":1}}})"
                 "\n\n",
                 "event: content_block_start\n"
                 R"(data: {"type":"content_block_start","index":0,)"
                 R"("content_block":{"type":"text","text":""}})"
                 "\n\n",
                 "event: content_block_delta\n"
                 R"(data: {"type":"content_block_delta","index":0,)"
                 R"("delta":{"type":"text_delta","text":"Hello"}})"
                 "\n\n",
                 "event: content_block_stop\n"
                 R"(data: {"type":"content_block_stop","index":0})"
                 "\n\n",
                 "event: content_block_start\n"
                 R"(data: {"type":"content_block_start","index":1,"content_block":)"
                 R"({"type":"tool_use","id":"c","name":"f","input":{}}})"
                 "\n\n",
                 "event: content_block_delta\n"
                 R"(data: {"type":"content_block_delta","index":1,)"
                 R"("delta":{"type":"input_json_delta","partial_json":"{\"a"}})"
                 "\n\n"}},
        Running{"gemini",
                {R"(data: {"candidates":[{"content":{"parts":[{"text":"Hello"}],"role":"model"},)"
                 R"("index":0}],"modelVersion":"m","responseId":"1"})"
                 "\n\n",
                 R"(data: {"candidates":[{"content":{"parts":[{"functionCall":{"name":"f",)"
                 R"("args":{}}}],"role":"model"},"index":0}]})"
                 "\n\n",
                 R"(data: {"candidates":[{"content":{"parts":[{"text":"Hi"}],"role":"model"},)"
                 R"("index":1}]})"
                 "\n\n"}}));

std::string openai(std::string_view choices, std::string_view more = "") {
  return R"(data: {"id":"1","created":5,"model":"m","choices":[)" + std::string(choices) + "]" +
         std::string(more) + "}\n\n";
}

// What the caller did not ask for is not in the end that we write either.
TEST(StoppedOpenAi, HasUsageOnlyForWhoAskedForIt) {
  const auto tap = find("openai_chat")->chat->make_stream_tap();
  tap->look_for({.without_usage = true, .extra_fields = true});
  tap->feed(openai(R"({"index":0,"delta":{"content":"Hello"}})"));
  const std::string ending =
      tap->stop({.usage = kUsage, .extra_fields = [](ChunkPlace chunk) {
                   return std::to_string(chunk.number) + (chunk.last ? "1" : "0");
                 }});
  EXPECT_EQ(ending,
            R"(data: {"id":"1","object":"chat.completion.chunk","created":5,"model":"m",)"
            R"("choices":[{"index":0,"delta":{},"logprobs":null,"finish_reason":"length"}],)"
            R"("extra_fields":11})"
            "\n\ndata: [DONE]\n\n");
}

TEST(StoppedOpenAi, EndsTheChoicesThatHaveNotEnded) {
  const auto tap = find("openai_chat")->chat->make_stream_tap();
  tap->feed(openai(R"({"index":0,"delta":{"content":"a"},"finish_reason":"stop"})"));
  tap->feed(openai(R"({"index":1,"delta":{"content":"b"}})"));
  const std::string ending = tap->stop({.usage = kUsage});
  EXPECT_NE(ending.find(R"("index":1)"), std::string::npos) << ending;
  EXPECT_EQ(ending.find(R"("index":0)"), std::string::npos) << ending;
}

TEST(StoppedOpenAi, IsNotWhatHasEnded) {
  const auto tap = find("openai_chat")->chat->make_stream_tap();
  tap->feed(openai(R"({"index":0,"delta":{"content":"a"},"finish_reason":"stop"})"));
  EXPECT_EQ(tap->stop({.usage = kUsage}), "") << "only its usage is missing";
}

// -- what the provider has not counted yet

TEST(UntoldBytes, AreThoseOfTextsAndArguments) {
  const auto tap = find("openai_chat")->chat->make_stream_tap();
  tap->feed(openai(R"({"index":0,"delta":{"content":"12345"}})"));
  EXPECT_EQ(tap->state().untold_bytes, 5U);
  tap->feed(
      openai(R"({"index":0,"delta":{"reasoning":"123","reasoning_details":[{"text":"123"}]}})"));
  EXPECT_EQ(tap->state().untold_bytes, 8U) << "said twice, written once";
  tap->feed(openai(R"({"index":0,"delta":{"tool_calls":[{"index":0,"function":)"
                   R"({"arguments":"content"}}]}})"));
  EXPECT_EQ(tap->state().untold_bytes, 15U);
  tap->feed(openai("", R"(,"usage":{"prompt_tokens":7,"completion_tokens":3})"));
  EXPECT_EQ(tap->state().untold_bytes, 0U);
}

TEST(UntoldBytes, AreNeitherSignaturesNorCitationsOfAnthropics) {
  const auto tap = find("anthropic")->chat->make_stream_tap();
  const auto delta = [](std::string_view members) {
    return R"(data: {"type":"content_block_delta","index":0,"delta":{)" + std::string(members) +
           "}}\n\n";
  };
  tap->feed(delta(R"("type":"text_delta","text":"12345")"));
  EXPECT_EQ(tap->state().untold_bytes, 5U);
  tap->feed(delta(R"("type":"signature_delta","signature":"c2lnbmF0dXJl")"));
  tap->feed(delta(R"("type":"citations_delta","citation":{"cited_text":"Tromsø"})"));
  EXPECT_EQ(tap->state().untold_bytes, 5U);
}

TEST(UntoldBytes, StartAnewWithEachCountOfGeminis) {
  const auto tap = find("gemini")->chat->make_stream_tap();
  tap->feed(R"(data: {"candidates":[{"content":{"parts":[{"text":"12345"}]}}]})"
            "\n\n");
  EXPECT_EQ(tap->state().untold_bytes, 5U);
  const std::string_view counted =
      R"(data: {"candidates":[{"content":{"parts":[{"text":"123"}]}}],)"
      R"("usageMetadata":{"promptTokenCount":7,"candidatesTokenCount":3}})"
      "\n\n";
  tap->feed(counted);
  EXPECT_EQ(tap->state().untold_bytes, 0U);
  tap->feed(counted);
  EXPECT_EQ(tap->state().untold_bytes, 3U) << "the same count again says nothing of this text";
}

}  // namespace
}  // namespace bifrost::dialect
