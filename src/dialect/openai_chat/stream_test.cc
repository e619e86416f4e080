#include "dialect/openai_chat/collected_answer.h"
#include "dialect/openai_chat/dialect.h"
#include "dialect/openai_chat/functions.h"
#include "http/sse/parser.h"
#include "json/document.h"

#include <gtest/gtest.h>

#include <initializer_list>
#include <string>

namespace bifrost::dialect::openai_chat {
namespace {

using enum llm::FinishReason;

// A chunk with one choice.
std::string delta(const std::string& members, const std::string& finish = "null", int index = 0) {
  return R"({"id":"s1","object":"chat.completion.chunk","created":1,"model":"m","choices":[{"index":)" +
         std::to_string(index) + R"(,"delta":{)" + members + R"(},"finish_reason":)" + finish +
         "}]}";
}

std::string stream(std::initializer_list<std::string> events) {
  std::string out;
  for (const std::string& event : events) http::sse::append_event(out, {}, event);
  return out;
}

const std::string kDone = "[DONE]";
const std::string kStopChunk = delta("", "\"stop\"");

CollectedAnswer decode(const std::string& text, std::size_t piece = 0) {
  return collect(decode_in_pieces(*dialect().chat->make_stream_decoder(), text,
                                  piece == 0 ? text.size() + 1 : piece));
}

TapState tap(const std::string& text, std::string* missing = nullptr) {
  const auto tap = dialect().chat->make_stream_tap();
  for (const char& byte : text) tap->feed({&byte, 1});
  const std::string tail = tap->finish();
  if (missing != nullptr) *missing = tail;
  return tap->state();
}

TEST(DecodeStream, ReadsTextUsageAndTheEnd) {
  const std::string text = stream(
      {delta(R"("role":"assistant","content":"")"), delta(R"("content":"Hel")"),
       delta(R"("content":"lo")"), kStopChunk,
       R"({"id":"s1","choices":[],"usage":{"prompt_tokens":3,"completion_tokens":2}})", kDone});
  for (std::size_t piece = 1; piece <= text.size(); ++piece) {
    const CollectedAnswer answer = decode(text, piece);
    ASSERT_EQ(answer.failure, "");
    EXPECT_EQ(answer.id, "s1");
    EXPECT_EQ(answer.model, "m");
    EXPECT_EQ(answer.starts, 1U);
    EXPECT_EQ(answer.ends, 1U);
    EXPECT_EQ(answer.choices.at(0).text, "Hello");
    EXPECT_EQ(answer.choices.at(0).finish, kStop);
    EXPECT_EQ(answer.choices.at(0).finishes, 1U);
    EXPECT_EQ(answer.usage, (llm::Usage{.input = 3, .output = 2, .known = true}));
  }
  const TapState state = tap(text);
  EXPECT_EQ(state.usage.input, 3);
  EXPECT_EQ(state.finish, kStop);
  EXPECT_EQ(state.content_events, 2U);
  EXPECT_TRUE(state.ended && state.finished);
  EXPECT_FALSE(state.error);
}

TEST(DecodeStream, ReadsInterleavedToolCalls) {
  const CollectedAnswer answer = decode(stream(
      {delta(
           R"("tool_calls":[{"index":0,"id":"a","type":"function","function":{"name":"f","arguments":""}}])"),
       delta(
           R"("tool_calls":[{"index":1,"id":"b","type":"function","function":{"name":"g","arguments":"["}}])"),
       delta(
           R"("tool_calls":[{"index":0,"function":{"arguments":"{\"x\":"}},{"index":1,"function":{"arguments":"]"}}])"),
       delta(R"("tool_calls":[{"index":0,"function":{"arguments":"1}"}}])"),
       delta("", "\"tool_calls\""), kDone}));
  const auto& calls = answer.choices.at(0).calls;
  ASSERT_EQ(calls.size(), 2U);
  EXPECT_EQ(calls.at(0).arguments, R"({"x":1})");
  EXPECT_EQ(calls.at(1).id, "b");
  EXPECT_EQ(calls.at(1).arguments, "[]");
  EXPECT_EQ(answer.choices.at(0).finish, kToolCalls);
}

