#include "dialect/anthropic/functions.h"
#include "dialect/anthropic/stream_testing.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace bifrost::dialect::anthropic {
namespace {

using ::testing::ElementsAre;
using testing::Listener;
using testing::Told;

// Payloads as events with their names.
std::string stream(const std::vector<std::string>& payloads) {
  std::string bytes;
  for (const std::string& payload : payloads) {
    const auto document = json::Document::parse(payload);
    http::sse::append_event(bytes, document->root()["type"].string_or({}), payload);
  }
  return bytes;
}

Told hear(const std::string& bytes) { return Listener().tell(testing::decode(bytes, 5)); }

const std::string kStart =
    R"({"type":"message_start","message":{"id":"msg_1","model":"m","content":[],"usage":{"input_tokens":9,"output_tokens":1}}})";
const std::string kFinish =
    R"({"type":"message_delta","delta":{"stop_reason":"end_turn","stop_sequence":null},"usage":{"output_tokens":4}})";
const std::string kStop = R"({"type":"message_stop"})";

TEST(AnthropicDecodeStream, CollectsTextThoughtsAndCitations) {
  const Told told = hear(stream({
      kStart,
      R"({"type":"ping"})",
      R"({"type":"content_block_start","index":0,"content_block":{"type":"thinking","thinking":"","signature":""}})",
      R"({"type":"content_block_delta","index":0,"delta":{"type":"thinking_delta","thinking":"hm"}})",
      R"({"type":"content_block_delta","index":0,"delta":{"type":"signature_delta","signature":"S="}})",
      R"({"type":"content_block_stop","index":0})",
      R"({"type":"content_block_start","index":1,"content_block":{"type":"text","text":"a"}})",
      R"({"type":"content_block_delta","index":1,"delta":{"type":"citations_delta","citation":{"url":"u"}}})",
      R"({"type":"content_block_delta","index":1,"delta":{"type":"text_delta","text":"b"}})",
      R"({"type":"content_block_stop","index":1})",
      R"({"type":"some_future_event","x":1})",
      kFinish,
      kStop,
  }));
  EXPECT_THAT(told.parts,
              ElementsAre("thinking hm signed S=", R"(citation {"url":"u"}u)", "text ab"));
  EXPECT_EQ(told.usage, (llm::Usage{.input = 9, .output = 4, .known = true}));
  EXPECT_EQ(told.finish, "end_turn ");
  EXPECT_TRUE(told.ended);
}

TEST(AnthropicDecodeStream, KeepsServerBlocksWhole) {
  const Told told = hear(stream({
      kStart,
      R"({"type":"content_block_start","index":0,"content_block":{"type":"server_tool_use","id":"s","input":{}}})",
      R"({"type":"content_block_delta","index":0,"delta":{"type":"input_json_delta","partial_json":"{\"q\":"}})",
      R"({"type":"content_block_delta","index":0,"delta":{"type":"input_json_delta","partial_json":" 1}"}})",
      R"({"type":"content_block_stop","index":0})",
      R"({"type":"content_block_start","index":1,"content_block":{"type":"compaction","content":null}})",
      R"({"type":"content_block_delta","index":1,"delta":{"type":"compaction_delta","content":"sum","extra":"x"}})",
      R"({"type":"content_block_delta","index":1,"delta":{"type":"compaction_delta","content":"med"}})",
      R"({"type":"content_block_stop","index":1})",
      R"({"type":"content_block_start","index":2,"content_block":{"type":"redacted_thinking","data":"D="}})",
      R"({"type":"content_block_stop","index":2})",
      kFinish,
      kStop,
  }));
  EXPECT_THAT(told.parts, ElementsAre(R"(raw {"type":"server_tool_use","id":"s","input":{"q": 1}})",
                                      R"(raw {"type":"compaction","content":"summed","extra":"x"})",
                                      "redacted D="));
}

