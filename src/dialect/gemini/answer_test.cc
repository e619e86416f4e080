#include "dialect/chat_codec.h"
#include "dialect/gemini/dialect.h"
#include "json/document.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace bifrost::dialect::gemini {
namespace {

using testing::HasSubstr;
using testing::Not;

llm::Response decode(std::string_view body) {
  auto response = dialect().chat->decode_response(body);
  EXPECT_TRUE(response) << response.error().message;
  return response ? std::move(*response) : llm::Response{};
}

std::string candidate(std::string_view parts, std::string_view rest) {
  return R"({"responseId":"r1","candidates":[{"content":{"role":"model","parts":[)" +
         std::string(parts) + R"(]},)" + std::string(rest) + "}]}";
}

struct FinishCase {
  std::string_view name;
  llm::FinishReason reason;
};

class FinishTest : public testing::TestWithParam<FinishCase> {};

TEST_P(FinishTest, HasACounterpartAndComesBack) {
  const std::string body =
      candidate(R"({"text":"a"})", R"("finishReason":")" + std::string(GetParam().name) + "\"");
  const llm::Response response = decode(body);
  EXPECT_EQ(response.choices.at(0).finish, GetParam().reason);
  EXPECT_EQ(dialect().chat->tap_response(body).finish, GetParam().reason);
  EXPECT_THAT(dialect().chat->encode_response(response, {}),
              HasSubstr("\"finishReason\":\"" + std::string(GetParam().name) + "\""));
}

INSTANTIATE_TEST_SUITE_P(
    Reasons, FinishTest,
    testing::Values(FinishCase{"STOP", llm::FinishReason::kStop},
                    FinishCase{"MAX_TOKENS", llm::FinishReason::kLength},
                    FinishCase{"SAFETY", llm::FinishReason::kContentFilter},
                    FinishCase{"RECITATION", llm::FinishReason::kContentFilter},
                    FinishCase{"LANGUAGE", llm::FinishReason::kContentFilter},
                    FinishCase{"BLOCKLIST", llm::FinishReason::kContentFilter},
                    FinishCase{"PROHIBITED_CONTENT", llm::FinishReason::kContentFilter},
                    FinishCase{"SPII", llm::FinishReason::kContentFilter},
                    FinishCase{"IMAGE_SAFETY", llm::FinishReason::kContentFilter},
                    FinishCase{"MALFORMED_FUNCTION_CALL", llm::FinishReason::kToolCalls},
                    FinishCase{"UNEXPECTED_TOOL_CALL", llm::FinishReason::kToolCalls},
                    FinishCase{"OTHER", llm::FinishReason::kUnknown}));

TEST(GeminiAnswer, StopOfAnAnswerWithCallsIsToolCalls) {
  const std::string body =
      candidate(R"({"functionCall":{"name":"f","args":{"a":1}},"thoughtSignature":"x"})",
                R"("finishReason":"STOP")");
  const llm::Response response = decode(body);
  EXPECT_EQ(response.choices[0].finish, llm::FinishReason::kToolCalls);
  const auto* call = response.choices[0].parts.at(0).as<llm::ToolCallPart>();
  EXPECT_FALSE(call->id.empty());
  EXPECT_EQ(call->signature, "x");
  EXPECT_EQ(dialect().chat->tap_response(body).finish, llm::FinishReason::kToolCalls);
  EXPECT_EQ(decode(body).choices[0].parts, response.choices[0].parts);
  EXPECT_THAT(dialect().chat->encode_response(response, {}), HasSubstr(R"("finishReason":"STOP")"));
}

TEST(GeminiAnswer, ABlockedPromptIsAFilteredChoice) {
  constexpr std::string_view kBody = R"({"promptFeedback":{"blockReason":"JAILBREAK"}})";
  const llm::Response response = decode(kBody);
  EXPECT_EQ(response.choices.at(0).finish, llm::FinishReason::kContentFilter);
  EXPECT_EQ(dialect().chat->tap_response(kBody).finish, llm::FinishReason::kContentFilter);
  EXPECT_EQ(dialect().chat->encode_response(response, {}), kBody);
}