TEST(DecodeStream, ReadsToolCallsOfSloppyProviders) {
  // id and name repeated with every piece
  const auto repeated = decode(stream(
      {delta(R"("tool_calls":[{"index":0,"id":"a","function":{"name":"f","arguments":"{"}}])"),
       delta(R"("tool_calls":[{"index":0,"id":"a","function":{"name":"f","arguments":"}"}}])"),
       kStopChunk}));
  ASSERT_EQ(repeated.choices.at(0).calls.size(), 1U);
  EXPECT_EQ(repeated.choices.at(0).calls.at(0).arguments, "{}");
  EXPECT_EQ(repeated.choices.at(0).finish, kToolCalls);
  // no numbers; an id names the call, nothing continues the last one
  const auto unnumbered = decode(
      stream({delta(R"("tool_calls":[{"id":"a","function":{"name":"f","arguments":"1"}}])"),
              delta(R"("tool_calls":[{"id":"b","function":{"name":"f","arguments":"2"}}])"),
              delta(R"("tool_calls":[{"function":{"arguments":"3"}}])"),
              delta(R"("tool_calls":[{"id":"a","function":{"arguments":"4"}}])"), kStopChunk}));
  ASSERT_EQ(unnumbered.choices.at(0).calls.size(), 2U);
  EXPECT_EQ(unnumbered.choices.at(0).calls.at(0).arguments, "14");
  EXPECT_EQ(unnumbered.choices.at(0).calls.at(1).arguments, "23");
  // every call is number 0, whole, arguments as an object
  const auto zeros = decode(stream(
      {delta(R"("tool_calls":[{"index":0,"id":"a","function":{"name":"f","arguments":{"x":1}}}])"),
       delta(R"("tool_calls":[{"index":0,"id":"b","function":{"name":"f","arguments":"{}"}}])"),
       kStopChunk}));
  ASSERT_EQ(zeros.choices.at(0).calls.size(), 2U);
  EXPECT_EQ(zeros.choices.at(0).calls.at(0).arguments, R"({"x":1})");
  // neither numbers nor ids: a name begins a call, and each gets an id of its own
  const auto nameless = decode(stream(
      {delta(
           R"("tool_calls":[{"function":{"name":"f","arguments":"1"}},{"function":{"name":"f","arguments":"2"}}])"),
       kStopChunk}));
  ASSERT_EQ(nameless.choices.at(0).calls.size(), 2U);
  EXPECT_NE(nameless.choices.at(0).calls.at(0).id, nameless.choices.at(0).calls.at(1).id);
  // the name comes after the first arguments
  const auto late =
      decode(stream({delta(R"("tool_calls":[{"index":0,"id":"a","function":{"arguments":"{"}}])"),
                     delta(R"("tool_calls":[{"index":0,"function":{"name":"f","arguments":"}"}}])"),
                     kStopChunk}));
  EXPECT_EQ(late.choices.at(0).calls.at(0).name, "f");
  EXPECT_EQ(late.choices.at(0).calls.at(0).arguments, "{}");
  // legacy
  const auto legacy = decode(
      stream({delta(R"("function_call":{"name":"f","arguments":"{"})"),
              delta(R"("function_call":{"arguments":"}"})"), delta("", "\"function_call\"")}));
  EXPECT_EQ(legacy.choices.at(0).calls.at(0).name, "f");
  EXPECT_EQ(legacy.choices.at(0).calls.at(0).arguments, "{}");
}

TEST(DecodeStream, ReadsSeveralChoices) {
  const CollectedAnswer answer =
      decode(stream({delta(R"("content":"a")", "null", 0), delta(R"("content":"b")", "null", 1),
                     delta("", "\"length\"", 1), delta(R"("content":"c")", "null", 0),
                     delta("", "\"stop\"", 0), kDone}));
  EXPECT_EQ(answer.choices.at(0).text, "ac");
  EXPECT_EQ(answer.choices.at(1).text, "b");
  EXPECT_EQ(answer.choices.at(1).finish, kLength);
}

