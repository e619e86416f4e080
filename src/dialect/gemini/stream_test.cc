#include "base/limits.h"
#include "dialect/chat_codec.h"
#include "dialect/gemini/dialect.h"
#include "json/document.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

namespace bifrost::dialect::gemini {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

using Events = std::vector<llm::StreamEvent>;

std::string chunk(std::string_view json) { return "data: " + std::string(json) + "\r\n\r\n"; }

std::string parts(std::string_view json, std::string_view rest = "") {
  return chunk(R"({"candidates":[{"content":{"parts":[)" + std::string(json) +
               R"(],"role":"model"})" + std::string(rest) +
               R"(,"index":0}],"responseId":"r","modelVersion":"m"})");
}

const std::string kStop = chunk(R"({"candidates":[{"finishReason":"STOP"}]})");

Events decode(std::string_view bytes) {
  const auto decoder = dialect().chat->make_stream_decoder();
  Events events;
  decoder->feed(bytes, events);
  decoder->finish(events);
  return events;
}

TapState tap(std::string_view bytes) {
  const auto reader = dialect().chat->make_stream_tap();
  reader->feed(bytes);
  EXPECT_EQ(reader->finish(), "");
  return reader->state();
}

template <class T>
std::vector<T> all(const Events& events) {
  std::vector<T> found;
  for (const llm::StreamEvent& event : events) {
    if (const auto* it = std::get_if<T>(&event)) found.push_back(*it);
  }
  return found;
}

std::string encode(const Events& events, const AnswerContext& context = {}) {
  const auto encoder = dialect().chat->make_stream_encoder(context);
  std::string out;
  for (const llm::StreamEvent& event : events) encoder->event(event, out);
  return out;
}

// -- decoding

TEST(GeminiStreamDecoder, AFinishReasonOnEveryChunkEndsTheAnswerOnce) {
  const Events events = decode(parts(R"({"text":"a"})", R"(,"finishReason":"STOP")") +
                               parts(R"({"text":"b"})", R"(,"finishReason":"MAX_TOKENS")"));
  EXPECT_EQ(all<llm::TextDelta>(events).size(), 2U);
  ASSERT_EQ(all<llm::StreamFinish>(events).size(), 1U);
  EXPECT_EQ(all<llm::StreamFinish>(events)[0].reason, llm::FinishReason::kLength);
  EXPECT_TRUE(std::holds_alternative<llm::StreamEnd>(events.back()));
  EXPECT_EQ(all<llm::StreamStart>(events).at(0).id, "r");
}

TEST(GeminiStreamDecoder, WithoutAFinishReasonTheStreamWasCut) {
  const std::string bytes = parts(R"({"text":"a"})");
  const Events events = decode(bytes);
  ASSERT_EQ(all<llm::StreamFailure>(events).size(), 1U);
  EXPECT_EQ(all<llm::StreamFailure>(events)[0].error.code, ErrorCode::kUpstreamCutShort);
  EXPECT_TRUE(all<llm::StreamEnd>(events).empty());
  EXPECT_EQ(tap(bytes).error->code, ErrorCode::kUpstreamCutShort);
}

TEST(GeminiStreamDecoder, ThoughtsAreOneBlockUntilTheyAreSigned) {
  const Events events = decode(parts(R"({"text":"a","thought":true})") +
                               parts(R"({"text":"b","thought":true,"thoughtSignature":"s"})") +
                               parts(R"({"text":"c","thought":true})") + kStop);
  const auto thoughts = all<llm::ReasoningDelta>(events);
  ASSERT_EQ(thoughts.size(), 3U);
  EXPECT_EQ(thoughts[0].block, thoughts[1].block);
  EXPECT_NE(thoughts[1].block, thoughts[2].block);
  EXPECT_EQ(thoughts[1].signature, "s");
}

TEST(GeminiStreamDecoder, AnEmptyTextCarriesASignature) {
  const Events events = decode(parts(R"({"text":"","thoughtSignature":"s+/="})") + kStop);
  EXPECT_EQ(all<llm::TextDelta>(events).at(0).signature, "s+/=");
}

TEST(GeminiStreamDecoder, CallsComeWholeOrInPieces) {
  const Events events =
      decode(parts(R"({"functionCall":{"name":"f","args":{"a":1}},"thoughtSignature":"s"})") +
             parts(R"({"functionCall":{"name":"g","willContinue":true}})") +
             parts(R"({"functionCall":{"partialArgs":[{"jsonPath":"$.x","stringValue":"y",)"
                   R"("willContinue":true}],"willContinue":true}})") +
             parts(R"({"functionCall":{}})") + kStop);
  const auto starts = all<llm::ToolCallStart>(events);
  ASSERT_EQ(starts.size(), 2U);
  EXPECT_EQ(starts[0].signature, "s");
  EXPECT_NE(starts[0].id, starts[1].id);
  std::string first;
  std::string second;
  for (const auto& delta : all<llm::ToolCallDelta>(events)) {
    (delta.index == 0 ? first : second) += delta.arguments;
  }
  EXPECT_EQ(first, R"({"a":1})");
  EXPECT_EQ(second, R"({"x":"y"})");
  EXPECT_EQ(all<llm::StreamFinish>(events).at(0).reason, llm::FinishReason::kToolCalls);
}

TEST(GeminiStreamDecoder, ACallThatIsNeverClosedIsClosedAtTheEnd) {
  const Events events =
      decode(parts(R"({"functionCall":{"name":"f","willContinue":true}})") + kStop);
  EXPECT_EQ(all<llm::ToolCallDelta>(events).at(0).arguments, "{}");
}

TEST(GeminiStreamDecoder, UsageReplacesWhatCameBefore) {
  const std::string bytes =
      chunk(R"({"candidates":[],"usageMetadata":{"promptTokenCount":5,"totalTokenCount":5}})") +
      chunk(R"({"candidates":[{"finishReason":"STOP"}],"usageMetadata":{"promptTokenCount":5,)"
            R"("candidatesTokenCount":3,"totalTokenCount":8}})");
  const auto updates = all<llm::UsageUpdate>(decode(bytes));
  ASSERT_EQ(updates.size(), 2U);
  EXPECT_EQ(updates[1].usage.output, 3);
  EXPECT_EQ(tap(bytes).usage, updates[1].usage);
}

TEST(GeminiStreamDecoder, ABlockedPromptIsAFilteredAnswer) {
  const std::string bytes = chunk(R"({"promptFeedback":{"blockReason":"SAFETY"}})");
  const Events events = decode(bytes);
  EXPECT_EQ(all<llm::StreamFinish>(events).at(0).reason, llm::FinishReason::kContentFilter);
  EXPECT_EQ(all<llm::StreamEnd>(events).size(), 1U);
  EXPECT_EQ(tap(bytes).finish, llm::FinishReason::kContentFilter);
}

struct ErrorCase {
  std::string_view name;
  std::string bytes;
};

class StreamErrorTest : public testing::TestWithParam<ErrorCase> {};

TEST_P(StreamErrorTest, IsSeenByTheDecoderAndTheTap) {
  const Events events = decode(GetParam().bytes);
  ASSERT_EQ(all<llm::StreamFailure>(events).size(), 1U);
  const Error error = all<llm::StreamFailure>(events)[0].error;
  EXPECT_EQ(error.code, ErrorCode::kUpstreamOverloaded);
  EXPECT_EQ(error.upstream_status, 503);
  EXPECT_TRUE(std::holds_alternative<llm::StreamFailure>(events.back()));
  EXPECT_EQ(tap(GetParam().bytes).error->code, ErrorCode::kUpstreamOverloaded);
}

constexpr std::string_view kError =
    R"({"error":{"code":503,"message":"overloaded","status":"UNAVAILABLE"}})";

INSTANTIATE_TEST_SUITE_P(
    Shapes, StreamErrorTest,
    testing::Values(ErrorCase{"Event", chunk(kError)},
                    ErrorCase{"Array", chunk("[" + std::string(kError) + "]")},
                    ErrorCase{"BareBody", std::string(kError)},
                    ErrorCase{"BareArray", "[" + std::string(kError) + "\n]\n"},
                    ErrorCase{"BareInTheMiddle", parts(R"({"text":"a"})") +
                                                     "{\n  \"error\": {\n    \"code\": 503,\n"
                                                     "    \"message\": \"overloaded\",\n"
                                                     "    \"status\": \"UNAVAILABLE\"\n  }\n}\n"}),
    [](const auto& it) { return std::string(it.param.name); });

TEST(GeminiStreamDecoder, BytesAfterAFailureAreIgnored) {
  EXPECT_EQ(decode(chunk(kError) + kStop).size(), 1U);
}

TEST(GeminiStreamDecoder, NonsenseIsAProtocolError) {
  const Events events = decode("data: {nonsense\n\n");
  EXPECT_EQ(all<llm::StreamFailure>(events).at(0).error.code, ErrorCode::kUpstreamProtocol);
  for (const std::string_view odd :
       {"1", "[]", "null", "\"x\"", R"({"candidates":1})", R"({"candidates":[{"index":-1}]})",
        R"({"candidates":[{"content":{"parts":[1,[],{}]}}]})"}) {
    const Events tolerated = decode(chunk(odd) + kStop);
    EXPECT_EQ(all<llm::StreamEnd>(tolerated).size(), 1U) << odd;
  }
}

TEST(GeminiStreamDecoder, OurOwnKeepAliveIsASignOfLife) {
  const Events events =
      decode(std::string(dialect().chat->stream.keep_alive) + parts(R"({"text":"a"})") + kStop);
  EXPECT_TRUE(std::holds_alternative<llm::Ping>(events.front()));
  EXPECT_EQ(all<llm::StreamStart>(events).at(0).model, "m");
}

TEST(GeminiStreamDecoder, SourcesComeBeforeTheEnd) {
  const Events events = decode(
      parts(R"({"text":"ä"})") + parts(R"({"text":"bc"})") +
      chunk(R"({"candidates":[{"finishReason":"STOP","groundingMetadata":{"groundingChunks":)"
            R"([{"web":{"uri":"https://a"}}],"groundingSupports":[{"segment":{"startIndex":2,)"
            R"("endIndex":4,"text":"bc"},"groundingChunkIndices":[0]}]}}]})"));
  const auto citations = all<llm::CitationDelta>(events);
  ASSERT_EQ(citations.size(), 1U);
  EXPECT_EQ(citations[0].citation.start, 1);
  EXPECT_EQ(citations[0].citation.end, 3);
  EXPECT_THAT(encode(events), HasSubstr(R"("startIndex":2,"endIndex":4)"));
}

// -- the tap

TEST(GeminiStreamTap, WordsInATextAreNotMembers) {
  const TapState state =
      tap(parts(R"({"text":"\"functionCall\": {}, \"finishReason\": \"SAFETY\", \"error\": {}"})") +
          kStop);
  EXPECT_EQ(state.finish, llm::FinishReason::kStop);
  EXPECT_FALSE(state.error);
  EXPECT_EQ(state.content_events, 1U);
  EXPECT_EQ(state.id, "r");
  EXPECT_EQ(state.model, "m");
}