TEST(GeminiAnswer, UsageIsDisjointAndComesBack) {
  const llm::Response response = decode(
      R"({"candidates":[],"usageMetadata":{"promptTokenCount":100,"cachedContentTokenCount":30,)"
      R"("candidatesTokenCount":50,"thoughtsTokenCount":7,"toolUsePromptTokenCount":11,)"
      R"("promptTokensDetails":[{"modality":"AUDIO","tokenCount":40},{"modality":"IMAGE",)"
      R"("tokenCount":5},{"modality":"TEXT","tokenCount":55}],"cacheTokensDetails":)"
      R"([{"modality":"AUDIO","tokenCount":10},{"modality":"TEXT","tokenCount":20}],)"
      R"("candidatesTokensDetails":[{"modality":"IMAGE","tokenCount":20}]}})");
  const llm::Usage& usage = response.usage;
  EXPECT_EQ(usage.cache_read, 30);
  EXPECT_EQ(usage.input_audio, 30);
  EXPECT_EQ(usage.input_image, 5);
  EXPECT_EQ(usage.input, 35 + 11);
  EXPECT_EQ(usage.output, 30);
  EXPECT_EQ(usage.output_image, 20);
  EXPECT_EQ(usage.reasoning, 7);
  EXPECT_EQ(usage.total(), 100 + 11 + 50 + 7);
  EXPECT_EQ(decode(dialect().chat->encode_response(response, {})).usage, usage);
}

TEST(GeminiAnswer, ATrafficTypeAloneIsNoUsage) {
  EXPECT_FALSE(decode(R"({"usageMetadata":{"trafficType":"ON_DEMAND"}})").usage.known);
}

TEST(GeminiAnswer, AbsurdCountsDoNotOverflow) {
  const llm::Usage usage =
      decode(R"({"usageMetadata":{"promptTokenCount":9223372036854775807,)"
             R"("toolUsePromptTokenCount":9223372036854775807,"candidatesTokenCount":-5}})")
          .usage;
  EXPECT_GT(usage.total(), 0);
  EXPECT_EQ(usage.output, 0);
}

TEST(GeminiAnswer, SourcesCountInCharacters) {
  const std::string body = candidate(
      R"({"text":"Zürich ist schön."})",
      R"("finishReason":"STOP","groundingMetadata":{"groundingChunks":[{"web":{"uri":"https://a",)"
      R"("title":"A"}},{"web":{"uri":"https://b"}}],"groundingSupports":[{"segment":)"
      R"({"startIndex":8,"endIndex":19,"text":"ist schön."},"groundingChunkIndices":[0,1,9]}]})");
  const llm::Response response = decode(body);
  const auto& citations = response.choices[0].parts.at(0).as<llm::TextPart>()->citations;
  ASSERT_EQ(citations.size(), 2U);
  EXPECT_EQ(citations[0].url, "https://a");
  EXPECT_EQ(citations[0].title, "A");
  EXPECT_EQ(citations[0].start, 7);
  EXPECT_EQ(citations[0].end, 17);
  EXPECT_EQ(citations[1].cited_text, "ist schön.");
  const std::string encoded = dialect().chat->encode_response(response, {});
  EXPECT_THAT(encoded, HasSubstr(R"("startIndex":8,"endIndex":19)"));
  EXPECT_EQ(decode(encoded).choices[0].parts, response.choices[0].parts);
}