TEST(DecodeStream, ReadsReasoningOnce) {
  const CollectedAnswer answer = decode(stream(
      {delta(
           R"("reasoning":"a","reasoning_details":[{"type":"reasoning.text","text":"a","index":0}])"),
       delta(
           R"("reasoning":"b","reasoning_details":[{"type":"reasoning.text","text":"b","index":0}])"),
       delta(R"("reasoning_details":[{"type":"reasoning.text","signature":"s","index":0},
                                     {"type":"reasoning.encrypted","data":"e","index":0}])"),
       delta(R"("content":"x")"), kStopChunk, kDone}));
  const auto& reasoning = answer.choices.at(0).reasoning;
  ASSERT_EQ(reasoning.size(), 2U);
  EXPECT_EQ(reasoning.at(0).text, "ab");
  EXPECT_EQ(reasoning.at(0).signature, "s");
  EXPECT_EQ(reasoning.at(1).data, "e");
  const auto plain =
      decode(stream({delta(R"("reasoning_content":"a","content":null)"),
                     delta(R"("reasoning_content":null,"content":"b")"), kStopChunk}));
  EXPECT_EQ(plain.choices.at(0).reasoning.at(0).text, "a");
  EXPECT_EQ(plain.choices.at(0).text, "b");
}

TEST(DecodeStream, ReadsUsageWhereverItStands) {
  const std::string usage = R"("usage":{"prompt_tokens":3,"completion_tokens":2})";
  const llm::Usage expected{.input = 3, .output = 2, .known = true};
  std::string in_last = delta("", "\"stop\"");
  in_last.insert(in_last.size() - 1, "," + usage);
  std::string groq = delta("", "\"stop\"");
  groq.insert(groq.size() - 1, R"(,"x_groq":{)" + usage + "}");
  for (const std::string& text :
       {stream({delta(R"("content":"a")"), in_last, kDone}),
        stream({delta(R"("content":"a")"), groq, kDone}),
        stream({delta(R"("content":"a")"), kStopChunk, R"({"choices":[],)" + usage + "}", kDone}),
        stream({delta(R"("content":"a")"), kStopChunk, "{" + usage + "}", kDone})}) {
    EXPECT_EQ(decode(text).usage, expected) << text;
    EXPECT_EQ(tap(text).usage, expected) << text;
  }
}

TEST(DecodeStream, EndsWithoutDoneOnceEveryChoiceIsFinished) {
  std::string missing;
  const std::string complete = stream({delta(R"("content":"a")"), kStopChunk});
  EXPECT_EQ(decode(complete).ends, 1U);
  EXPECT_TRUE(tap(complete, &missing).ended);
  EXPECT_EQ(missing, "data: [DONE]\n\n");
  const std::string done = complete + stream({kDone});
  tap(done, &missing);
  EXPECT_EQ(missing, "");
  for (const std::string& cut :
       {std::string(), stream({delta(R"("content":"a")")}),
        stream({delta(R"("content":"a")"), delta(R"("content":"b")", "null", 1), kStopChunk})}) {
    const CollectedAnswer answer = decode(cut);
    EXPECT_EQ(answer.ends, 0U);
    EXPECT_TRUE(answer.failure.starts_with("upstream_cut_short")) << answer.failure;
    ASSERT_TRUE(tap(cut).error);
    EXPECT_EQ(tap(cut).error->code, ErrorCode::kUpstreamCutShort);
  }
}

TEST(DecodeStream, ReadsErrorsInsideTheStream) {
  for (
      const std::string& text :
      {stream({delta(R"("content":"a")"), R"({"error":{"message":"boom","type":"server_error"}})"}),
       stream({R"({"type":"error","error":{"type":"overloaded_error","message":"boom"}})"}),
       stream({R"({"object":"error","message":"boom","type":"x","code":500})"}),
       stream({R"({"error":"boom"})"}), stream({R"({"detail":"boom"})"}),
       stream(
           {R"({"id":"s","choices":[{"index":0,"delta":{},"finish_reason":"error"}],"error":{"code":502,"message":"boom"}})"}),
       "event: error\n" + stream({R"({"message":"boom"})"}),
       std::string("{\n\"error\": {\"message\": \"boom\"}}")}) {
    const CollectedAnswer answer = decode(text);
    EXPECT_NE(answer.failure.find("boom"), std::string::npos) << text << answer.failure;
    EXPECT_EQ(answer.ends, 0U);
    ASSERT_TRUE(tap(text).error) << text;
    EXPECT_NE(tap(text).error->message.find("boom"), std::string::npos);
  }
}