TEST(AnthropicDecodeStream, GivesEveryCallItsArguments) {
  const Told told = hear(stream({
      kStart,
      R"({"type":"content_block_start","index":0,"content_block":{"type":"tool_use","id":"a","name":"f","input":{}}})",
      R"({"type":"content_block_delta","index":0,"delta":{"type":"input_json_delta","partial_json":""}})",
      R"({"type":"content_block_stop","index":0})",
      R"({"type":"content_block_start","index":1,"content_block":{"type":"tool_use","id":"b","name":"g","input":{"x":1}}})",
      R"({"type":"content_block_stop","index":1})",
      R"({"type":"content_block_start","index":2,"content_block":{"type":"tool_use","id":"c","name":"h","input":{}}})",
      R"({"type":"content_block_delta","index":2,"delta":{"type":"input_json_delta","partial_json":"{\"y\":2}"}})",
      R"({"type":"content_block_stop","index":2})",
      kFinish,
      kStop,
  }));
  EXPECT_THAT(told.parts,
              ElementsAre("call a f  {}", R"(call b g  {"x":1})", R"(call c h  {"y":2})"));
}

TEST(AnthropicDecodeStream, ReadsATurnThatIsThereAtOnce) {
  const Told told = hear(stream({
      R"({"type":"message_start","message":{"id":"m","content":[{"type":"tool_use","id":"a","name":"f","input":{"x":1}}],"stop_reason":"tool_use","usage":{"input_tokens":0}}})",
      kStop,
  }));
  EXPECT_THAT(told.parts, ElementsAre(R"(call a f  {"x":1})"));
  EXPECT_EQ(told.finish, "tool_use ");
  EXPECT_EQ(told.finishes, 1);
}

TEST(AnthropicDecodeStream, ReportsAnErrorInside) {
  const Told told = hear(stream(
      {kStart, R"({"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}})",
       kFinish, kStop}));
  EXPECT_EQ(told.error, "upstream_overloaded");
  EXPECT_FALSE(told.ended);
  EXPECT_EQ(told.finishes, 0);
}

TEST(AnthropicDecodeStream, TakesNoContentBehindTheReasonWhyItEnded) {
  const Told told = hear(stream({
      kStart,
      kFinish,
      R"({"type":"content_block_start","index":0,"content_block":{"type":"text","text":"a"}})",
      R"({"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"b"}})",
      kStop,
  }));
  EXPECT_THAT(told.parts, ElementsAre());
  EXPECT_TRUE(told.ended);
}

TEST(AnthropicDecodeStream, CountsWhatASecondStartSays) {
  const Told told = hear(stream({
      kStart,
      R"({"type":"message_start","message":{"id":"n","usage":{"input_tokens":7}}})",
      kFinish,
      kStop,
  }));
  EXPECT_EQ(told.usage.input, 7);
  EXPECT_TRUE(told.ended);
}

TEST(AnthropicDecodeStream, IsCompleteWithoutItsLastEvent) {
  EXPECT_TRUE(hear(stream({kStart, kFinish})).ended);
  EXPECT_EQ(hear(stream({kStart})).error, "upstream_cut_short");
  EXPECT_EQ(hear("").error, "upstream_cut_short");
}

TEST(AnthropicDecodeStream, ReportsARefusalWithItsReason) {
  const Told told = hear(stream(
      {kStart,
       R"({"type":"message_delta","delta":{"stop_reason":"refusal","stop_details":{"explanation":"no"}},"usage":{}})",
       kStop}));
  EXPECT_EQ(told.refusal, "no");
  EXPECT_EQ(told.finish, "refusal ");
}

TEST(AnthropicDecodeStream, BoundsTheBlocksThatAreOpen) {
  std::vector<std::string> payloads = {kStart};
  for (int i = 0; i < 300; ++i) {
    payloads.push_back(R"({"type":"content_block_start","index":)" + std::to_string(i) +
                       R"(,"content_block":{"type":"tool_use","id":"a","name":"f"}})");
  }
  EXPECT_EQ(hear(stream(payloads)).error, "upstream_protocol");
}

}  // namespace
}  // namespace bifrost::dialect::anthropic
