#include "dialect/openai_responses/sealed.h"
#include "dialect/openai_responses/stream_testing.h"
#include "json/writer.h"

#include <gtest/gtest.h>

#include <string>

namespace bifrost::dialect::openai_responses {
namespace {

using enum llm::FinishReason;
using Kind = llm::ReasoningPart::Kind;

std::string added(int place, const std::string& item) {
  return event("output_item.added",
               R"("output_index":)" + std::to_string(place) + R"(,"item":)" + item);
}
std::string done(int place, const std::string& item) {
  return event("output_item.done",
               R"("output_index":)" + std::to_string(place) + R"(,"item":)" + item);
}
std::string delta(const std::string& type, int place, const std::string& text,
                  const std::string& more = R"("content_index":0)") {
  return event(type + ".delta", R"("output_index":)" + std::to_string(place) + "," + more +
                                    R"(,"delta":)" + json::quoted(text));
}

const std::string kMessage = R"({"type":"message","id":"msg_1","content":[]})";

TEST(DecodeStream, ReadsTextUsageAndTheEnd) {
  const std::string text = stream(
      {kCreated, added(0, kMessage), delta("output_text", 0, "Hel"), delta("output_text", 0, "lo"),
       event("output_text.done", R"("output_index":0,"content_index":0,"text":"Hello")"),
       done(0, R"({"type":"message","content":[{"type":"output_text","text":"Hello"}]})"),
       completed(R"({"type":"message","content":[{"type":"output_text","text":"Hello"}]})")});
  for (std::size_t piece = 1; piece <= text.size(); ++piece) {
    const CollectedAnswer answer = decode(text, piece);
    ASSERT_EQ(answer.failure, "");
    EXPECT_EQ(answer.id, "resp_1");
    EXPECT_EQ(answer.model, "m");
    EXPECT_EQ(answer.starts, 1U);
    EXPECT_EQ(answer.ends, 1U);
    EXPECT_EQ(answer.choices.at(0).text, "Hello");
    EXPECT_EQ(answer.choices.at(0).finish, kStop);
    EXPECT_EQ(answer.usage, (llm::Usage{.input = 3, .output = 2, .known = true}));
  }
}

// Servers leave events out: the same answer comes from whichever are left.
TEST(DecodeStream, TakesEachPieceFromTheFirstEventThatHasIt) {
  const std::string message =
      R"({"type":"message","id":"msg_1","content":[{"type":"output_text","text":"Hello","annotations":[{"type":"url_citation","url":"u"}],"logprobs":[{"token":"x"}]}]})";
  const std::string call =
      R"({"type":"function_call","id":"fc_1","call_id":"c","name":"f","arguments":"{}"})";
  const auto expected = decode(stream({kCreated, done(0, message), done(1, call), completed()}));
  EXPECT_EQ(expected.choices.at(0).text, "Hello");
  EXPECT_EQ(expected.choices.at(0).calls.at(0).arguments, "{}");
  EXPECT_EQ(expected.choices.at(0).citations, std::vector<std::string>{"u"});
  EXPECT_EQ(expected.choices.at(0).logprobs, R"({"content":[{"token":"x"}]})");
  EXPECT_EQ(expected.choices.at(0).finish, kToolCalls);
  EXPECT_EQ(decode(stream({kCreated, completed(message + "," + call)})), expected);
  EXPECT_EQ(decode(stream({completed(message + "," + call)})), expected);
  EXPECT_EQ(decode(stream({kCreated, added(0, kMessage), delta("output_text", 0, "Hello"),
                           added(1, R"({"type":"function_call","call_id":"c","name":"f"})"),
                           delta("function_call_arguments", 1, "{}", R"("item_id":"fc_1")"),
                           done(0, message), done(1, call), completed(message + "," + call)})),
            expected);
  EXPECT_EQ(decode(stream(
                {kCreated, added(0, kMessage),
                 event("output_text.done", R"("output_index":0,"content_index":0,"text":"Hello")"),
                 added(1, R"({"type":"function_call","call_id":"c","name":"f"})"),
                 event("function_call_arguments.done", R"("output_index":1,"arguments":"{}")"),
                 completed(message + "," + call)})),
            expected);
}

// Every event names another item (GitHub Copilot).
TEST(DecodeStream, KnowsItemsByTheirPlace) {
  const auto item = [](const std::string& id, const std::string& text) {
    return R"({"type":"message","id":")" + id + R"(","content":[)" +
           (text.empty() ? "" : R"({"type":"output_text","text":")" + text + "\"}") + "]}";
  };
  const auto answer =
      decode(stream({kCreated, added(0, item("a", "")),
                     delta("output_text", 0, "hi", R"("content_index":0,"item_id":"b")"),
                     done(0, item("c", "hi")), completed(item("d", "hi"))}));
  EXPECT_EQ(answer.choices.at(0).text, "hi");
}

TEST(DecodeStream, KnowsItemsByTheirIdsWhereNoPlaceIsGiven) {
  const auto answer =
      decode(stream({kCreated, event("output_item.added", R"("item":{"type":"message","id":"a"})"),
                     event("output_item.added",
                           R"("item":{"type":"function_call","id":"b","call_id":"c","name":"f"})"),
                     event("output_text.delta", R"("item_id":"a","delta":"hi")"),
                     event("function_call_arguments.delta", R"("item_id":"b","delta":"{}")"),
                     event("output_text.delta", R"("item_id":"a","delta":"!")"), completed()}));
  EXPECT_EQ(answer.choices.at(0).text, "hi!");
  EXPECT_EQ(answer.choices.at(0).calls.at(0).arguments, "{}");
}

TEST(DecodeStream, ReadsItemsThatComeByTurns) {
  const auto answer = decode(
      stream({kCreated, added(0, R"({"type":"function_call","call_id":"a","name":"f"})"),
              added(1, R"({"type":"custom_tool_call","call_id":"b","name":"g"})"),
              delta("function_call_arguments", 0, "{"), delta("custom_tool_call_input", 1, "ra"),
              delta("function_call_arguments", 0, "}"), delta("custom_tool_call_input", 1, "w"),
              completed()}));
  const auto& calls = answer.choices.at(0).calls;
  ASSERT_EQ(calls.size(), 2U);
  EXPECT_EQ(calls.at(0).arguments, "{}");
  EXPECT_EQ(calls.at(1).arguments, "raw");
  EXPECT_TRUE(calls.at(1).custom);
}

TEST(DecodeStream, ACallWaitsForItsName) {
  const auto late = decode(stream(
      {kCreated, delta("function_call_arguments", 0, "{"), delta("function_call_arguments", 0, "}"),
       done(0, R"({"type":"function_call","call_id":"a","name":"f","arguments":"{}"})"),
       completed()}));
  EXPECT_EQ(late.choices.at(0).calls.at(0).name, "f");
  EXPECT_EQ(late.choices.at(0).calls.at(0).arguments, "{}");
  const auto never =
      decode(stream({kCreated, delta("function_call_arguments", 0, "{}"), completed()}));
  EXPECT_EQ(never.choices.at(0).calls.at(0).id, "call_resp_1_0");
  EXPECT_EQ(never.choices.at(0).calls.at(0).arguments, "{}");
}

TEST(DecodeStream, ReadsThoughts) {
  const std::string summary = R"("summary_index":0)";
  const auto answer = decode(
      stream({kCreated, added(0, R"({"type":"reasoning","id":"rs_1","encrypted_content":"early"})"),
              delta("reasoning_summary_text", 0, "a", summary),
              delta("reasoning_summary_text", 0, "b", summary),
              delta("reasoning_summary_text", 0, "c", R"("summary_index":1)"),
              delta("reasoning_text", 0, "d"),
              done(0, R"({"type":"reasoning","id":"rs_1","summary":[{"text":"ab"},{"text":"c"}],
                   "content":[{"text":"d"}],"encrypted_content":"e"})"),
              completed()}));
  const auto& blocks = answer.choices.at(0).reasoning;
  ASSERT_EQ(blocks.size(), 4U);
  EXPECT_EQ(blocks.at(0).text, "ab");
  EXPECT_EQ(blocks.at(0).kind, Kind::kSummary);
  EXPECT_EQ(blocks.at(0).id, "rs_1");
  EXPECT_EQ(blocks.at(0).format, kOwnFormat);
  EXPECT_EQ(blocks.at(1).text, "c");
  EXPECT_EQ(blocks.at(2).kind, Kind::kText);
  EXPECT_EQ(blocks.at(3).kind, Kind::kEncrypted);
  EXPECT_EQ(blocks.at(3).data, "e");
}