TEST(DecodeStream, RefusesWhatIsNoChunk) {
  for (const std::string& text :
       {std::string("<!DOCTYPE html><html></html>"), stream({"<html>"}), stream({"{\"a\":1}"}),
        stream({"[]"}), stream({"7"}), stream({"{"}), stream({kDone}),
        std::string("{\"choices\":[]}")}) {
    const CollectedAnswer answer = decode(text);
    EXPECT_TRUE(answer.failure.starts_with("upstream_protocol")) << text << answer.failure;
    EXPECT_EQ(answer.ends, 0U);
  }
}

TEST(DecodeStream, PassesSidebandsAndSignsOfLife) {
  const auto decoder = dialect().chat->make_stream_decoder();
  const auto events = decode_in_pieces(
      *decoder,
      ": OPENROUTER PROCESSING\n\n" +
          stream({R"({"id":"","model":"","choices":[],"prompt_filter_results":[]})",
                  R"({"type":"ping"})", delta(R"("content":"a")"), kStopChunk, kDone}),
      7);
  EXPECT_TRUE(std::holds_alternative<llm::Ping>(events.front()));
  EXPECT_EQ(collect(events).id, "s1");
  EXPECT_EQ(collect(events).choices.at(0).text, "a");
}

TEST(DecodeStream, PassesWhatNobodyKnowsBehindAChunk) {
  const auto answer = decode(
      stream({delta(R"("content":"a")"), R"({"type":"citations","list":[]})", kStopChunk, kDone}));
  EXPECT_EQ(answer.failure, "");
  EXPECT_EQ(answer.choices.at(0).text, "a");
}

TEST(DecodeStream, TakesNothingBehindTheEnd) {
  const auto answer =
      decode(stream({delta(R"("content":"a")"), kStopChunk, kDone, delta(R"("content":"b")")}));
  EXPECT_EQ(answer.choices.at(0).text, "a");
  EXPECT_EQ(answer.ends, 1U);
}

// What the decoder does not take for an answer, the tap does not either.
TEST(TapStream, JudgesAsTheDecoderDoes) {
  EXPECT_TRUE(tap(stream({"{\"a\":1}", delta(R"("content":"a")"), kStopChunk, kDone})).error);
  EXPECT_FALSE(tap(stream({delta(R"("content":"a")"), "{\"a\":1}", kStopChunk, kDone})).error);
  // A choice that begins in the middle, alone or beside another, and is never finished.
  EXPECT_TRUE(tap(stream({delta(R"("content":"a")"), kStopChunk,
                          R"({"choices":[{"index":0,"delta":{}},{"index":1,"delta":{}}]})"}))
                  .error);
  EXPECT_TRUE(tap(stream({delta("", R"("stop")", 1), delta(R"("content":"a")")})).error);
  std::string many = "{\"choices\":[0";
  for (std::size_t i = 0; i < kChoicesMax; ++i) many += ",0";
  EXPECT_TRUE(tap(stream({many + "]}"})).error);
  EXPECT_TRUE(decode(stream({many + "]}"})).failure.starts_with("upstream_protocol"));
}

TEST(DecodeStream, BoundsChoicesAndCalls) {
  std::string choices;
  std::string calls;
  for (int i = 0; i <= static_cast<int>(kToolCallsMax); ++i) {
    choices += stream({delta(R"("content":"a")", "null", i)});
    calls += stream({delta(R"("tool_calls":[{"index":)" + std::to_string(i) +
                           R"(,"id":"i","function":{"name":"f","arguments":""}}])")});
  }
  EXPECT_TRUE(decode(choices).failure.starts_with("upstream_protocol"));
  EXPECT_TRUE(decode(calls).failure.starts_with("upstream_protocol"));
}

TEST(DecodeStream, SurvivesFieldsOfTheWrongType) {
  const auto answer = decode(stream(
      {R"({"id":7,"choices":[7,{"index":"x","delta":{"content":7,"tool_calls":[7,{}],"reasoning":{},
           "reasoning_details":"x","audio":7,"images":{}},"finish_reason":7,"logprobs":[1]}],"usage":7})",
       kStopChunk, kDone}));
  EXPECT_EQ(answer.failure, "");
}

