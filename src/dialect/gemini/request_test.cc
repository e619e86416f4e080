#include "dialect/chat_codec.h"
#include "dialect/gemini/dialect.h"
#include "json/document.h"
#include "json/scan.h"
#include "llm/request_testing.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <string>

namespace bifrost::dialect::gemini {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::UnorderedElementsAre;

Result<llm::Request> try_decode(std::string body) {
  json::reserve_padding(body);
  return dialect().chat->decode_request({.body = body, .path_model = "gemini-2.5-flash"});
}

llm::Request decode(std::string body) {
  auto request = try_decode(std::move(body));
  EXPECT_TRUE(request) << request.error().message;
  return request ? std::move(*request) : llm::Request{};
}

EncodedRequest encode(const llm::Request& request, std::string_view model = "gemini-2.5-flash",
                      const Flavor& flavor = {}) {
  auto encoded = dialect().chat->encode_request(request, {.model = model, .flavor = flavor});
  EXPECT_TRUE(encoded);
  EXPECT_TRUE(json::Document::parse(encoded->body)) << encoded->body;
  return std::move(*encoded);
}

llm::Part text(std::string words) { return {.content = llm::TextPart{.text = std::move(words)}}; }

llm::Message user(std::string words) {
  return {.role = llm::Role::kUser, .parts = {text(std::move(words))}};
}

// -- inbound

TEST(GeminiDecodeRequest, BothSpellingsMeanTheSame) {
  const llm::Request camel =
      decode(R"({"systemInstruction":{"parts":[{"text":"s"}]},"contents":[{"role":"user","parts":[)"
             R"({"inlineData":{"mimeType":"image/png","data":"AA=="}}]}],)"
             R"("generationConfig":{"maxOutputTokens":5,"thinkingConfig":{"thinkingBudget":7}}})");
  const llm::Request snake = decode(
      R"({"system_instruction":{"parts":{"text":"s"}},"contents":{"role":"user","parts":[)"
      R"({"inline_data":{"mime_type":"image/png","data":"AA=="}}]},)"
      R"("generation_config":{"max_output_tokens":"5","thinking_config":{"thinking_budget":7}}})");
  EXPECT_EQ(camel.messages, snake.messages);
  EXPECT_EQ(camel.max_tokens, 5);
  EXPECT_EQ(snake.max_tokens, 5);
  EXPECT_EQ(snake.reasoning->budget_tokens, 7);
  EXPECT_EQ(camel.messages[1].parts[0].as<llm::ImagePart>()->media.data, "AA==");
}

TEST(GeminiDecodeRequest, SignaturesStayWithTheirParts) {
  const llm::Request request = decode(
      R"({"contents":[{"role":"model","parts":[)"
      R"({"text":"why","thought":true,"thoughtSignature":"s+/1="},)"
      R"({"text":"hi","thoughtSignature":"s-_2"},{"text":"","thoughtSignature":"s3"},)"
      R"({"functionCall":{"name":"f","args":{"b":1.0,"a":2}},"thought_signature":"s4"}]}]})");
  const auto& parts = request.messages.at(0).parts;
  EXPECT_EQ(parts.at(0).as<llm::ReasoningPart>()->signature, "s+/1=");
  EXPECT_EQ(parts.at(1).as<llm::TextPart>()->signature, "s-_2");
  EXPECT_EQ(parts.at(2).as<llm::TextPart>()->signature, "s3");
  EXPECT_EQ(parts.at(3).as<llm::ToolCallPart>()->signature, "s4");
  EXPECT_EQ(parts.at(3).as<llm::ToolCallPart>()->arguments, R"({"b":1.0,"a":2})");
}

TEST(GeminiDecodeRequest, AStreamedTurnThatIsSentBackInPiecesIsOne) {
  const llm::Request request = decode(
      R"({"contents":[{"role":"user","parts":[{"text":"q"}]},)"
      R"({"role":"model","parts":[{"text":"I ","thought":true}]},)"
      R"({"role":"model","parts":[{"text":"think","thought":true}]},)"
      R"({"role":"model","parts":[{"text":"","thought":true,"thoughtSignature":"s1"}]},)"
      R"({"role":"model","parts":[{"text":"so "}]},{"role":"model","parts":[{"text":"it"}]},)"
      R"({"role":"model","parts":[{"text":"","thoughtSignature":"s2"}]},)"
      R"({"role":"user","parts":[{"text":"r"}]}]})");
  ASSERT_EQ(request.messages.size(), 3U);
  EXPECT_THAT(
      request.messages[1].parts,
      ElementsAre(llm::Part{.content = llm::ReasoningPart{.text = "I think", .signature = "s1"}},
                  llm::Part{.content = llm::TextPart{.text = "so it", .signature = "s2"}}));
}

TEST(GeminiDecodeRequest, SignedThoughtsAndPartsOfOneContentStayApart) {
  const llm::Request request = decode(
      R"({"contents":[{"role":"model","parts":[)"
      R"({"text":"a","thought":true,"thoughtSignature":"s1"},)"
      R"({"text":"b","thought":true,"thoughtSignature":"s2"},{"text":"c"},{"text":"d"}]}]})");
  EXPECT_EQ(request.messages.at(0).parts.size(), 4U);
}

TEST(GeminiDecodeRequest, CallsWithoutIdsAreMatchedByNameAndOrder) {
  const llm::Request request = decode(
      R"({"contents":[{"role":"model","parts":[{"functionCall":{"name":"f","args":{}}},)"
      R"({"functionCall":{"name":"g","args":{}}},{"functionCall":{"name":"f","args":{}}}]},)"
      R"({"role":"user","parts":[{"functionResponse":{"name":"f","response":{"output":"1"}}},)"
      R"({"functionResponse":{"name":"f","response":{"n":3}}},)"
      R"({"functionResponse":{"name":"g","response":{"error":"no"}}},{"text":"so?"}]}]})");
  const auto& calls = request.messages.at(0).parts;
  ASSERT_EQ(request.messages.size(), 3U);
  EXPECT_EQ(request.messages[1].role, llm::Role::kTool);
  EXPECT_EQ(request.messages[2].parts[0].as<llm::TextPart>()->text, "so?");
  const auto result = [&](std::size_t i) {
    return request.messages[1].parts.at(i).as<llm::ToolResultPart>();
  };
  const auto id = [&](std::size_t i) { return calls.at(i).as<llm::ToolCallPart>()->id; };
  EXPECT_EQ(result(0)->tool_call_id, id(0));
  EXPECT_EQ(result(1)->tool_call_id, id(2));
  EXPECT_EQ(result(2)->tool_call_id, id(1));
  EXPECT_NE(id(0), id(2));
  EXPECT_EQ(result(0)->parts[0].as<llm::TextPart>()->text, "1");
  EXPECT_EQ(result(1)->parts[0].as<llm::TextPart>()->text, R"({"n":3})");
  EXPECT_TRUE(result(2)->is_error);
}

TEST(GeminiDecodeRequest, OpenApiSchemasBecomeJsonSchema) {
  const llm::Request request = decode(
      R"({"contents":"hi","tools":[{"functionDeclarations":[{"name":"f","parameters":)"
      R"({"type":"OBJECT","propertyOrdering":["a"],"properties":{"a":{"type":"STRING",)"
      R"("nullable":true},"type":{"type":"ARRAY","minItems":"1","items":{"type":"INTEGER"}}}}}]}]})");
  EXPECT_EQ(request.tools.at(0).parameters,
            R"({"type":"object","properties":{"a":{"type":["string","null"]},)"
            R"("type":{"type":"array","minItems":1,"items":{"type":"integer"}}}})");
}

TEST(GeminiDecodeRequest, WhatIsNotModelledIsKeptByItsPath) {
  const llm::Request request =
      decode(R"({"contents":"hi","safetySettings":[1],"labels":{},"tools":[{"googleSearch":{},)"
             R"("codeExecution":{}}],"generationConfig":{"speechConfig":{"x":1}},)"
             R"("toolConfig":{"functionCallingConfig":{"mode":"VALIDATED"}}})");
  std::vector<std::string> paths;
  paths.reserve(request.extras.size());
  for (const llm::Extra& extra : request.extras) paths.push_back(extra.path);
  EXPECT_THAT(paths,
              UnorderedElementsAre("safetySettings", "labels", "generationConfig.speechConfig",
                                   "toolConfig.functionCallingConfig.mode"));
  ASSERT_EQ(request.raw_tools.size(), 2U);
  EXPECT_EQ(request.raw_tools[1].json, R"({"codeExecution":{}})");
}

TEST(GeminiDecodeRequest, UrlSafeBase64BecomesStandard) {
  const llm::Request request = decode(
      R"({"contents":[{"parts":[{"inlineData":{"mimeType":"application/pdf","data":"a-_b9w"}}]}]})");
  EXPECT_EQ(request.messages[0].parts[0].as<llm::FilePart>()->media.data, "a+/b9w==");
}

struct Refused {
  std::string_view body;
  std::string_view param;
};

class RefusedRequestTest : public testing::TestWithParam<Refused> {};

TEST_P(RefusedRequestTest, NamesTheField) {
  auto request = try_decode(std::string(GetParam().body));
  ASSERT_FALSE(request);
  EXPECT_EQ(request.error().code, ErrorCode::kInvalidRequest);
  EXPECT_EQ(request.error().param, GetParam().param);
}

INSTANTIATE_TEST_SUITE_P(
    Bodies, RefusedRequestTest,
    testing::Values(Refused{"[]", ""}, Refused{"{", ""}, Refused{"{}", "contents"},
                    Refused{R"({"contents":[1]})", "contents[0]"},
                    Refused{R"({"contents":[{"parts":[1]}]})", "contents[0].parts[0]"},
                    Refused{R"({"contents":[{"role":"bot","parts":[]}]})", "contents[0].role"},
                    Refused{R"({"contents":"a","tools":1})", "tools"},
                    Refused{R"({"contents":"a","tools":[{"functionDeclarations":[{}]}]})",
                            "tools[0].functionDeclarations[0].name"},
                    Refused{R"({"contents":"a","generation_config":{"temperature":"hot"}})",
                            "generation_config.temperature"},
                    Refused{R"({"contents":"a","generationConfig":{"stopSequences":[1]}})",
                            "generationConfig.stopSequences"},
                    Refused{R"({"contents":"a","fallbacks":[1]})", "fallbacks[0]"}));

// -- outbound

TEST(GeminiEncodeRequest, RolesAreJoinedAndResultsBelongToTheUser) {
  llm::Request request;
  request.messages = {
      {.role = llm::Role::kSystem, .parts = {text("be kind")}},
      user("a"),
      user("b"),
      {.role = llm::Role::kAssistant,
       .parts = {{.content =
                      llm::ToolCallPart{
                          .id = "c1", .name = "f", .arguments = "", .signature = "sig"}}}},
      {.role = llm::Role::kTool,
       .parts = {{.content = llm::ToolResultPart{.tool_call_id = "c1", .parts = {text("42")}}}}},
      user("thanks")};
  EXPECT_EQ(encode(request).body,
            R"({"contents":[{"role":"user","parts":[{"text":"a"},{"text":"b"}]},)"
            R"({"role":"model","parts":[{"functionCall":{"id":"c1","name":"f","args":{}},)"
            R"("thoughtSignature":"sig"}]},{"role":"user","parts":[{"functionResponse":{"id":"c1",)"
            R"("name":"f","response":{"output":"42"}}},{"text":"thanks"}]}],)"
            R"("systemInstruction":{"parts":[{"text":"be kind"}]}})");
}

TEST(GeminiEncodeRequest, AnInstructionAloneIsAsked) {
  llm::Request request;
  request.messages = {{.role = llm::Role::kSystem, .parts = {text("tell a joke")}}};
  EXPECT_EQ(encode(request).body,
            R"({"contents":[{"role":"user","parts":[{"text":"tell a joke"}]}]})");
}

TEST(GeminiEncodeRequest, Gemini3GetsAStandInForALostSignature) {
  llm::Request request;
  const llm::Part call{.content = llm::ToolCallPart{.id = "1", .name = "f", .arguments = "{}"}};
  request.messages = {user("a"), {.role = llm::Role::kAssistant, .parts = {call, call}}};
  const std::string body = encode(request, "gemini-3-pro-preview").body;
  EXPECT_THAT(body, HasSubstr("c2tpcF90aG91Z2h0X3NpZ25hdHVyZV92YWxpZGF0b3I="));
  EXPECT_EQ(body.find("thoughtSignature"), body.rfind("thoughtSignature"));
  EXPECT_THAT(encode(request).body, Not(HasSubstr("thoughtSignature")));
}

TEST(GeminiEncodeRequest, AnotherModelsSignatureIsNotSent) {
  llm::Request request;
  request.messages = {
      user("a"),
      {.role = llm::Role::kAssistant,
       .parts = {{.content =
                      llm::ReasoningPart{
                          .text = "hm", .signature = "theirs", .format = "anthropic-claude-v1"}},
                 {.content = llm::ReasoningPart{.text = "ah", .signature = "ours"}}}}};
  llm::place_all(request);
  const EncodedRequest encoded = encode(request);
  EXPECT_THAT(encoded.body, Not(HasSubstr("theirs")));
  EXPECT_THAT(encoded.body, HasSubstr(R"({"text":"ah","thought":true,"thoughtSignature":"ours"})"));
  EXPECT_THAT(encoded.dropped.lost, ElementsAre("messages[1].content[0]"));
}

TEST(GeminiEncodeRequest, ArgumentsThatAreNoObjectAreWrapped) {
  llm::Request request;
  request.messages = {
      {.role = llm::Role::kAssistant,
       .parts = {{.content = llm::ToolCallPart{.name = "f", .arguments = R"({"a":)"}},
                 {.content = llm::ToolCallPart{.name = "g", .arguments = "[1]"}}}}};
  const std::string body = encode(request).body;
  EXPECT_THAT(body, HasSubstr(R"("args":{"input":"{\"a\":"})"));
  EXPECT_THAT(body, HasSubstr(R"("args":{"input":"[1]"})"));
}

TEST(GeminiEncodeRequest, MediaGoInlineOrByUri) {
  llm::Request request;
  request.messages = {
      {.role = llm::Role::kUser,
       .parts = {{.content = llm::ImagePart{.media = {.data = "AA==", .media_type = "image/png"}}},
                 {.content = llm::ImagePart{.media = {.url = "https://e.com/a.webp?x=1"}}},
                 {.content = llm::AudioPart{.media = {.data = "BB=="}, .format = "mp3"}},
                 {.content = llm::FilePart{.media = {.data = "CC=="}, .filename = "a.csv"}},
                 {.content = llm::FilePart{.text = "plain"}},
                 {.content = llm::FilePart{.media = {.file_id = "file-openai"}}}}}};
  llm::place_all(request);
  const EncodedRequest encoded = encode(request);
  EXPECT_EQ(encoded.body,
            R"({"contents":[{"role":"user","parts":[)"
            R"({"inlineData":{"mimeType":"image/png","data":"AA=="}},)"
            R"({"fileData":{"mimeType":"image/webp","fileUri":"https://e.com/a.webp?x=1"}},)"
            R"({"inlineData":{"mimeType":"audio/mp3","data":"BB=="}},)"
            R"({"inlineData":{"mimeType":"text/csv","data":"CC=="}},)"
            R"({"text":"plain"}]}]})");
  EXPECT_THAT(encoded.dropped.lost,
              ElementsAre("messages[0].content[3].file.filename", "messages[0].content[5]"));
}

TEST(GeminiEncodeRequest, MediaOfAResultStandInsideItFromGemini3On) {
  llm::Request request;
  request.messages = {
      {.role = llm::Role::kTool,
       .parts = {{.content = llm::ToolResultPart{
                      .tool_call_id = "c",
                      .name = "f",
                      .parts = {{.content = llm::ImagePart{
                                     .media = {.data = "AA==", .media_type = "image/png"}}}}}}}}};
  constexpr std::string_view kImage = R"({"inlineData":{"mimeType":"image/png","data":"AA=="}})";
  EXPECT_THAT(encode(request, "gemini-3-flash").body,
              HasSubstr(R"("parts":[)" + std::string(kImage) + "]}}"));
  EXPECT_THAT(encode(request, "gemini-2.5-flash").body, HasSubstr("}}}," + std::string(kImage)));
}

TEST(GeminiEncodeRequest, ToolsAndChoices) {
  llm::Request request;
  request.messages = {user("a")};
  request.tools = {{.name = "f", .description = "d", .parameters = R"({"type":"object"})"}};
  request.tool_choice = {.mode = llm::ToolChoice::Mode::kNamed, .name = "f"};
  request.raw_tools = {{.dialect = "anthropic", .type = "web_search_20250305"},
                       {.dialect = "anthropic", .type = "bash_20250124"}};
  llm::place_all(request);
  const EncodedRequest encoded = encode(request);
  EXPECT_THAT(encoded.body,
              HasSubstr(R"("tools":[{"functionDeclarations":[{"name":"f","description":"d",)"
                        R"("parametersJsonSchema":{"type":"object"}}]},{"googleSearch":{}}],)"
                        R"("toolConfig":{"functionCallingConfig":{"mode":"ANY",)"
                        R"("allowedFunctionNames":["f"]}})"));
  EXPECT_THAT(encoded.dropped.lost, ElementsAre("tools[2]"));
}

TEST(GeminiEncodeRequest, OnlyADeclaredFunctionMayBeTheChoice) {
  llm::Request request;
  request.messages = {user("a")};
  request.tools = {{.name = "f"}, {.name = "free", .custom = true}};
  llm::place_all(request);
  request.tool_choice = {.mode = llm::ToolChoice::Mode::kNamed, .name = "free"};
  const EncodedRequest encoded = encode(request);
  EXPECT_THAT(encoded.body, HasSubstr(R"("functionDeclarations":[{"name":"f"}])"));
  EXPECT_THAT(encoded.body, Not(HasSubstr("toolConfig")));
  EXPECT_THAT(encoded.dropped.lost, ElementsAre("tool_choice", "tools[1]"));
}

TEST(GeminiEncodeRequest, WhatHasNoCounterpartIsNamed) {
  llm::Request request;
  request.dialect = "openai_chat";
  request.messages = {user("a")};
  request.messages[0].parts[0].cache.emplace();
  request.logit_bias = "{}";
  request.parallel_tool_calls = true;
  request.service_tier = "flex";
  request.user = "u";
  request.store = true;
  request.verbosity = "low";
  request.prompt_cache_key = "k";
  request.reasoning = {.effort = "high"};
  request.extras = {{.path = "top_a", .json = "1"}};
  const EncodedRequest encoded = encode(request, "gemini-2.0-flash");
  EXPECT_THAT(encoded.dropped.lost,
              UnorderedElementsAre("logit_bias", "parallel_tool_calls", "service_tier", "user",
                                   "store", "verbosity", "prompt_cache_key", "cache_control",
                                   "reasoning_effort", "top_a"));
  EXPECT_EQ(encoded.body, R"({"contents":[{"role":"user","parts":[{"text":"a"}]}]})");
}

TEST(GeminiEncodeRequest, GenerationConfigComesBack) {
  constexpr std::string_view kConfig =
      R"("generationConfig":{"temperature":0.5,"topP":0.9,"topK":40,"presencePenalty":1,)"
      R"("frequencyPenalty":-1,"seed":7,"responseLogprobs":true,"logprobs":3,)"
      R"("maxOutputTokens":10,"candidateCount":2,"stopSequences":["x"],)"
      R"("responseMimeType":"application/json","responseJsonSchema":{"type":"object"},)"
      R"("responseModalities":["TEXT"],"thinkingConfig":{"includeThoughts":true,)"
      R"("thinkingBudget":512,"future":1},"speechConfig":{}})";
  const std::string body =
      R"({"contents":[{"role":"user","parts":[{"text":"a"}]}],)" + std::string(kConfig) + "}";
  const EncodedRequest encoded = encode(decode(body));
  EXPECT_EQ(encoded.body, body);
  EXPECT_THAT(encoded.dropped.lost, IsEmpty());
}

TEST(GeminiEncodeRequest, TheEndpointsOwnWaysAreObeyed) {
  constexpr std::array<std::string_view, 1> kRemoved = {"labels"};
  constexpr std::array<std::pair<std::string_view, std::string_view>, 1> kRenamed = {
      {{"systemInstruction", "system_instruction"}}};
  const Flavor flavor{.removed_fields = kRemoved, .renamed_fields = kRenamed};
  const llm::Request request =
      decode(R"({"contents":"a","systemInstruction":"s","labels":{"a":"b"}})");
  const EncodedRequest encoded = encode(request, "gemini-2.5-flash", flavor);
  EXPECT_THAT(encoded.body, HasSubstr("\"system_instruction\":"));
  EXPECT_THAT(encoded.body, Not(HasSubstr("labels")));
  EXPECT_THAT(encoded.dropped.lost, ElementsAre("labels"));
}

// -- the same-dialect way

std::optional<std::string> edit(std::string body, const Flavor& flavor = {}) {
  json::reserve_padding(body);
  json::Scanner scanner;
  const RequestInput input{.body = body, .path_model = "gemini-2.5-flash"};
  auto facts = dialect().chat->peek(input, scanner);
  EXPECT_TRUE(facts);
  auto edited = dialect().chat->edit_request(input, *facts, {.model = "m", .flavor = flavor});
  EXPECT_TRUE(edited);
  return edited->body;
}

TEST(GeminiPeek, TheModelAndTheStreamComeFromThePath) {
  std::string body = R"({"contents":[],"fallbacks":["a/b","c/d"]})";
  json::reserve_padding(body);
  json::Scanner scanner;
  auto facts = dialect().chat->peek(
      {.body = body, .path_model = "models/gemini-2.5-pro", .path_stream = true}, scanner);
  ASSERT_TRUE(facts);
  EXPECT_EQ(facts->model, "gemini-2.5-pro");
  EXPECT_TRUE(facts->stream);
  EXPECT_THAT(facts->fallbacks, ElementsAre("a/b", "c/d"));
}

TEST(GeminiPeek, WithoutAModelNothingCanBeDone) {
  std::string body = R"({"contents":[]})";
  json::reserve_padding(body);
  json::Scanner scanner;
  EXPECT_FALSE(dialect().chat->peek({.body = body}, scanner));
}

TEST(GeminiEdit, OnlyWhatIsOursIsTakenOut) {
  EXPECT_EQ(edit(R"({ "contents": [ ], "labels": {"a" : 1} })"), std::nullopt);
  EXPECT_EQ(edit(R"({"fallbacks":["a/b"], "contents": [ ]})"), R"({ "contents": [ ]})");
  EXPECT_EQ(edit(R"({"contents": [ ],"model":"x","fallbacks":[]})"), R"({"contents": [ ]})");
}

TEST(GeminiPaths, ModelsAreEscaped) {
  EXPECT_EQ(dialect().chat->path("gemini-2.5-pro", false),
            "/v1beta/models/gemini-2.5-pro:generateContent");
  EXPECT_EQ(dialect().chat->path("a b/c?", true),
            "/v1beta/models/a%20b/c%3F:streamGenerateContent?alt=sse");
  EXPECT_EQ(dialect().chat->path("tunedModels/x", false), "/v1beta/tunedModels/x:generateContent");
}

TEST(GeminiEncodeRequest, KeepsTheWordsOfSearchResultsAndNamesWhatAResultCannotHold) {
  llm::Request request;
  request.dialect = "anthropic";
  request.messages = {user("find it")};
  llm::ToolResultPart result{.tool_call_id = "c", .name = "f"};
  result.parts.push_back({.content = llm::RawPart{
                              .dialect = "anthropic",
                              .type = "search_result",
                              .json = R"({"type":"search_result","title":"T","source":"https://s",)"
                                      R"("content":[{"type":"text","text":"found"}]})"}});
  result.parts.push_back({.content = llm::FilePart{.media = {.file_id = "file_1"}}});
  result.parts.push_back(
      {.content = llm::RawPart{.dialect = "anthropic", .type = "tool_reference", .json = "{}"}});
  request.messages.push_back({.role = llm::Role::kTool, .parts = {{.content = result}}});
  llm::place_all(request);
  const EncodedRequest out = encode(request);
  EXPECT_THAT(out.body, HasSubstr(R"({"output":"T\nhttps://s\nfound"})"));
  EXPECT_THAT(out.dropped.lost, ElementsAre("messages[1].content[0].content[1]",
                                            "messages[1].content[0].content[2]"));
}

TEST(GeminiEncodeRequest, NamesTheOptionsOfASearch) {
  llm::Request request;
  request.messages = {user("news?")};
  request.web_search_options = R"({"search_context_size":"low","user_location":{"type":"x"}})";
  const EncodedRequest out = encode(request);
  EXPECT_THAT(out.body, HasSubstr(R"("googleSearch":{})"));
  EXPECT_THAT(out.dropped.lost, UnorderedElementsAre("web_search_options.search_context_size",
                                                     "web_search_options.user_location"));
}

}  // namespace
}  // namespace bifrost::dialect::gemini
