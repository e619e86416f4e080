// Whole answers, both ways, and their tap.
#include "dialect/openai_responses/functions.h"
#include "dialect/openai_responses/sealed.h"
#include "json/document.h"

#include <gtest/gtest.h>

#include <string>

namespace bifrost::dialect::openai_responses {
namespace {

using enum llm::FinishReason;
using Reasoning = llm::ReasoningPart;

std::string body(const std::string& output, const std::string& more = R"("status":"completed")") {
  return R"({"id":"resp_1","object":"response","created_at":5,"model":"m",)" + more +
         R"(,"output":[)" + output + "]}";
}

llm::Response decoded(const std::string& text) {
  auto response = decode_response(text);
  EXPECT_TRUE(response) << response.error().message;
  return std::move(response).value();
}

// The parts of an answer whose output is this.
std::vector<llm::Part> parts(const std::string& output) {
  return decoded(body(output)).choices.front().parts;
}

json::Document encoded(const llm::Response& response, const AnswerContext& context = {}) {
  auto document = json::Document::parse(encode_response(response, context));
  EXPECT_TRUE(document);
  return std::move(document).value();
}

llm::Response answer(std::vector<llm::Part> parts, llm::FinishReason finish = kStop) {
  llm::Response response;
  response.id = "resp_1";
  response.model = "m";
  response.choices.push_back({.parts = std::move(parts), .finish = finish});
  return response;
}

// The elements of `output`.
std::string output_of(std::vector<llm::Part> parts) {
  return std::string(encoded(answer(std::move(parts))).root()["output"].raw());
}

TEST(DecodeResponse, ReadsTextWithItsSources) {
  const auto found = parts(
      R"({"type":"message","id":"msg_1","role":"assistant","content":[
         {"type":"output_text","text":"hi","annotations":[
           {"type":"url_citation","url":"u","title":"t","start_index":1,"end_index":2},
           {"type":"file_citation","file_id":"f","filename":"n","index":0}]},
         {"type":"refusal","refusal":"no"}]})");
  ASSERT_EQ(found.size(), 2U);
  const auto* text = found[0].as<llm::TextPart>();
  ASSERT_NE(text, nullptr);
  EXPECT_EQ(text->text, "hi");
  ASSERT_EQ(text->citations.size(), 2U);
  EXPECT_EQ(text->citations[0].url, "u");
  EXPECT_EQ(text->citations[0].start, 1);
  EXPECT_EQ(text->citations[1].title, "n");
  EXPECT_EQ(text->citations[1].raw_dialect, kName);
  EXPECT_EQ(found[1].as<llm::RefusalPart>()->text, "no");
}

TEST(DecodeResponse, ReadsThoughtsWithTheirId) {
  const std::string format(kOwnFormat);
  const auto found = parts(
      R"({"type":"reasoning","id":"rs_1","summary":[{"type":"summary_text","text":"a"}],
          "content":[{"type":"reasoning_text","text":"b"}],"encrypted_content":"gAAA"})");
  ASSERT_EQ(found.size(), 3U);
  EXPECT_EQ(
      *found[0].as<Reasoning>(),
      (Reasoning{.kind = Reasoning::Kind::kSummary, .text = "a", .id = "rs_1", .format = format}));
  EXPECT_EQ(*found[1].as<Reasoning>(), (Reasoning{.text = "b", .id = "rs_1", .format = format}));
  EXPECT_EQ(
      *found[2].as<Reasoning>(),
      (Reasoning{
          .kind = Reasoning::Kind::kEncrypted, .data = "gAAA", .id = "rs_1", .format = format}));
}

