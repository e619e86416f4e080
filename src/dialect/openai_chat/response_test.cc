#include "dialect/chat_codec.h"
#include "dialect/openai_chat/dialect.h"
#include "dialect/openai_chat/usage.h"
#include "json/document.h"

#include <gtest/gtest.h>

#include <string>

namespace bifrost::dialect::openai_chat {
namespace {

using enum llm::FinishReason;

llm::Response decoded(const std::string& body) {
  auto response = dialect().chat->decode_response(body);
  EXPECT_TRUE(response) << response.error().message;
  return response ? *std::move(response) : llm::Response{};
}

// The answer with this message, and this finish reason.
std::string answering(const std::string& message, const std::string& finish = "stop") {
  return R"({"id":"x1","model":"m","created":5,"choices":[{"index":0,"message":)" + message +
         R"(,"finish_reason":")" + finish + R"("}]})";
}

const std::vector<llm::Part>& parts(const llm::Response& response) {
  return response.choices.at(0).parts;
}

TEST(DecodeResponse, ReadsTextAndTheHead) {
  const llm::Response response = decoded(
      R"({"id":"a","model":"m","created":7,"service_tier":"default","system_fingerprint":"fp",
          "choices":[{"message":{"role":"assistant","content":"hi"},"finish_reason":"length",
                      "logprobs":{"content":[{"token":"hi"}]}}]})");
  EXPECT_EQ(response.id, "a");
  EXPECT_EQ(response.created, 7);
  EXPECT_EQ(response.service_tier, "default");
  EXPECT_EQ(response.system_fingerprint, "fp");
  EXPECT_EQ(parts(response).at(0).as<llm::TextPart>()->text, "hi");
  EXPECT_EQ(response.choices[0].finish, kLength);
  EXPECT_EQ(response.choices[0].logprobs, R"({"content":[{"token":"hi"}]})");
  EXPECT_FALSE(response.usage.known);
}

TEST(DecodeResponse, ReadsThinkingChunks) {
  const llm::Response response = decoded(answering(
      R"({"content":[{"type":"thinking","thinking":[{"type":"text","text":"hm"},{"type":"text","text":"!"}]},
                     {"type":"text","text":"yes"},{"type":"reference","reference_ids":[1]}]})"));
  ASSERT_EQ(parts(response).size(), 3U);
  EXPECT_EQ(parts(response)[0].as<llm::ReasoningPart>()->text, "hm!");
  EXPECT_EQ(parts(response)[1].as<llm::TextPart>()->text, "yes");
  EXPECT_EQ(parts(response)[2].as<llm::RawPart>()->type, "reference");
}

TEST(DecodeResponse, ReadsToolCallsHoweverTheyAreWritten) {
  const llm::Response response = decoded(answering(
      R"({"content":null,"tool_calls":[
          {"id":"a","type":"function","function":{"name":"f","arguments":"{}"},"custom":{"name":"","input":""}},
          {"type":"function","function":{"name":"g","arguments":{"x": 1}}},
          {"id":"c","type":"custom","custom":{"name":"h","input":"raw"}},
          {"id":"","type":"function","function":{"name":"","arguments":""}}]})"));
  ASSERT_EQ(parts(response).size(), 3U);
  EXPECT_EQ(parts(response)[0].as<llm::ToolCallPart>()->name, "f");
  const auto& second = *parts(response)[1].as<llm::ToolCallPart>();
  EXPECT_EQ(second.arguments, R"({"x": 1})");
  EXPECT_EQ(second.id, "call_x1_1");  // made up, the same each time
  EXPECT_TRUE(parts(response)[2].as<llm::ToolCallPart>()->custom);
  // "stop" behind tool calls would tell other dialects that there is nothing to do.
  EXPECT_EQ(response.choices[0].finish, kToolCalls);
  EXPECT_EQ(response.choices[0].finish_raw, "stop");
}

TEST(DecodeResponse, ReadsLegacyFunctionCalls) {
  const llm::Response response = decoded(answering(
      R"({"content":null,"function_call":{"name":"f","arguments":"{}"}})", "function_call"));
  EXPECT_EQ(parts(response).at(0).as<llm::ToolCallPart>()->name, "f");
  EXPECT_EQ(response.choices[0].finish, kToolCalls);
}