TEST(GeminiAnswer, RecitationsComeBack) {
  const std::string body = candidate(
      R"({"text":"abcdef"})",
      R"("finishReason":"STOP","citationMetadata":{"citations":[{"startIndex":1,"endIndex":3,)"
      R"("uri":"https://a","license":"mit"}]})");
  const llm::Response response = decode(body);
  EXPECT_EQ(response.choices[0].parts[0].as<llm::TextPart>()->citations.at(0).end, 3);
  const std::string encoded = dialect().chat->encode_response(response, {});
  EXPECT_THAT(encoded, HasSubstr(R"("license":"mit")"));
  EXPECT_EQ(decode(encoded).choices[0].parts, response.choices[0].parts);
}

TEST(GeminiAnswer, ASignedImageKeepsItsSignature) {
  const std::string body =
      candidate(R"({"inlineData":{"mimeType":"image/png","data":"AA=="},"thoughtSignature":"s"})",
                R"("finishReason":"STOP")");
  const llm::Response response = decode(body);
  ASSERT_EQ(response.choices[0].parts.size(), 2U);
  EXPECT_NE(response.choices[0].parts[0].as<llm::ImagePart>(), nullptr);
  EXPECT_THAT(dialect().chat->encode_response(response, {}),
              HasSubstr(R"({"inlineData":{"mimeType":"image/png","data":"AA=="},)"
                        R"("thoughtSignature":"s"})"));
}

TEST(GeminiAnswer, LogprobsTakeOpenAisShape) {
  const std::string body =
      candidate(R"({"text":"a"})",
                R"("finishReason":"STOP","logprobsResult":{"chosenCandidates":[{"token":"a",)"
                R"("logProbability":-0.50}],"topCandidates":[{"candidates":[{"token":"b",)"
                R"("logProbability":-1}]}]})");
  const llm::Response response = decode(body);
  EXPECT_EQ(response.choices[0].logprobs,
            R"({"content":[{"token":"a","logprob":-0.50,"bytes":[97],"top_logprobs":)"
            R"([{"token":"b","logprob":-1,"bytes":[98]}]}],"refusal":null})");
  EXPECT_EQ(decode(dialect().chat->encode_response(response, {})).choices[0].logprobs,
            response.choices[0].logprobs);
}

TEST(GeminiAnswer, AnErrorInsideOfASuccessIsAnError) {
  auto response = dialect().chat->decode_response(
      R"({"error":{"code":503,"message":"overloaded","status":"UNAVAILABLE"}})");
  ASSERT_FALSE(response);
  EXPECT_EQ(response.error().code, ErrorCode::kUpstreamOverloaded);
  EXPECT_FALSE(dialect().chat->decode_response("<html>"));
  EXPECT_FALSE(dialect().chat->decode_response("[]"));
}

TEST(GeminiAnswer, WhatOnlyOthersKnowIsLeftOut) {
  llm::Response response;
  response.choices = {
      {.parts = {{.content = llm::RawPart{.dialect = "anthropic", .json = "{}"}},
                 {.content = llm::ReasoningPart{.kind = llm::ReasoningPart::Kind::kRedacted,
                                                .data = "sealed"}},
                 {.content = llm::RefusalPart{.text = "no"}}},
       .finish = llm::FinishReason::kRefusal}};
  const std::string body = dialect().chat->encode_response(
      response, {.model = "shown", .fallback_id = "id", .created = 60});
  EXPECT_EQ(body, R"({"candidates":[{"content":{"parts":[{"text":"no"}],"role":"model"},)"
                  R"("finishReason":"SAFETY","index":0}],"modelVersion":"shown",)"
                  R"("responseId":"id","createTime":"1970-01-01T00:01:00Z"})");
}

TEST(GeminiAnswer, AnEmptyAnswerStillHasAPart) {
  llm::Response response;
  response.choices = {{.finish = llm::FinishReason::kLength}};
  EXPECT_THAT(dialect().chat->encode_response(response, {}), HasSubstr(R"("parts":[{"text":""}])"));
}

// -- errors

TEST(GeminiError, RetryHintsAreRead) {
  const auto after = [](std::string_view delay) {
    const std::string body =
        R"({"error":{"code":429,"message":"m","status":"RESOURCE_EXHAUSTED","details":[{"@type":)"
        R"("type.googleapis.com/google.rpc.RetryInfo","retryDelay":)" +
        std::string(delay) + "}]}}";
    return dialect().family.decode_error({.status = 429, .body = body}).retry_after;
  };
  using std::chrono::milliseconds;
  EXPECT_EQ(after(R"("4s")"), milliseconds(4000));
  EXPECT_EQ(after(R"("1.5s")"), milliseconds(1500));
  EXPECT_EQ(after(R"("99999999s")"), std::chrono::hours(24));
  EXPECT_EQ(after(R"("-1s")"), std::nullopt);
  EXPECT_EQ(after(R"("soon")"), std::nullopt);
  const Error words = dialect().family.decode_error(
      {.status = 429, .body = R"([{"error":{"code":429,"message":"Please retry in 40.25s."}}])"});
  EXPECT_EQ(words.retry_after, milliseconds(40250));
}

TEST(GeminiError, AWrongKeyIsFoundBehindInvalidArgument) {
  const Error error = dialect().family.decode_error(
      {.status = 400,
       .body = R"({"error":{"code":400,"message":"API key not valid.","status":"INVALID_ARGUMENT",)"
               R"("details":[{"reason":"API_KEY_INVALID"}]}})"});
  EXPECT_EQ(error.code, ErrorCode::kUpstreamAuth);
  EXPECT_EQ(error.upstream_type, "INVALID_ARGUMENT");
  EXPECT_EQ(error.upstream_code, "API_KEY_INVALID");
}

TEST(GeminiError, AStrangeBodyIsStillAnError) {
  const Error error = dialect().family.decode_error({.status = 502, .body = "<html>bad gateway"});
  EXPECT_EQ(error.code, ErrorCode::kUpstreamServerError);
  EXPECT_EQ(error.upstream_status, 502);
}

TEST(GeminiError, OurOwnIsWrittenAsGoogleWould) {
  Error error = gateway_error(ErrorCode::kQueueFull, "full");
  error.retry_after = std::chrono::milliseconds(2050);
  EXPECT_EQ(dialect().family.encode_error(error),
            R"({"error":{"code":429,"message":"full","status":"RESOURCE_EXHAUSTED","details":)"
            R"([{"@type":"type.googleapis.com/google.rpc.RetryInfo","retryDelay":"2.050s"}]}})");
  EXPECT_THAT(
      dialect().family.encode_error(client_error(ErrorCode::kInvalidRequest, "m", "contents")),
      HasSubstr(R"("fieldViolations":[{"field":"contents","description":"m"}])"));
}

TEST(GeminiError, GooglesOwnBodyIsPassedOnAndAnothersIsTranslated) {
  constexpr std::string_view kNative =
      "{\n \"error\": {\"code\": 404, \"message\": \"m\", \"status\": \"NOT_FOUND\"}\n}\n";
  const Error native = dialect().family.decode_error({.status = 404, .body = kNative});
  EXPECT_EQ(dialect().family.encode_error(native), kNative);
  // One line, or the SDK does not see an error.
  EXPECT_EQ(dialect().chat->stream.encode_error(native),
            "data: {  \"error\": {\"code\": 404, \"message\": \"m\", \"status\": \"NOT_FOUND\"} "
            "}\n\n");
  Error foreign = upstream_error(ErrorCode::kUpstreamServerError, Retry::kSameTarget, "boom");
  foreign.upstream_body = R"({"error":{"message":"boom","type":"server_error","code":null}})";
  EXPECT_EQ(dialect().chat->stream.encode_error(foreign),
            "data: {\"error\":{\"code\":502,\"message\":\"boom\",\"status\":\"UNAVAILABLE\"}}\n\n");
}

// -- models

TEST(GeminiModels, ListsComeBack) {
  constexpr std::string_view kBody =
      R"({"models":[{"name":"models/gemini-2.5-pro","displayName":"Gemini 2.5 Pro",)"
      R"("inputTokenLimit":1048576,"outputTokenLimit":65536,"supportedGenerationMethods":)"
      R"(["generateContent","streamGenerateContent"]}],"nextPageToken":"t"})";
  auto page = dialect().family.decode_models(kBody);
  ASSERT_TRUE(page);
  EXPECT_EQ(page->rows.at(0).id, "gemini-2.5-pro");
  EXPECT_EQ(page->rows[0].context_length, 1048576);
  EXPECT_EQ(dialect().family.encode_models(*page), kBody);
  EXPECT_EQ(dialect().family.models_path("a b"), "/v1beta/models?pageSize=1000&pageToken=a%20b");
  EXPECT_FALSE(dialect().family.decode_models("[]"));
}

TEST(GeminiModels, VertexNamesItsPublishers) {
  auto page = dialect().family.decode_models(
      R"({"publisherModels":[{"name":"publishers/google/models/gemini-2.5-flash"}]})");
  ASSERT_TRUE(page);
  EXPECT_EQ(page->rows.at(0).id, "gemini-2.5-flash");
}

}  // namespace
}  // namespace bifrost::dialect::gemini