TEST(DecodeResponse, ReadsCallsAndImages) {
  const auto found = parts(
      R"({"type":"function_call","id":"fc_1","call_id":"c1","name":"f","arguments":"{}"},
         {"type":"custom_tool_call","id":"ctc_1","call_id":"c2","name":"g","input":"raw"},
         {"type":"function_call","name":"h","arguments":"{}"},
         {"type":"image_generation_call","id":"ig_1","result":"AAAA","output_format":"webp"},
         {"type":"web_search_call","id":"ws_1","status":"completed"})");
  ASSERT_EQ(found.size(), 5U);
  EXPECT_EQ(*found[0].as<llm::ToolCallPart>(),
            (llm::ToolCallPart{.id = "c1", .name = "f", .arguments = "{}"}));
  EXPECT_EQ(*found[1].as<llm::ToolCallPart>(),
            (llm::ToolCallPart{.id = "c2", .name = "g", .arguments = "raw", .custom = true}));
  EXPECT_EQ(found[2].as<llm::ToolCallPart>()->id, "call_resp_1_2");
  EXPECT_EQ(found[3].as<llm::ImagePart>()->media.media_type, "image/webp");
  EXPECT_EQ(found[4].as<llm::RawPart>()->type, "web_search_call");
  EXPECT_EQ(
      decoded(body(R"({"type":"function_call","call_id":"c","name":"f"})")).choices.front().finish,
      kToolCalls);
}

TEST(DecodeResponse, ReadsWhatAnotherGatewaySealed) {
  const auto item = [](const std::string& summary, const Seal& sealed) {
    return R"({"type":"reasoning","id":"rs_1","summary":[)" + summary +
           R"(],"encrypted_content":")" + seal(sealed) + "\"}";
  };
  const std::string call = R"({"type":"function_call","call_id":"c","name":"f","arguments":"{}"})";
  const auto found =
      parts(item(R"({"type":"summary_text","text":"a"})", {Seal::Kind::kSignature, "af", "sig"}) +
            "," + item("", {Seal::Kind::kRedacted, "af", "red"}) + "," +
            item("", {Seal::Kind::kCall, std::string(kGeminiFormat), "gs"}) + "," + call);
  ASSERT_EQ(found.size(), 3U);
  EXPECT_EQ(*found[0].as<Reasoning>(),
            (Reasoning{.text = "a", .signature = "sig", .id = "rs_1", .format = "af"}));
  EXPECT_EQ(found[1].as<Reasoning>()->kind, Reasoning::Kind::kRedacted);
  EXPECT_EQ(found[1].as<Reasoning>()->data, "red");
  EXPECT_EQ(found[2].as<llm::ToolCallPart>()->signature, "gs");
}

TEST(DecodeResponse, TellsWhyItEnded) {
  const auto finish = [](const std::string& more) {
    return decoded(body("", more)).choices.front().finish;
  };
  EXPECT_EQ(finish(R"("status":"completed")"), kStop);
  EXPECT_EQ(finish(R"("status":"complete")"), kStop);
  EXPECT_EQ(finish(R"("status":"incomplete","incomplete_details":{"reason":"max_output_tokens"})"),
            kLength);
  EXPECT_EQ(finish(R"("status":"incomplete","incomplete_details":{"reason":"content_filter"})"),
            kContentFilter);
  EXPECT_EQ(finish(R"("status":"incomplete","incomplete_details":null)"), kLength);
  for (const std::string status : {"queued", "in_progress", "cancelled"}) {
    const std::string text = body("", R"("status":")" + status + "\"");
    EXPECT_EQ(decoded(text).choices.front().finish, kUnknown);
    EXPECT_FALSE(tap_response(text).error);
    EXPECT_EQ(tap_response(text).finished, status == "cancelled");
  }
}

TEST(DecodeResponse, ReadsUsageAsDisjointClasses) {
  const std::string text = body(
      "",
      R"("status":"completed","usage":{"input_tokens":10,"input_tokens_details":{"cached_tokens":4,
         "cache_write_tokens":1},"output_tokens":7,"output_tokens_details":{"reasoning_tokens":5},
         "total_tokens":17})");
  const llm::Usage expected{
      .input = 5, .cache_read = 4, .cache_write = 1, .output = 2, .reasoning = 5, .known = true};
  EXPECT_EQ(decoded(text).usage, expected);
  EXPECT_EQ(tap_response(text).usage, expected);
  EXPECT_EQ(decoded(encode_response(decoded(text), {})).usage, expected);
  // Parts that are larger than their sum, and what is no number.
  const auto odd = decoded(body(
      "",
      R"("usage":{"input_tokens":3,"input_tokens_details":{"cached_tokens":9},"output_tokens":"x"})"));
  EXPECT_EQ(odd.usage, (llm::Usage{.cache_read = 3, .known = true}));
}