TEST(GeminiStreamTap, ACallTurnsStopIntoToolCalls) {
  EXPECT_EQ(tap(parts(R"({"functionCall":{"name":"f","args":{}}})") + kStop).finish,
            llm::FinishReason::kToolCalls);
}

TEST(GeminiStreamTap, AnEmptyReasonBlocksNothing) {
  constexpr std::string_view kBody =
      R"({"promptFeedback":{"blockReason":""},"usageMetadata":{"promptTokenCount":1}})";
  EXPECT_EQ(dialect().chat->tap_response(kBody).finish, llm::FinishReason::kUnknown);
  EXPECT_EQ(dialect().chat->decode_response(kBody)->choices.at(0).finish,
            llm::FinishReason::kUnknown);
  EXPECT_TRUE(tap(chunk(kBody)).error);
  EXPECT_EQ(all<llm::StreamFailure>(decode(chunk(kBody))).size(), 1U);
}

// What the decoder does not take for an answer, the tap does not either.
TEST(GeminiStreamTap, JudgesAsTheDecoderDoes) {
  const std::string usage = R"("usageMetadata":{"promptTokenCount":3})";
  EXPECT_EQ(tap(chunk("[{" + usage + "}]") + kStop).usage.input, 3);
  EXPECT_FALSE(tap(chunk(R"({"error":{"code":503},)" + usage + "}")).usage.known);
  EXPECT_FALSE(tap(chunk(R"({"candidates":[{"index":-1,"finishReason":"STOP"}]})")).ended);
  EXPECT_FALSE(
      tap(parts(R"({"text":"a"})") + chunk(R"({"promptFeedback":{"blockReason":"SAFETY"}})"))
          .ended);
}