TEST(DecodeStream, ReadsRefusalsSourcesImagesAndWhatElseThereIs) {
  const auto answer = decode(stream(
      {kCreated, added(0, kMessage), delta("refusal", 0, "no"), delta("output_text", 0, "a"),
       event(
           "output_text.annotation.added",
           R"("output_index":0,"content_index":0,"annotation":{"type":"url_citation","url":"u"})"),
       done(0, R"({"type":"message","content":[{"type":"output_text","text":"a","annotations":[
                   {"type":"url_citation","url":"u"},{"type":"url_citation","url":"v"}]}]})"),
       event("image_generation_call.partial_image", R"("partial_image_b64":"AA")"),
       done(1, R"({"type":"image_generation_call","result":"AAAA"})"),
       done(2, R"({"type":"web_search_call","id":"ws_1"})"),
       R"({"type":"response.new_kind.delta","delta":"x"})", completed()}));
  const auto& choice = answer.choices.at(0);
  EXPECT_EQ(choice.refusal, "no");
  EXPECT_EQ(choice.citations, (std::vector<std::string>{"u", "v"}));
  EXPECT_EQ(choice.media, 1U);
  EXPECT_EQ(choice.raw, 1U);
}

TEST(DecodeStream, OpensWhatAnotherGatewaySealed) {
  const auto item = [](Seal::Kind kind, const std::string& data) {
    return R"({"type":"reasoning","id":"rs_1","summary":[],"encrypted_content":")" +
           seal({kind, "f", data}) + "\"}";
  };
  const auto answer = decode(
      stream({kCreated, added(0, R"({"type":"reasoning","id":"rs_1"})"),
              delta("reasoning_summary_text", 0, "hm", R"("summary_index":0)"),
              done(0, item(Seal::Kind::kSignature, "s")), done(1, item(Seal::Kind::kText, "t")),
              done(2, R"({"type":"message","content":[{"type":"output_text","text":"a"}]})"),
              done(3, item(Seal::Kind::kCall, "c")),
              done(4, R"({"type":"function_call","call_id":"x","name":"f","arguments":"{}"})"),
              completed()}));
  const auto& choice = answer.choices.at(0);
  ASSERT_EQ(choice.reasoning.size(), 1U);
  EXPECT_EQ(choice.reasoning.at(0).text, "hm");
  EXPECT_EQ(choice.reasoning.at(0).signature, "s");
  EXPECT_EQ(choice.signature, "t");
  EXPECT_EQ(choice.calls.at(0).signature, "c");
}