TEST(DecodeResponse, ReadsMediaRefusalAndCitations) {
  const llm::Response response = decoded(answering(
      R"({"content":"see","refusal":"no","images":[{"type":"image_url","image_url":{"url":"data:image/png;base64,aGk="}}],
          "audio":{"id":"au","data":"cw==","expires_at":9,"transcript":"t"},
          "annotations":[{"type":"url_citation","url_citation":{"url":"u","title":"t","start_index":1,"end_index":2}}]})"));
  ASSERT_EQ(parts(response).size(), 4U);
  const auto& citation = parts(response)[0].as<llm::TextPart>()->citations.at(0);
  EXPECT_EQ(citation.url, "u");
  EXPECT_EQ(citation.end, 2);
  EXPECT_EQ(parts(response)[1].as<llm::RefusalPart>()->text, "no");
  EXPECT_EQ(parts(response)[2].as<llm::ImagePart>()->media.data, "aGk=");
  EXPECT_EQ(parts(response)[3].as<llm::AudioPart>()->transcript, "t");
}

TEST(DecodeResponse, TakesSourcesBesideTheChoices) {
  const llm::Response response =
      decoded(R"({"choices":[{"message":{"content":"x"}}],"citations":["https://a","https://b"]})");
  ASSERT_EQ(parts(response)[0].as<llm::TextPart>()->citations.size(), 2U);
  EXPECT_EQ(parts(response)[0].as<llm::TextPart>()->citations[1].url, "https://b");
}

TEST(DecodeResponse, CountsReasoningOnce) {
  const llm::Response plain = decoded(answering(R"({"content":"a","reasoning_content":"t"})"));
  EXPECT_EQ(parts(plain).at(0).as<llm::ReasoningPart>()->text, "t");
  const llm::Response both = decoded(answering(
      R"({"content":"a","reasoning":"t","reasoning_details":[{"type":"reasoning.text","text":"t","signature":"s"}]})"));
  ASSERT_EQ(parts(both).size(), 2U);
  EXPECT_EQ(parts(both)[0].as<llm::ReasoningPart>()->signature, "s");
}

TEST(DecodeResponse, KnowsTheWordsOfOthers) {
  const auto finish = [](const std::string& word) {
    return decoded(answering(R"({"content":"x"})", word)).choices[0].finish;
  };
  EXPECT_EQ(finish("eos"), kStop);
  EXPECT_EQ(finish("end_turn"), kStop);
  EXPECT_EQ(finish("stop_sequence"), kStopSequence);
  EXPECT_EQ(finish("model_length"), kLength);
  EXPECT_EQ(finish("MAX_TOKENS"), kLength);
  EXPECT_EQ(finish("content_filter"), kContentFilter);
  EXPECT_EQ(finish("SAFETY"), kContentFilter);
  EXPECT_EQ(finish("refusal"), kRefusal);
  EXPECT_EQ(finish("error"), kError);
  EXPECT_EQ(finish("something_new"), kUnknown);
}

TEST(DecodeResponse, TurnsAnErrorInside200IntoAnError) {
  const auto response =
      dialect().chat->decode_response(R"({"error":{"message":"boom","type":"t","code":429}})");
  ASSERT_FALSE(response);
  EXPECT_EQ(response.error().code, ErrorCode::kUpstreamRateLimited);
  EXPECT_EQ(response.error().message, "boom");
  const auto in_choice = dialect().chat->decode_response(
      R"({"choices":[{"finish_reason":"error","message":{"content":""},"error":{"code":502,"message":"bad"}}]})");
  ASSERT_FALSE(in_choice);
  EXPECT_EQ(in_choice.error().message, "bad");
}

TEST(DecodeResponse, RefusesWhatIsNoAnswer) {
  for (const char* bad :
       {"", "<html></html>", "{", "[]", "{}", R"({"choices":[]})", R"({"choices":"x"})", "null"}) {
    const auto response = dialect().chat->decode_response(bad);
    ASSERT_FALSE(response) << bad;
    EXPECT_EQ(response.error().code, ErrorCode::kUpstreamProtocol) << bad;
    EXPECT_EQ(response.error().origin, Origin::kUpstream);
    EXPECT_TRUE(dialect().chat->tap_response(bad).error.has_value()) << bad;
  }
  EXPECT_NE(dialect().chat->decode_response("<html>").error().message.find("HTML"),
            std::string::npos);
}

TEST(DecodeResponse, SurvivesFieldsOfTheWrongType) {
  EXPECT_TRUE(dialect().chat->decode_response(
      R"({"id":7,"model":[],"created":"x","usage":[1],"choices":[{"index":"0","message":{
          "content":5,"tool_calls":[7,"x",{}],"reasoning":{},"reasoning_details":[1,{"text":7}],
          "images":[1,{}],"audio":"x","annotations":[1],"refusal":[]},"finish_reason":3,
          "logprobs":7},7,null]})"));
}