TEST(DecodeResponse, JoinsLogprobsAsChatHasThem) {
  const auto response = decoded(body(
      R"({"type":"message","content":[{"type":"output_text","text":"a","logprobs":[{"token":"a"}]},
         {"type":"output_text","text":"b","logprobs":[{"token":"b"}]}]})"));
  EXPECT_EQ(response.choices.front().logprobs, R"({"content":[{"token":"a"},{"token":"b"}]})");
  const auto again = decoded(encode_response(response, {}));
  EXPECT_EQ(again.choices.front().logprobs, response.choices.front().logprobs);
}

TEST(DecodeResponse, FailuresAreErrors) {
  const auto limited = decode_response(body(
      "", R"("status":"failed","error":{"code":"rate_limit_exceeded","message":"slow down"})"));
  ASSERT_FALSE(limited);
  EXPECT_EQ(limited.error().code, ErrorCode::kUpstreamRateLimited);
  EXPECT_EQ(limited.error().message, "slow down");
  EXPECT_FALSE(decode_response(body("", R"("status":"failed","error":null)")));
  for (const std::string text :
       {"", "<html>", "[]", "7", "{}", R"({"error":{"message":"boom"}})", R"({"choices":[]})",
        R"({"object":"response","error":{"message":"boom"}})"}) {
    EXPECT_FALSE(decode_response(text)) << text;
    EXPECT_TRUE(tap_response(text).error) << text;
  }
}

TEST(DecodeResponse, SurvivesFieldsOfTheWrongType) {
  const auto response = decoded(
      R"({"object":"response","id":7,"output":[7,{},{"type":"message","content":[7,{}]},
          {"type":"reasoning","summary":"x","content":7,"encrypted_content":7},
          {"type":"function_call","call_id":7,"name":7,"arguments":{"a":1}}],
          "usage":7,"incomplete_details":7,"created_at":"x","status":7})");
  EXPECT_EQ(response.choices.front().parts.back().as<llm::ToolCallPart>()->arguments, R"({"a":1})");
}

TEST(DecodeResponse, BoundsItems) {
  std::string many = "{}";
  for (std::size_t i = 0; i < kItemsMax; ++i) many += ",{}";
  EXPECT_FALSE(decode_response(body(many)));
  EXPECT_TRUE(tap_response(body(many)).error);
}

// ------------------------------------------------------------------------------------------------

TEST(EncodeResponse, WritesAllThatClientsCheck) {
  const json::Document document = encoded(answer({{llm::TextPart{.text = "hi"}, {}}}));
  const json::Value root = document.root();
  EXPECT_EQ(
      root.raw(),
      R"({"id":"resp_1","object":"response","created_at":0,"status":"completed","completed_at":null,)"
      R"("error":null,"incomplete_details":null,"model":"m","output":[{"id":"msg_1_0",)"
      R"("type":"message","status":"completed","content":[{"type":"output_text","annotations":[],)"
      R"("logprobs":[],"text":"hi"}],"role":"assistant"}],"background":false,)"
      R"("frequency_penalty":0.0,"instructions":null,"max_output_tokens":null,)"
      R"("max_tool_calls":null,"parallel_tool_calls":true,"presence_penalty":0.0,)"
      R"("previous_response_id":null,"prompt_cache_key":null,"prompt_cache_retention":null,)"
      R"("reasoning":{"effort":null,"summary":null},"safety_identifier":null,"store":false,)"
      R"("temperature":1.0,"text":{"format":{"type":"text"}},"tool_choice":"auto",)"
      R"("top_logprobs":0,"top_p":1.0,"truncation":"disabled","user":null,"metadata":{},)"
      R"("tools":[],"service_tier":"default","usage":null})");
}