TEST(DecodeStream, TellsWhyItEnded) {
  EXPECT_EQ(decode(stream({kCreated, completed("", "incomplete")})).choices.at(0).finish, kLength);
  EXPECT_EQ(decode(stream({kCreated, event("incomplete", R"("response":{"status":"incomplete",
                       "incomplete_details":{"reason":"content_filter"}})")}))
                .choices.at(0)
                .finish,
            kContentFilter);
  EXPECT_EQ(
      decode(stream({kCreated, event("incomplete", R"("response":{})")})).choices.at(0).finish,
      kLength);
  EXPECT_EQ(decode(stream({kCreated, completed("", "cancelled")})).choices.at(0).finish, kUnknown);
  const auto marked = decode(stream({kCreated, delta("output_text", 0, "a"), "[DONE]"}));
  EXPECT_EQ(marked.failure, "");
  EXPECT_EQ(marked.ends, 1U);
}

TEST(DecodeStream, NeedsTheEnd) {
  const auto answer = decode(stream({kCreated, delta("output_text", 0, "a")}));
  EXPECT_TRUE(answer.failure.starts_with("upstream_cut_short")) << answer.failure;
  EXPECT_EQ(answer.choices.at(0).text, "a");
}

TEST(DecodeStream, ReadsErrorsInEveryShape) {
  for (const std::string& text :
       {stream({kCreated, R"({"type":"error","code":"server_error","message":"boom"})"}),
        stream({kCreated, R"({"type":"error","error":{"code":"x","message":"boom"}})"}),
        stream({kCreated,
                event("failed",
                      R"("response":{"status":"failed","error":{"code":"x","message":"boom"}})")}),
        stream({R"({"error":{"message":"boom","type":"server_error"}})"}),
        "event: error\n" + stream({R"({"message":"boom"})"}),
        std::string("{\n\"error\": {\"message\": \"boom\"}}"),
        std::string(R"({"object":"response","status":"failed","error":{"message":"boom"}})")}) {
    const CollectedAnswer answer = decode(text);
    EXPECT_NE(answer.failure.find("boom"), std::string::npos) << text << answer.failure;
    EXPECT_EQ(answer.ends, 0U);
    ASSERT_TRUE(tapped(text).error) << text;
    EXPECT_NE(tapped(text).error->message.find("boom"), std::string::npos);
  }
  const std::string paid = stream({event(
      "failed",
      R"("response":{"error":{"message":"boom"},"usage":{"input_tokens":3,"output_tokens":2}})")});
  EXPECT_EQ(decode(paid).usage, (llm::Usage{.input = 3, .output = 2, .known = true}));
  EXPECT_EQ(tapped(paid).usage, decode(paid).usage);
  const std::string silent = stream({event("failed", R"("response":{"error":null})")});
  EXPECT_TRUE(decode(silent).failure.starts_with("upstream_server_error"))
      << decode(silent).failure;
}

TEST(DecodeStream, RefusesWhatIsNoResponse) {
  for (const std::string& text :
       {std::string("<!DOCTYPE html><html></html>"), stream({"<html>"}), stream({"{\"a\":1}"}),
        stream({"[]"}), stream({"7"}), stream({"{"}), stream({"[DONE]"}),
        stream({R"({"id":"x","object":"chat.completion.chunk","choices":[]})"})}) {
    const CollectedAnswer answer = decode(text);
    EXPECT_TRUE(answer.failure.starts_with("upstream_protocol")) << text << answer.failure;
    EXPECT_TRUE(tapped(text).error);
  }
}

TEST(DecodeStream, PassesSignsOfLife) {
  const auto decoder = make_stream_decoder();
  const auto events = openai_chat::decode_in_pieces(
      *decoder,
      ": OPENROUTER PROCESSING\n\n" +
          stream({R"({"type":"keepalive","sequence_number":1})", R"({"type":"codex.rate_limits"})",
                  kCreated, R"({"type":"ping"})", delta("output_text", 0, "a"), completed()}),
      7);
  EXPECT_TRUE(std::holds_alternative<llm::Ping>(events.front()));
  EXPECT_EQ(collect(events).failure, "");
  EXPECT_EQ(collect(events).choices.at(0).text, "a");
}

// The type may stand in the event's line only.
TEST(DecodeStream, ReadsTheTypeWhereverItStands) {
  std::string text;
  http::sse::append_event(text, "response.created", R"({"response":{"id":"r"}})");
  http::sse::append_event(text, "response.output_text.delta", R"({"output_index":0,"delta":"a"})");
  http::sse::append_event(text, "response.completed", R"({"response":{"status":"completed"}})");
  EXPECT_EQ(decode(text).choices.at(0).text, "a");
  EXPECT_EQ(decode(text).id, "r");
  EXPECT_TRUE(tapped(text).ended);
}

TEST(DecodeStream, BoundsItems) {
  std::string text = stream({kCreated});
  for (int i = 0; i <= static_cast<int>(kItemsMax); ++i) text += stream({added(i, kMessage)});
  text += stream({completed()});
  EXPECT_TRUE(decode(text).failure.starts_with("upstream_protocol"));
  EXPECT_FALSE(tapped(text).error);  // it keeps none, and what the end tells of the usage counts
}

TEST(DecodeStream, SurvivesFieldsOfTheWrongType) {
  const auto answer = decode(stream(
      {event("created", R"("response":7)"), event("output_item.added", R"("item":7)"),
       event("output_item.added", R"("output_index":"x","item":{"type":7})"),
       event("output_text.delta",
             R"("output_index":-1,"content_index":"x","delta":7,"logprobs":7)"),
       event("output_item.done", R"("output_index":0,"item":{"type":"message","content":7})"),
       event("output_text.annotation.added", R"("annotation":7)"),
       event("output_item.done", R"("output_index":3,"item":{"type":"reasoning","summary":[7]})"),
       completed("7,{}")}));
  EXPECT_EQ(answer.failure, "");
  EXPECT_EQ(answer.ends, 1U);
}

}  // namespace
}  // namespace bifrost::dialect::openai_responses
