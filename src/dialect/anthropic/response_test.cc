#include "dialect/anthropic/functions.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace bifrost::dialect::anthropic {
namespace {

using llm::FinishReason;
using ::testing::HasSubstr;

TEST(AnthropicDecodeResponse, KeepsBlocksInOrder) {
  const auto response = decode_response(
      R"({"id":"msg_1","type":"message","role":"assistant","model":"claude-x","content":[)"
      R"({"type":"thinking","thinking":"hm","signature":"S="},)"
      R"({"type":"server_tool_use","id":"s","name":"web_search","input":{}},)"
      R"({"type":"text","text":"hi","citations":[{"type":"web_search_result_location",)"
      R"("url":"https://a","title":"A","cited_text":"c","encrypted_index":"E"}]},)"
      R"({"type":"tool_use","id":"toolu_1","name":"f","input":{"a": 1}}],)"
      R"("stop_reason":"tool_use","stop_sequence":null,"usage":{"input_tokens":10,)"
      R"("cache_creation_input_tokens":7,"cache_read_input_tokens":3,)"
      R"("cache_creation":{"ephemeral_1h_input_tokens":4,"ephemeral_5m_input_tokens":3},)"
      R"("output_tokens":9,"output_tokens_details":{"thinking_tokens":5},)"
      R"("server_tool_use":{"web_search_requests":2},"service_tier":"standard"}})");
  ASSERT_TRUE(response);
  const llm::Choice& choice = response->choices.at(0);
  ASSERT_EQ(choice.parts.size(), 4U);
  EXPECT_EQ(choice.parts[0].as<llm::ReasoningPart>()->signature, "S=");
  EXPECT_EQ(choice.parts[1].as<llm::RawPart>()->type, "server_tool_use");
  EXPECT_EQ(choice.parts[2].as<llm::TextPart>()->citations.at(0).url, "https://a");
  EXPECT_EQ(choice.parts[3].as<llm::ToolCallPart>()->arguments, R"({"a": 1})");
  EXPECT_EQ(choice.finish, FinishReason::kToolCalls);
  EXPECT_EQ(response->service_tier, "default");
  EXPECT_EQ(response->usage, (llm::Usage{.input = 10,
                                         .cache_read = 3,
                                         .cache_write = 7,
                                         .cache_write_1h = 4,
                                         .output = 4,
                                         .reasoning = 5,
                                         .web_searches = 2,
                                         .known = true}));
}

TEST(AnthropicDecodeResponse, AddsWhatACompactionUsed) {
  const auto response =
      decode_response(R"({"content":[],"usage":{"input_tokens":10,"output_tokens":1,"iterations":[)"
                      R"({"type":"compaction","input_tokens":500,"output_tokens":50},)"
                      R"({"type":"message","input_tokens":10,"output_tokens":1},)"
                      R"({"type":"advisor_message","input_tokens":7,"output_tokens":7}]}})");
  ASSERT_TRUE(response);
  EXPECT_EQ(response->usage.input, 510);
  EXPECT_EQ(response->usage.output, 51);
}

TEST(AnthropicDecodeResponse, KnowsEveryReasonToStop) {
  const auto finish = [](const std::string& reason) {
    return decode_response(R"({"content":[],"stop_reason":")" + reason + "\"}")
        ->choices.at(0)
        .finish;
  };
  EXPECT_EQ(finish("end_turn"), FinishReason::kStop);
  EXPECT_EQ(finish("stop_sequence"), FinishReason::kStopSequence);
  EXPECT_EQ(finish("max_tokens"), FinishReason::kLength);
  EXPECT_EQ(finish("model_context_window_exceeded"), FinishReason::kLength);
  EXPECT_EQ(finish("pause_turn"), FinishReason::kPause);
  EXPECT_EQ(finish("refusal"), FinishReason::kRefusal);
  EXPECT_EQ(finish("something_new"), FinishReason::kUnknown);
}