TEST(EncodeResponse, WritesOpenAisShape) {
  llm::Response response;
  response.id = "id";
  response.created = 5;
  response.model = "m";
  response.choices.push_back({.parts = {{llm::TextPart{.text = "hi"}, {}}}, .finish = kStop});
  response.usage = {.input = 3, .output = 2, .known = true};
  EXPECT_EQ(
      dialect().chat->encode_response(response, {}),
      R"({"id":"id","object":"chat.completion","created":5,"model":"m","choices":[{"index":0,"message":{"role":"assistant","content":"hi","refusal":null},"logprobs":null,"finish_reason":"stop"}],"usage":{"prompt_tokens":3,"completion_tokens":2,"total_tokens":5,"prompt_tokens_details":{"cached_tokens":0,"audio_tokens":0},"completion_tokens_details":{"reasoning_tokens":0,"audio_tokens":0}}})");
}

TEST(EncodeResponse, TakesWhatIsMissingFromTheContext) {
  AnswerContext context;
  context.model = "openai/m";
  context.fallback_id = "fallback";
  context.created = 99;
  context.extra_fields = R"({"provider":"openai"})";
  llm::Response response;
  response.model = "m";
  response.choices.push_back(
      {.parts = {{llm::ToolCallPart{.id = "c", .name = "f", .arguments = "{}"}, {}}},
       .finish = kToolCalls});
  const auto document = json::Document::parse(dialect().chat->encode_response(response, context));
  ASSERT_TRUE(document);
  const json::Value root = document->root();
  EXPECT_TRUE(root["id"].equals("fallback"));
  EXPECT_TRUE(root["model"].equals("openai/m"));
  EXPECT_EQ(root["created"].integer(), 99);
  EXPECT_EQ(root["extra_fields"].raw(), R"({"provider":"openai"})");
  EXPECT_TRUE(root["choices"].at(0)["message"]["content"].is_null());
  EXPECT_FALSE(root["usage"].exists());
}

TEST(EncodeResponse, ShiftsCitationsOfLaterParts) {
  llm::Citation citation;
  citation.url = "u";
  citation.start = 0;
  citation.end = 1;
  llm::Response response;
  response.choices.push_back(
      {.parts = {{llm::TextPart{.text = "äö"}, {}},
                 {llm::TextPart{.text = "x", .citations = {citation}}, {}}}});
  const auto document = json::Document::parse(dialect().chat->encode_response(response, {}));
  const json::Value message = document->root()["choices"].at(0)["message"];
  EXPECT_TRUE(message["content"].equals("äöx"));
  EXPECT_EQ(message["annotations"].at(0)["url_citation"]["start_index"].integer(), 2);
}

TEST(EncodeResponse, ReasoningOfEveryKindSurvives) {
  using Kind = llm::ReasoningPart::Kind;
  llm::Response response;
  response.choices.push_back(
      {.parts = {{llm::ReasoningPart{.text = "a", .signature = "s+/="}, {}},
                 {llm::ReasoningPart{.kind = Kind::kRedacted, .data = "r+/="}, {}},
                 {llm::ReasoningPart{
                      .kind = Kind::kEncrypted, .data = "e", .id = "i", .format = "f"},
                  {}},
                 {llm::ReasoningPart{.kind = Kind::kSummary, .text = "b"}, {}},
                 {llm::TextPart{.text = "x"}, {}}},
       .finish = kStop});
  EXPECT_EQ(parts(decoded(dialect().chat->encode_response(response, {}))),
            response.choices[0].parts);
}

TEST(EncodeResponse, WritesOnlyWordsOfOpenAi) {
  for (const auto reason : {kStop, kStopSequence, kLength, kToolCalls, kContentFilter, kRefusal,
                            kPause, kError, kUnknown}) {
    llm::Response response;
    response.choices.push_back({.finish = reason});
    const auto document = json::Document::parse(dialect().chat->encode_response(response, {}));
    const std::string word = document->root()["choices"].at(0)["finish_reason"].string_or("");
    EXPECT_TRUE(word == "stop" || word == "length" || word == "tool_calls" ||
                word == "content_filter")
        << word;
  }
}