TEST(EncodeResponse, RepeatsWhatTheCallerSaid) {
  AnswerContext context;
  context.echo =
      R"({"instructions":"be brief","temperature":0.5,"text":{"verbosity":"low"},"user":null,
          "reasoning":{"effort":"low"},"metadata":{"a":"b"},"store":true,"service_tier":"flex",
          "tools":[{"type":"function","name":"f"},{"type":"web_search"}]})";
  context.extra_fields = R"({"provider":"x"})";
  const json::Document document = encoded(answer({}), context);
  const json::Value root = document.root();
  EXPECT_TRUE(root["instructions"].equals("be brief"));
  EXPECT_EQ(root["temperature"].raw(), "0.5");
  EXPECT_EQ(root["text"].raw(), R"({"verbosity":"low","format":{"type":"text"}})");
  EXPECT_EQ(root["reasoning"].raw(), R"({"effort":"low","summary":null})");
  EXPECT_EQ(root["metadata"].raw(), R"({"a":"b"})");
  EXPECT_EQ(root["store"].boolean(), true);
  EXPECT_TRUE(root["user"].is_null());
  EXPECT_TRUE(root["service_tier"].equals("flex"));
  EXPECT_EQ(
      root["tools"].raw(),
      R"([{"type":"function","name":"f","parameters":null,"strict":null},{"type":"web_search"}])");
  EXPECT_TRUE(root["extra_fields"]["provider"].equals("x"));
  context.echo = "no JSON";
  EXPECT_TRUE(encoded(answer({}), context).root()["instructions"].is_null());
}

TEST(EncodeResponse, MakesIdsLookLikeOpenAis) {
  llm::Response response = answer({});
  response.id = "chatcmpl-1/x";
  EXPECT_TRUE(encoded(response).root()["id"].equals("resp_chatcmpl-1_x"));
  response.id.clear();
  EXPECT_TRUE(encoded(response, {.fallback_id = "f"}).root()["id"].equals("resp_f"));
  response.id = "769f";
  response.dialect = kName;
  EXPECT_TRUE(encoded(response).root()["id"].equals("769f"));
}

TEST(EncodeResponse, TellsWhyItEnded) {
  const auto ends = [](llm::FinishReason finish) {
    const json::Document document = encoded(answer({{llm::TextPart{.text = "a"}, {}}}, finish));
    const json::Value root = document.root();
    EXPECT_EQ(root["status"].raw(), root["output"].at(0)["status"].raw());
    return root["status"].string_or("") + ":" + root["incomplete_details"]["reason"].string_or("");
  };
  for (const auto finish : {kStop, kStopSequence, kToolCalls, kRefusal, kPause, kError, kUnknown}) {
    EXPECT_EQ(ends(finish), "completed:");
  }
  EXPECT_EQ(ends(kLength), "incomplete:max_output_tokens");
  EXPECT_EQ(ends(kContentFilter), "incomplete:content_filter");
}

TEST(EncodeResponse, ARefusalWithoutWordsGetsSome) {
  const json::Document document = encoded(answer({}, kRefusal));
  EXPECT_TRUE(document.root()["output"].at(0)["content"].at(0)["type"].equals("refusal"));
  const json::Document told = encoded(answer({{llm::RefusalPart{"no"}, {}}}, kRefusal));
  EXPECT_EQ(told.root()["output"].at(0)["content"].size(), 1U);
}

TEST(EncodeResponse, ThoughtsOfOneIdAreOneItem) {
  const std::string format(kOwnFormat);
  using Kind = Reasoning::Kind;
  const std::vector<llm::Part> own = {
      {Reasoning{.kind = Kind::kSummary, .text = "a", .id = "rs_1", .format = format}, {}},
      {Reasoning{.kind = Kind::kSummary, .text = "b", .id = "rs_1", .format = format}, {}},
      {Reasoning{.kind = Kind::kEncrypted, .data = "e", .id = "rs_1", .format = format}, {}},
      {Reasoning{.kind = Kind::kText, .text = "c", .id = "rs_2", .format = format}, {}},
  };
  EXPECT_EQ(
      output_of(own),
      R"([{"id":"rs_1","type":"reasoning","summary":[{"type":"summary_text","text":"a"},)"
      R"({"type":"summary_text","text":"b"}],"encrypted_content":"e"},)"
      R"({"id":"rs_2","type":"reasoning","summary":[],"content":[{"type":"reasoning_text","text":"c"}]}])");
  EXPECT_EQ(decoded(encode_response(answer(own), {})).choices.front().parts, own);
}