// -- encoding

TEST(GeminiStreamEncoder, AnAnswerIsChunksAndALastOneWithUsage) {
  const std::string bytes = encode(
      {
          llm::StreamStart{.id = "i", .model = "theirs"},
          llm::ReasoningDelta{.text = "hm", .signature = "s"},
          llm::TextDelta{.text = "hi"},
          llm::StreamFinish{.reason = llm::FinishReason::kStop, .raw = "stop"},
          llm::UsageUpdate{{.input = 1, .output = 2, .known = true}},
          llm::StreamEnd{},
      },
      {.model = "shown"});
  EXPECT_EQ(
      bytes,
      "data: {\"candidates\":[{\"content\":{\"parts\":[{\"text\":\"hm\",\"thought\":true,"
      "\"thoughtSignature\":\"s\"}],\"role\":\"model\"},\"index\":0}],\"modelVersion\":\"shown\","
      "\"responseId\":\"i\"}\n\n"
      "data: {\"candidates\":[{\"content\":{\"parts\":[{\"text\":\"hi\"}],\"role\":\"model\"},"
      "\"index\":0}],\"modelVersion\":\"shown\",\"responseId\":\"i\"}\n\n"
      "data: {\"candidates\":[{\"content\":{\"parts\":[{\"text\":\"\"}],\"role\":\"model\"},"
      "\"finishReason\":\"STOP\",\"index\":0}],\"usageMetadata\":{\"promptTokenCount\":1,"
      "\"candidatesTokenCount\":2,\"totalTokenCount\":3},\"modelVersion\":\"shown\","
      "\"responseId\":\"i\"}\n\n");
}