// ------------------------------------------------------------------------------------------------

std::string encode(const std::vector<llm::StreamEvent>& events, AnswerContext context = {}) {
  const auto encoder = dialect().chat->make_stream_encoder(std::move(context));
  std::string out;
  for (const llm::StreamEvent& event : events) encoder->event(event, out);
  return out;
}

// The JSON of each event, checked to be what OpenAI's clients parse.
std::vector<json::Document> chunks(const std::string& text) {
  http::sse::Parser parser;
  std::vector<http::sse::Event> events;
  EXPECT_TRUE(parser.feed(text, events));
  EXPECT_FALSE(parser.inside_event());
  std::vector<json::Document> out;
  for (const http::sse::Event& event : events) {
    if (event.data == "[DONE]") continue;
    auto document = json::Document::parse(event.data);
    EXPECT_TRUE(document) << event.data;
    out.push_back(std::move(document).value());
  }
  return out;
}

TEST(EncodeStream, WritesAnAnswerAsOpenAiWould) {
  AnswerContext context;
  context.include_usage = true;
  const std::string text =
      encode({llm::StreamStart{.id = "i", .model = "m", .created = 5}, llm::TextDelta{.text = "hi"},
              llm::UsageUpdate{{.input = 1, .output = 2, .known = true}},
              llm::StreamFinish{.reason = kStop}, llm::StreamEnd{}},
             context);
  const std::string head =
      R"(data: {"id":"i","object":"chat.completion.chunk","created":5,"model":"m","choices":[)";
  EXPECT_EQ(
      text,
      head +
          R"({"index":0,"delta":{"role":"assistant","content":"","refusal":null},"logprobs":null,"finish_reason":null}]})" +
          "\n\n" + head +
          R"({"index":0,"delta":{"content":"hi"},"logprobs":null,"finish_reason":null}]})" +
          "\n\n" + head + R"({"index":0,"delta":{},"logprobs":null,"finish_reason":"stop"}]})" +
          "\n\n" + head +
          R"(],"usage":{"prompt_tokens":1,"completion_tokens":2,"total_tokens":3,"prompt_tokens_details":{"cached_tokens":0,"audio_tokens":0},"completion_tokens_details":{"reasoning_tokens":0,"audio_tokens":0}}})" +
          "\n\n" + "data: [DONE]\n\n");
}

TEST(EncodeStream, WritesUsageOnlyWhenItIsWanted) {
  const std::string text =
      encode({llm::TextDelta{.text = "hi"}, llm::UsageUpdate{{.input = 1, .known = true}},
              llm::StreamEnd{}});
  EXPECT_EQ(text.find("\"usage\""), std::string::npos);
  EXPECT_TRUE(text.ends_with("data: [DONE]\n\n"));
}

TEST(EncodeStream, PutsExtraFieldsOnTheFirstAndTheLastChunk) {
  AnswerContext context;
  context.chunk_extra_fields = [](ChunkPlace chunk) {
    // A line break must not end the event's line.
    return "{\"chunk_index\":\n" + std::to_string(chunk.number) + "}";
  };
  const auto documents = chunks(encode(
      {llm::StreamStart{}, llm::TextDelta{.text = "a"}, llm::StreamFinish{}, llm::StreamEnd{}},
      context));
  ASSERT_EQ(documents.size(), 3U);
  EXPECT_EQ(documents[0].root()["extra_fields"]["chunk_index"].integer(), 0);
  EXPECT_FALSE(documents[1].root()["extra_fields"].exists());
  EXPECT_EQ(documents[2].root()["extra_fields"]["chunk_index"].integer(), 2);
}

