#include "dialect/anthropic/functions.h"
#include "dialect/anthropic/stream_testing.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace bifrost::dialect::anthropic {
namespace {

using ::testing::ElementsAre;
using testing::encode;
using ::testing::HasSubstr;
using testing::Listener;
using ::testing::Not;
using ::testing::StartsWith;
using testing::stream_fault;
using testing::Told;

using Events = std::vector<llm::StreamEvent>;

Told hear(const std::string& bytes) {
  return Listener().tell(testing::decode(bytes, bytes.size() + 1));
}

TEST(AnthropicEncodeStream, WritesTheWholeSequence) {
  const std::string bytes =
      encode({llm::StreamStart{.id = "chatcmpl-1", .model = "gpt"}, llm::TextDelta{.text = "hi"},
              llm::StreamFinish{.reason = llm::FinishReason::kStop, .raw = "stop"},
              llm::UsageUpdate{{.input = 3, .output = 2, .known = true}}, llm::StreamEnd{}},
             {.model = "openai/gpt"});
  EXPECT_EQ(
      bytes,
      "event: message_start\n"
      R"(data: {"type":"message_start","message":{"id":"chatcmpl-1","type":"message","role":"assistant",)"
      R"("model":"openai/gpt","content":[],"stop_reason":null,"stop_sequence":null,"usage":{)"
      R"("input_tokens":0,"cache_creation_input_tokens":0,"cache_read_input_tokens":0,)"
      R"("cache_creation":{"ephemeral_5m_input_tokens":0,"ephemeral_1h_input_tokens":0},)"
      R"("output_tokens":0}}})"
      "\n\nevent: content_block_start\n"
      R"(data: {"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}})"
      "\n\nevent: content_block_delta\n"
      R"(data: {"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"hi"}})"
      "\n\nevent: content_block_stop\n"
      R"(data: {"type":"content_block_stop","index":0})"
      "\n\nevent: message_delta\n"
      R"(data: {"type":"message_delta","delta":{"stop_reason":"end_turn","stop_sequence":null},)"
      R"("usage":{"input_tokens":3,"cache_creation_input_tokens":0,"cache_read_input_tokens":0,)"
      R"("cache_creation":{"ephemeral_5m_input_tokens":0,"ephemeral_1h_input_tokens":0},)"
      R"("output_tokens":2}})"
      "\n\nevent: message_stop\n"
      R"(data: {"type":"message_stop"})"
      "\n\n");
  EXPECT_EQ(stream_fault(bytes), "");
}

TEST(AnthropicEncodeStream, SerialisesCallsThatComeByTurns) {
  const std::string bytes = encode({
      llm::StreamStart{},
      llm::ToolCallStart{.index = 0, .id = "a", .name = "f"},
      llm::ToolCallDelta{.index = 0, .arguments = "{\"x\":"},
      llm::ToolCallStart{.index = 1, .id = "b", .name = "g"},
      llm::ToolCallDelta{.index = 1, .arguments = "{\"y\":"},
      llm::ToolCallDelta{.index = 0, .arguments = "\"}\"}"},
      llm::ToolCallDelta{.index = 1, .arguments = "2}"},
      llm::StreamFinish{.reason = llm::FinishReason::kToolCalls},
      llm::StreamEnd{},
  });
  EXPECT_EQ(stream_fault(bytes), "");
  EXPECT_THAT(hear(bytes).parts, ElementsAre(R"(call a f  {"x":"}"})", R"(call b g  {"y":2})"));
}

TEST(AnthropicEncodeStream, DoesNotHoldBackASecondCallWhenTheFirstIsComplete) {
  const auto encoder = make_stream_encoder({});
  std::string bytes;
  encoder->event(llm::ToolCallStart{.index = 0, .id = "a", .name = "f"}, bytes);
  encoder->event(llm::ToolCallDelta{.index = 0, .arguments = "{}"}, bytes);
  encoder->event(llm::ToolCallStart{.index = 1, .id = "b", .name = "g"}, bytes);
  bytes.clear();
  encoder->event(llm::ToolCallDelta{.index = 1, .arguments = "{\"y\""}, bytes);
  EXPECT_THAT(bytes, HasSubstr("input_json_delta"));
}