TEST(EncodeResponse, SealsWhatOtherFormatsSigned) {
  using Kind = Reasoning::Kind;
  const json::Document document = encoded(answer(
      {{Reasoning{.text = "plain"}, {}},
       {Reasoning{.text = "signed", .signature = "s", .format = "anthropic-claude-v1"}, {}},
       {Reasoning{.kind = Kind::kRedacted, .data = "r", .format = "anthropic-claude-v1"}, {}},
       {llm::TextPart{.text = "t", .signature = "g1"}, {}},
       {llm::ToolCallPart{.id = "c", .name = "f", .arguments = "{}", .signature = "g2"}, {}}}));
  const json::Value output = document.root()["output"];
  ASSERT_EQ(output.size(), 7U);
  const auto sealed = [&](std::size_t place) {
    return unseal(output.at(place)["encrypted_content"].string_or(""));
  };
  EXPECT_FALSE(output.at(0)["encrypted_content"].exists());
  EXPECT_TRUE(output.at(1)["summary"].at(0)["text"].equals("signed"));
  EXPECT_EQ(sealed(1), (Seal{Seal::Kind::kSignature, "anthropic-claude-v1", "s"}));
  EXPECT_EQ(sealed(2), (Seal{Seal::Kind::kRedacted, "anthropic-claude-v1", "r"}));
  EXPECT_EQ(sealed(3), (Seal{Seal::Kind::kText, std::string(kGeminiFormat), "g1"}));
  EXPECT_TRUE(output.at(4)["type"].equals("message"));
  EXPECT_EQ(sealed(5), (Seal{Seal::Kind::kCall, std::string(kGeminiFormat), "g2"}));
  EXPECT_TRUE(output.at(6)["type"].equals("function_call"));
}

TEST(EncodeResponse, WritesEveryKindOfPart) {
  llm::Citation source;
  source.url = "u";
  llm::Citation unplaced;
  unplaced.cited_text = "nowhere";
  const json::Document document = encoded(answer(
      {{llm::TextPart{.text = "a", .citations = {source, unplaced}}, {}},
       {llm::RefusalPart{"no"}, {}},
       {llm::ImagePart{.media = {.data = "AAAA"}}, {}},
       {llm::AudioPart{.transcript = "said"}, {}},
       {llm::RawPart{std::string(kName), "web_search_call", R"({"type":"web_search_call"})"}, {}},
       {llm::RawPart{"anthropic", "server_tool_use", R"({"type":"server_tool_use"})"}, {}},
       {llm::ToolCallPart{.id = "c", .name = "g", .arguments = "raw", .custom = true}, {}}}));
  const json::Value output = document.root()["output"];
  ASSERT_EQ(output.size(), 5U);
  EXPECT_EQ(output.at(0)["content"].raw(),
            R"([{"type":"output_text","annotations":[{"type":"url_citation","url":"u","title":"",)"
            R"("start_index":0,"end_index":0}],"logprobs":[],"text":"a"},)"
            R"({"type":"refusal","refusal":"no"}])");
  EXPECT_TRUE(output.at(1)["result"].equals("AAAA"));
  EXPECT_TRUE(output.at(2)["content"].at(0)["text"].equals("said"));
  EXPECT_EQ(output.at(3).raw(), R"({"type":"web_search_call"})");
  EXPECT_EQ(
      output.at(4).raw(),
      R"({"id":"ctc_1_4","type":"custom_tool_call","status":"completed","call_id":"c","name":"g","input":"raw"})");
}

TEST(EncodeResponse, CompletesSourcesThatSayLittle) {
  const auto found = parts(
      R"({"type":"message","content":[{"type":"output_text","text":"a","annotations":[
         {"type":"url_citation","url":"u"},{"type":"file_path","file_id":"f","index":0}]}]})");
  const json::Document document = encoded(answer(found));
  EXPECT_EQ(document.root()["output"].at(0)["content"].at(0)["annotations"].raw(),
            R"([{"type":"url_citation","url":"u","title":"","start_index":0,"end_index":0},)"
            R"({"type":"file_path","file_id":"f","index":0}])");
}

TEST(TapResponse, SeesExtraFieldsOfItsOwn) {
  EXPECT_FALSE(tap_response(body("")).has_extra_fields);
  EXPECT_TRUE(tap_response(body("", R"("status":"completed","extra_fields":{})")).has_extra_fields);
}

}  // namespace
}  // namespace bifrost::dialect::openai_responses