struct UsageCase {
  const char* json;
  llm::Usage usage;
};

TEST(Usage, IsReadInDisjointClasses) {
  const std::vector<UsageCase> cases = {
      {R"({"prompt_tokens":10,"completion_tokens":5,"total_tokens":15})",
       {.input = 10, .output = 5, .known = true}},
      {R"({"prompt_tokens":100,"completion_tokens":50,"total_tokens":150,
           "prompt_tokens_details":{"cached_tokens":60,"audio_tokens":10,"cache_write_tokens":5},
           "completion_tokens_details":{"reasoning_tokens":20,"audio_tokens":8,"image_tokens":2}})",
       {.input = 25,
        .cache_read = 60,
        .cache_write = 5,
        .input_audio = 10,
        .output = 20,
        .reasoning = 20,
        .output_audio = 8,
        .output_image = 2,
        .known = true}},
      // DeepSeek.
      {R"({"prompt_tokens":563,"completion_tokens":116,"prompt_cache_hit_tokens":512,
           "prompt_cache_miss_tokens":51,"completion_tokens_details":{"reasoning_tokens":60}})",
       {.input = 51, .cache_read = 512, .output = 56, .reasoning = 60, .known = true}},
      // xAI: thoughts beside the completion.
      {R"({"prompt_tokens":12,"completion_tokens":2,"total_tokens":354,
           "prompt_tokens_details":{"cached_tokens":11,"text_tokens":12},
           "completion_tokens_details":{"reasoning_tokens":340}})",
       {.input = 1, .cache_read = 11, .output = 2, .reasoning = 340, .known = true}},
      // Thoughts in the total only (Gemini's compatible endpoint).
      {R"({"prompt_tokens":10,"completion_tokens":20,"total_tokens":100})",
       {.input = 10, .output = 20, .reasoning = 70, .known = true}},
      // Anthropic's counts behind a proxy: the prompt is without the cache.
      {R"({"prompt_tokens":10,"completion_tokens":5,"total_tokens":115,
           "cache_read_input_tokens":70,"cache_creation_input_tokens":30})",
       {.input = 10, .cache_read = 70, .cache_write = 30, .output = 5, .known = true}},
      // Mistral.
      {R"({"prompt_tokens":68,"completion_tokens":6,"total_tokens":74,"num_cached_tokens":64})",
       {.input = 4, .cache_read = 64, .output = 6, .known = true}},
      // Cached audio is counted once.
      {R"({"prompt_tokens":100,"completion_tokens":0,
           "prompt_tokens_details":{"cached_tokens":90,"audio_tokens":80}})",
       {.cache_read = 90, .input_audio = 10, .known = true}},
      {R"({"prompt_tokens":5,"completion_tokens":1,"num_search_queries":3})",
       {.input = 5, .output = 1, .web_searches = 3, .known = true}},
      {R"({"prompt_tokens":-5,"completion_tokens":1})", {.output = 1, .known = true}},
      {R"({})", {}},
      {R"({"prompt_tokens":null,"completion_tokens":"7"})", {}},
  };
  for (const UsageCase& one : cases) {
    const auto document = json::Document::parse(one.json);
    ASSERT_TRUE(document);
    const llm::Usage usage = decode_usage(document->root());
    EXPECT_EQ(usage, one.usage) << one.json;
    if (!usage.known) continue;
    std::string again;
    json::Writer writer(again);
    encode_usage(writer, usage);
    EXPECT_EQ(decode_usage(json::Document::parse(again)->root()), usage) << again;
  }
}

TEST(Usage, SurvivesAbsurdNumbers) {
  const auto document = json::Document::parse(
      R"({"prompt_tokens":9223372036854775807,"completion_tokens":9223372036854775807,
          "total_tokens":-9223372036854775808,"prompt_tokens_details":{"cached_tokens":1e15},
          "completion_tokens_details":{"reasoning_tokens":9223372036854775807}})");
  const llm::Usage usage = decode_usage(document->root());
  EXPECT_TRUE(usage.known);
  EXPECT_GT(usage.total(), 0);
}

}  // namespace
}  // namespace bifrost::dialect::openai_chat