TEST(AnthropicDecodeResponse, TurnsAnErrorInsideA200IntoAnError) {
  const auto response =
      decode_response(R"({"type":"error","error":{"type":"overloaded_error","message":"busy"}})");
  ASSERT_FALSE(response);
  EXPECT_EQ(response.error().code, ErrorCode::kUpstreamOverloaded);
  EXPECT_EQ(response.error().message, "busy");
  EXPECT_EQ(decode_response("<html>").error().code, ErrorCode::kUpstreamProtocol);
  EXPECT_EQ(decode_response("{}").error().code, ErrorCode::kUpstreamProtocol);
}

TEST(AnthropicEncodeResponse, WritesAnAnswerOfAnotherDialect) {
  llm::Response response{.id = "chatcmpl-1", .model = "gpt"};
  response.usage = {.input = 5, .cache_read = 2, .output = 3, .reasoning = 4, .known = true};
  response.choices.push_back(
      {.parts = {{.content = llm::TextPart{.text = "see",
                                           .citations = {{.url = "https://a", .title = "A"}}},
                  .cache = {}},
                 {.content = llm::ToolCallPart{.id = "call.1", .name = "f", .arguments = "{bad"},
                  .cache = {}}},
       .finish = FinishReason::kStop,
       .finish_raw = "stop"});
  EXPECT_EQ(
      encode_response(response, {.model = "openai/gpt"}),
      R"({"id":"chatcmpl-1","type":"message","role":"assistant","model":"openai/gpt","content":[)"
      R"({"type":"text","text":"see","citations":[{"type":"web_search_result_location",)"
      R"("url":"https://a","title":"A","encrypted_index":"","cited_text":""}]},)"
      R"({"type":"tool_use","id":"bfx_Y2FsbC4x","name":"f","input":{"input":"{bad"}}],)"
      R"("stop_reason":"tool_use","stop_sequence":null,"usage":{"input_tokens":5,)"
      R"("cache_creation_input_tokens":0,"cache_read_input_tokens":2,"cache_creation":{)"
      R"("ephemeral_5m_input_tokens":0,"ephemeral_1h_input_tokens":0},"output_tokens":7,)"
      R"("output_tokens_details":{"thinking_tokens":4}}})");
}

TEST(AnthropicEncodeResponse, ReportsARefusalBesideTheContent) {
  llm::Response response;
  response.choices.push_back({.parts = {{.content = llm::RefusalPart{.text = "no"}, .cache = {}}},
                              .finish = FinishReason::kStop,
                              .finish_raw = "stop"});
  const std::string body = encode_response(response, {.fallback_id = "msg_f"});
  EXPECT_THAT(body, HasSubstr(R"("id":"msg_f")"));
  EXPECT_THAT(body, HasSubstr(R"("content":[],"stop_reason":"refusal")"));
  const auto again = decode_response(body);
  ASSERT_TRUE(again);
  EXPECT_EQ(again->choices.at(0).parts, response.choices.at(0).parts);
}

TEST(AnthropicEncodeResponse, HasContentWithoutAChoice) {
  EXPECT_TRUE(decode_response(encode_response({}, {.extra_fields = R"({"a":1})"})));
}

TEST(AnthropicTapResponse, ReadsWhatMatters) {
  const TapState state = tap_response(
      R"({"id":"msg_1","model":"m","content":[{"usage":1}],"stop_reason":"max_tokens",)"
      R"("usage":{"input_tokens":3,"output_tokens":4}})");
  EXPECT_EQ(state.id, "msg_1");
  EXPECT_EQ(state.model, "m");
  EXPECT_EQ(state.finish, FinishReason::kLength);
  EXPECT_EQ(state.usage.input, 3);
  EXPECT_EQ(state.usage.output, 4);
  for (const std::string_view bad : {"broken", "[]", "{}", R"({"error":{"type":"api_error"}})"}) {
    EXPECT_TRUE(tap_response(bad).error) << bad;
    EXPECT_FALSE(decode_response(bad)) << bad;
  }
}

}  // namespace
}  // namespace bifrost::dialect::anthropic