TEST(AnthropicEncodeStream, BoundsWhatItHoldsBack) {
  Events events = {llm::StreamStart{}, llm::ToolCallStart{.index = 0, .id = "a", .name = "f"},
                   llm::ToolCallDelta{.index = 0, .arguments = "{"},
                   llm::ToolCallStart{.index = 1, .id = "b", .name = "g"}};
  for (int i = 0; i < 9; ++i) {
    events.emplace_back(llm::ToolCallDelta{.index = 1, .arguments = std::string(1024 * 1024, 'x')});
  }
  events.emplace_back(llm::StreamEnd{});
  const std::string bytes = encode(events);
  EXPECT_EQ(stream_fault(bytes), "");
  EXPECT_EQ(hear(bytes).error, "upstream_server_error");
  EXPECT_LT(bytes.size(), 10'000U);
}

TEST(AnthropicEncodeStream, ClosesAThoughtWithItsSignature) {
  const std::string bytes = encode({
      llm::StreamStart{},
      llm::ReasoningDelta{.text = "one", .block = 0},
      llm::ReasoningDelta{.signature = "S1", .block = 0},
      llm::ReasoningDelta{.signature = "S2", .block = 1},
      llm::ReasoningDelta{.kind = llm::ReasoningPart::Kind::kRedacted, .data = "D"},
      llm::ReasoningDelta{.kind = llm::ReasoningPart::Kind::kEncrypted, .data = "E"},
      llm::TextDelta{.text = "a"},
      llm::CitationDelta{.citation = {.url = "u"}},
      llm::StreamEnd{},
  });
  EXPECT_EQ(stream_fault(bytes), "");
  EXPECT_THAT(hear(bytes).parts, ElementsAre("thinking one signed S1", "thinking  signed S2",
                                             "redacted D", StartsWith("citation "), "text a"));
}

TEST(AnthropicEncodeStream, WrapsTheTextOfAFreeFormTool) {
  const std::string bytes = encode({
      llm::ToolCallStart{.index = 0, .id = "a", .name = "sh", .custom = true},
      llm::ToolCallDelta{.index = 0, .arguments = "echo \"x"},
      llm::ToolCallDelta{.index = 0, .arguments = "\"\n"},
      llm::StreamEnd{},
  });
  EXPECT_EQ(stream_fault(bytes), "");
  EXPECT_THAT(hear(bytes).parts, ElementsAre(R"(call a sh  {"input":"echo \"x\"\n"})"));
}

TEST(AnthropicEncodeStream, CarriesASignatureInTheIdOfACall) {
  const std::string bytes =
      encode({llm::ToolCallStart{.id = "c", .name = "f", .signature = "sig=="}, llm::StreamEnd{}});
  EXPECT_THAT(hear(bytes).parts, ElementsAre("call c f sig== {}"));
}

TEST(AnthropicEncodeStream, PutsAKnownInputIntoTheStart) {
  const std::string bytes =
      encode({llm::StreamStart{}, llm::UsageUpdate{{.input = 42, .known = true}},
              llm::TextDelta{.text = "x"}});
  EXPECT_THAT(bytes, HasSubstr(R"("usage":{"input_tokens":42)"));
}

TEST(AnthropicEncodeStream, ReportsAFailureAtAnyPoint) {
  const Error error = upstream_error(ErrorCode::kUpstreamOverloaded, Retry::kSameTarget, "busy");
  const Events events = {llm::StreamStart{}, llm::ReasoningDelta{.text = "a"},
                         llm::ToolCallStart{.id = "c", .name = "f"},
                         llm::StreamFinish{.reason = llm::FinishReason::kStop}};
  for (std::size_t count = 0; count <= events.size(); ++count) {
    Events cut(events.begin(), events.begin() + static_cast<std::ptrdiff_t>(count));
    cut.emplace_back(llm::StreamFailure{error});
    cut.emplace_back(llm::TextDelta{.text = "late"});
    cut.emplace_back(llm::StreamEnd{});
    const std::string bytes = encode(cut);
    EXPECT_EQ(stream_fault(bytes), "") << count;
    EXPECT_THAT(bytes, HasSubstr("event: error\ndata: {\"type\":\"error\",\"error\":{\"type\":"
                                 "\"overloaded_error\",\"message\":\"busy\"}}\n\n"));
    EXPECT_THAT(bytes, Not(HasSubstr("late")));
  }
}

TEST(AnthropicEncodeStream, IsLegalForAnswersWithNothingInThem) {
  EXPECT_EQ(stream_fault(encode({llm::StreamEnd{}})), "");
  EXPECT_EQ(stream_fault(encode({llm::Ping{}, llm::StreamStart{}, llm::Ping{}, llm::StreamEnd{}})),
            "");
}

TEST(AnthropicEncodeStream, ShowsOneChoiceOnly) {
  const std::string bytes =
      encode({llm::TextDelta{.choice = 1, .text = "other"}, llm::TextDelta{.text = "mine"},
              llm::StreamFinish{.choice = 1}, llm::StreamEnd{}});
  EXPECT_EQ(stream_fault(bytes), "");
  EXPECT_THAT(hear(bytes).parts, ElementsAre("text mine"));
}

TEST(AnthropicEncodeStream, ReportsARefusalAtTheEnd) {
  const std::string bytes = encode(
      {llm::StreamStart{}, llm::RefusalDelta{.text = "I "}, llm::RefusalDelta{.text = "won't"},
       llm::StreamFinish{.reason = llm::FinishReason::kStop, .raw = "stop"}, llm::StreamEnd{}});
  EXPECT_EQ(stream_fault(bytes), "");
  EXPECT_EQ(hear(bytes).refusal, "I won't");
  EXPECT_EQ(hear(bytes).finish, "refusal ");
}

TEST(AnthropicEncodeStream, WritesMediaAndRawBlocksWhole) {
  const std::string bytes = encode({
      llm::TextDelta{.text = "a"},
      llm::MediaDelta{
          .part = {.content = llm::ImagePart{.media = {.data = "iVBORw0KGgo"}}, .cache = {}}},
      llm::RawDelta{.part = {.dialect = "anthropic", .type = "x", .json = R"({"type":"x"})"}},
      llm::RawDelta{.part = {.dialect = "gemini", .type = "y", .json = R"({"type":"y"})"}},
      llm::StreamEnd{},
  });
  EXPECT_EQ(stream_fault(bytes), "");
  EXPECT_THAT(bytes, HasSubstr(R"("media_type":"image/png")"));
  EXPECT_THAT(bytes, HasSubstr(R"("content_block":{"type":"x"})"));
  EXPECT_THAT(bytes, Not(HasSubstr(R"({"type":"y"})")));
}

}  // namespace
}  // namespace bifrost::dialect::anthropic