TEST(GeminiStreamEncoder, CallsAreWrittenWhole) {
  const std::string bytes = encode({
      llm::ToolCallStart{.index = 0, .id = "a", .name = "f", .signature = "s"},
      llm::ToolCallDelta{.index = 0, .arguments = "{\"x\":\n"},
      llm::ToolCallStart{.index = 1, .id = "b", .name = "g"},
      llm::ToolCallDelta{.index = 0, .arguments = "1}"},
      llm::StreamFinish{.reason = llm::FinishReason::kToolCalls},
      llm::StreamEnd{},
  });
  EXPECT_THAT(
      bytes,
      StartsWith(
          "data: "
          "{\"candidates\":[{\"content\":{\"parts\":[{\"functionCall\":{\"id\":\"a\",\"name\":"
          "\"f\",\"args\":{\"x\": 1}},\"thoughtSignature\":\"s\"},{\"functionCall\":{\"id\":\"b\","
          "\"name\":\"g\",\"args\":{}}}],\"role\":\"model\"},\"index\":0}]}\n\n"));
}

TEST(GeminiStreamEncoder, ArgumentsWithoutEndAreRefused) {
  const auto encoder = dialect().chat->make_stream_encoder({});
  std::string out;
  encoder->event(llm::ToolCallStart{.name = "f"}, out);
  const std::string piece(limits::kStreamEventBytesMax / 2, ' ');
  encoder->event(llm::ToolCallDelta{.arguments = piece}, out);
  EXPECT_EQ(out, "");
  encoder->event(llm::ToolCallDelta{.arguments = piece}, out);
  EXPECT_THAT(out, StartsWith("data: {\"error\":{\"code\":502"));
  const std::size_t size = out.size();
  encoder->event(llm::StreamEnd{}, out);
  EXPECT_EQ(out.size(), size);
}

TEST(GeminiStreamEncoder, AFailureClosesTheStream) {
  const std::string bytes = encode({
      llm::StreamFailure{gateway_error(ErrorCode::kInternal, "boom")},
      llm::TextDelta{.text = "late"},
      llm::StreamEnd{},
  });
  EXPECT_EQ(bytes,
            "data: {\"error\":{\"code\":500,\"message\":\"boom\",\"status\":\"INTERNAL\"}}\n\n");
}

TEST(GeminiStreamEncoder, AnyOrderOfEventsIsOneJsonObjectALine) {
  const Events odd = {
      llm::StreamEnd{},
      llm::Ping{},
      llm::ToolCallDelta{.index = 9, .arguments = "x"},
      llm::CitationDelta{.citation = {.url = "https://a"}},
      llm::RefusalDelta{.choice = 3, .text = "no\n"},
      llm::RawDelta{.part = {.dialect = "gemini", .json = "{\n\"executableCode\":{}}"}},
      llm::RawDelta{.part = {.dialect = "other", .json = "{}"}},
      llm::MediaDelta{.part = {.content = llm::AudioPart{.media = {.data = "AA=="}}}},
      llm::MediaDelta{.part = {.content = llm::ToolResultPart{}}},
      llm::StreamFinish{.choice = 2},
      llm::UsageUpdate{},
      llm::StreamStart{},
  };
  for (std::size_t first = 0; first < odd.size(); ++first) {
    Events events(odd.begin(), odd.end());
    std::ranges::rotate(events, events.begin() + static_cast<std::ptrdiff_t>(first));
    const std::string bytes = encode(events);
    std::string_view rest = bytes;
    while (!rest.empty()) {
      const auto end = rest.find("\n\n");
      ASSERT_NE(end, std::string_view::npos);
      const std::string_view line = rest.substr(0, end);
      ASSERT_THAT(std::string(line), StartsWith("data: {"));
      ASSERT_TRUE(json::Document::parse(line.substr(6))) << line;
      rest.remove_prefix(end + 2);
    }
  }
}

}  // namespace
}  // namespace bifrost::dialect::gemini
