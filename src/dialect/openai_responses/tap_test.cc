#include "dialect/openai_responses/order_testing.h"
#include "dialect/openai_responses/stream_testing.h"
#include "dialect/stream_editor.h"

#include <gtest/gtest.h>

#include <string>

namespace bifrost::dialect::openai_responses {
namespace {

using enum llm::FinishReason;

const std::string kAdded = event(
    "output_item.added",
    R"("sequence_number":1,"output_index":0,"item":{"type":"message","id":"msg_1","content":[]})");
const std::string kDelta = event(
    "output_text.delta",
    R"("sequence_number":2,"item_id":"msg_1","output_index":0,"content_index":0,"delta":"hello")");
constexpr llm::Usage kUsage{.input = 7, .output = 3, .known = true};

TEST(TapStream, LearnsWhatTheDecoderDoes) {
  const std::string text = stream({kCreated, kAdded, kDelta, kDelta, completed()});
  const TapState state = tapped(text);
  EXPECT_EQ(state.usage, (llm::Usage{.input = 3, .output = 2, .known = true}));
  EXPECT_EQ(state.finish, kStop);
  EXPECT_EQ(state.id, "resp_1");
  EXPECT_EQ(state.model, "m");
  EXPECT_EQ(state.content_events, 2U);
  EXPECT_EQ(state.opening, Opening::kGood);
  EXPECT_TRUE(state.ended && state.finished);
  EXPECT_FALSE(state.error);
}

// Whatever stands first in the data: xAI begins with the number, GitHub Copilot ends with the type.
TEST(TapStream, SeesDeltasHoweverTheyAreWritten) {
  for (const std::string delta :
       {R"({"type":"response.output_text.delta","delta":"x"})",
        R"({"sequence_number":3,"type":"response.output_text.delta","delta":"x"})",
        R"({ "type" : "response.output_text.delta", "delta":"x"})",
        R"({"delta":"x","sequence_number":3,"type":"response.output_text.delta"})",
        R"({"sequence_number":"3","type":"response.output_text.delta","delta":"x"})"}) {
    EXPECT_EQ(tapped(stream({kCreated, delta})).content_events, 1U) << delta;
  }
}

TEST(TapStream, TellsCallsFromAnswers) {
  const std::string call = R"({"type":"function_call","call_id":"c","name":"f","arguments":"{}"})";
  for (const std::string& text :
       {stream({kCreated, event("output_item.added", R"("output_index":0,"item":)" + call),
                completed()}),
        stream({kCreated, event("function_call_arguments.delta", R"("delta":"{}")"), completed()}),
        stream({kCreated, completed(call)})}) {
    EXPECT_EQ(tapped(text).finish, kToolCalls) << text;
    EXPECT_EQ(decode(text).choices.at(0).finish, kToolCalls) << text;
    EXPECT_GT(tapped(text).content_events, 0U);
  }
}

// What says nothing of the answer yet does not commit us to it.
TEST(TapStream, OpensWithTheFirstContent) {
  const auto opening = [](const std::string& text) {
    const auto tap = make_stream_tap();
    tap->feed(text);
    return tap->state().opening;
  };
  const std::string failed =
      event("failed", R"("response":{"status":"failed","error":{"code":"x","message":"boom"}})");
  EXPECT_EQ(opening(stream({kCreated})), Opening::kUnknown);
  EXPECT_EQ(opening(stream({kCreated, kAdded})), Opening::kUnknown);
  EXPECT_EQ(opening(stream({kCreated, kAdded, kDelta})), Opening::kGood);
  EXPECT_EQ(opening(stream({kCreated, failed})), Opening::kFailed);
  EXPECT_EQ(opening(stream({kCreated, R"({"type":"error","message":"boom"})"})), Opening::kFailed);
  EXPECT_EQ(opening(stream({kCreated, completed()})), Opening::kGood);
}

TEST(TapStream, NeedsTheEnd) {
  const TapState state = tapped(stream({kCreated, kDelta}));
  ASSERT_TRUE(state.error);
  EXPECT_EQ(state.error->code, ErrorCode::kUpstreamCutShort);
  EXPECT_FALSE(tapped(stream({kCreated, kDelta, "[DONE]"})).error);
}

TEST(TapStream, CountsWhatTheUsageHasNotTold) {
  const auto tap = make_stream_tap();
  tap->feed(stream({kCreated, kAdded}));
  EXPECT_EQ(tap->state().untold_bytes, 0U);
  // As OpenAI writes it: four times as long as what it says.
  tap->feed(
      stream({event("output_text.delta",
                    R"("content_index":0,"delta":"Hi \"you\"","item_id":")" + std::string(54, 'm') +
                        R"(","logprobs":[],"obfuscation":"abcdefghijkl","output_index":0)")}));
  EXPECT_EQ(tap->state().untold_bytes, 10U);
  tap->feed(stream({event("output_text.delta", R"("delta": ")" + std::string(4000, 'x') + "\"")}));
  EXPECT_EQ(tap->state().untold_bytes, 4010U);
  tap->feed(stream({event("output_text.delta", R"("delta":7)")}));
  EXPECT_EQ(tap->state().untold_bytes, 4010U);
  tap->feed(stream({completed()}));
  EXPECT_EQ(tap->state().untold_bytes, 0U);
}

std::string stopped(const std::string& text,
                    StreamStop stop = {.usage = kUsage, .extra_fields = {}}) {
  const auto tap = make_stream_tap();
  tap->feed(text);
  const std::string ending = tap->stop(stop);
  EXPECT_EQ(tap->stop(stop), "") << "it has been";
  if (!ending.empty()) EXPECT_EQ(tap->state().finish, kLength);
  return ending;
}

TEST(TapStream, CanBeStopped) {
  const std::string in_progress =
      event("in_progress", R"("sequence_number":1,"response":{"status":"in_progress"})");
  const std::string added = event(
      "output_item.added",
      R"("sequence_number":2,"output_index":0,"item":{"type":"message","id":"msg_1","content":[]})");
  const std::string begun = stream({kCreated, in_progress, added});
  const std::string ending = stopped(begun);
  EXPECT_EQ(order_faults(begun + ending, true), "") << ending;
  const auto answer = decode(begun + ending);
  EXPECT_EQ(answer.failure, "");
  EXPECT_EQ(answer.choices.at(0).finish, kLength);
  EXPECT_EQ(answer.usage, kUsage);
  EXPECT_EQ(stopped(""), "");
  EXPECT_EQ(stopped(stream({kCreated, completed()})), "");
  EXPECT_EQ(stopped(stream({kCreated, R"({"type":"error","message":"boom"})"})), "");
}

TEST(TapStream, StopsWithTheNumberAndTheFieldsOfTheCallersStream) {
  // A stream that was taken up in its middle.
  const std::string begun =
      stream({R"({"type":"response.in_progress","sequence_number":40,"response":{"id":"resp_1"}})",
              kDelta});
  const std::string ending =
      stopped(begun, {.usage = kUsage, .extra_fields = [](ChunkPlace chunk) {
                        return std::to_string(chunk.number) + (chunk.last ? "1" : "0");
                      }});
  EXPECT_NE(ending.find(R"("sequence_number":42)"), std::string::npos) << ending;
  EXPECT_NE(ending.find(R"("extra_fields":21})"), std::string::npos) << ending;
}

TEST(TapStream, PutsExtraFieldsWhereTheEncoderDoes) {
  const std::string text = stream({kCreated, kAdded, kDelta, completed()});
  for (const std::size_t piece : {std::size_t{1}, std::size_t{50}, text.size()}) {
    const auto tap = make_stream_tap();
    tap->look_for({.extra_fields = true});
    StreamEditor editor([](ChunkPlace chunk) {
      return std::to_string(1000 + chunk.number) + (chunk.last ? "1" : "0");
    });
    std::string out;
    for (std::size_t at = 0; at < text.size(); at += piece) {
      const std::string_view bytes = std::string_view(text).substr(at, piece);
      tap->feed(bytes);
      out += editor.feed(bytes, *tap);
    }
    EXPECT_EQ(tap->finish(), "");
    out += editor.finish(*tap);
    EXPECT_EQ(decode(out), decode(text));
    EXPECT_NE(out.find(R"("output":[]},"extra_fields":10000})"), std::string::npos) << out;
    EXPECT_NE(out.find(R"("extra_fields":10031})"), std::string::npos) << out;
    EXPECT_EQ(out.size(), text.size() + 2 * std::string_view(R"(,"extra_fields":10000)").size());
  }
}

}  // namespace
}  // namespace bifrost::dialect::openai_responses