TEST(EncodeStream, IsLegalWhateverComes) {
  const std::vector<llm::StreamEvent> odd = {
      llm::ToolCallDelta{.choice = 0, .index = 5, .arguments = "{"},  // before any start
      llm::ToolCallStart{.choice = 0, .index = 9, .id = "b", .name = "g", .custom = true},
      llm::ToolCallDelta{.choice = 0, .index = 9, .arguments = "raw"},
      llm::ToolCallDelta{.choice = 0, .index = 5, .arguments = "}"},
      llm::StreamStart{.id = "late"},
      llm::TextDelta{.choice = 2, .text = "c"},
      llm::TextDelta{.choice = -1, .text = "never"},
      llm::StreamFinish{.choice = 0, .reason = kToolCalls},
      llm::StreamFinish{.choice = 0, .reason = kLength},
      llm::TextDelta{.choice = 0, .text = "behind the finish"},
      llm::MediaDelta{},
      llm::RawDelta{0, {"anthropic", "x", "{}"}},
      llm::StreamEnd{},
      llm::TextDelta{.text = "behind the end"},
      llm::StreamEnd{},
  };
  const std::string text = encode(odd);
  std::map<std::int64_t, int> finishes;
  std::map<std::int64_t, bool> begun;
  for (const json::Document& document : chunks(text)) {
    const json::Value choice = document.root()["choices"].at(0);
    const auto index = choice["index"].integer().value();
    EXPECT_EQ(choice["delta"]["role"].exists(), !begun[index]);
    begun[index] = true;
    EXPECT_EQ(finishes[index], 0) << "a chunk behind the finish";
    if (choice["finish_reason"].is_set()) ++finishes[index];
  }
  EXPECT_EQ(finishes, (std::map<std::int64_t, int>{{0, 1}, {2, 1}}));
  EXPECT_EQ(text.find("never"), std::string::npos);
  EXPECT_EQ(text.find("behind"), std::string::npos);
  EXPECT_EQ(text.find("[DONE]"), text.rfind("[DONE]"));
  const CollectedAnswer answer = decode(text);
  EXPECT_EQ(answer.choices.at(0).calls.at(0).arguments, "{}");
  EXPECT_EQ(answer.choices.at(0).calls.at(1).arguments, "raw");
  EXPECT_TRUE(answer.choices.at(0).calls.at(1).custom);
  EXPECT_EQ(answer.choices.at(2).text, "c");
}

TEST(EncodeStream, EventsSurviveBothWays) {
  using Kind = llm::ReasoningPart::Kind;
  llm::Citation citation;
  citation.url = "u";
  const std::vector<llm::StreamEvent> events = {
      llm::StreamStart{.id = "i", .model = "m"},
      llm::ReasoningDelta{.text = "a", .block = 0},
      llm::ReasoningDelta{.text = "b", .block = 0},
      llm::ReasoningDelta{.signature = "s", .block = 0},
      llm::ReasoningDelta{.kind = Kind::kRedacted, .data = "r", .block = 1},
      llm::TextDelta{.text = "x\n\"", .logprobs = R"({"content":[{"token":"x"}]})"},
      llm::TextDelta{.signature = "sig"},
      llm::CitationDelta{0, citation},
      llm::MediaDelta{0, {llm::ImagePart{.media = {.url = "https://x"}}, {}}},
      llm::RefusalDelta{0, "no"},
      llm::ToolCallStart{.index = 0, .id = "c", .name = "f", .signature = "t"},
      llm::ToolCallDelta{.index = 0, .arguments = "{}"},
      llm::StreamFinish{.reason = kToolCalls},
      llm::StreamEnd{},
  };
  EXPECT_EQ(decode(encode(events)), collect(events));
}

TEST(EncodeStream, WritesAFailureAsAnErrorThatClientsRaise) {
  const std::string text = encode(
      {llm::StreamStart{}, llm::TextDelta{.text = "a"},
       llm::StreamFailure{upstream_error(ErrorCode::kUpstreamOverloaded, Retry::kNo, "busy")},
       llm::TextDelta{.text = "b"}, llm::StreamEnd{}});
  const auto documents = chunks(text);
  EXPECT_TRUE(documents.back().root()["error"]["message"].equals("busy"));
  EXPECT_EQ(text.find("[DONE]"), std::string::npos);
  EXPECT_TRUE(decode(text).failure.find("busy") != std::string::npos);
}

TEST(EncodeStream, AnEmptyAnswerIsStillAnAnswer) {
  const std::string text = encode({llm::StreamEnd{}}, {.fallback_id = "f"});
  EXPECT_EQ(chunks(text).size(), 2U);
  EXPECT_EQ(decode(text).choices.at(0).finish, kStop);
  EXPECT_EQ(decode(text).id, "f");
}

}  // namespace
}  // namespace bifrost::dialect::openai_chat
