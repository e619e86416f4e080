#include "dialect/openai_responses/functions.h"
#include "dialect/openai_responses/sealed.h"
#include "json/scan.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace bifrost::dialect::openai_responses {
namespace {

using llm::Role;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::SizeIs;

Result<llm::Request> decode(std::string body) {
  json::reserve_padding(body);
  return decode_request({.body = body});
}

// `members` stand behind the model.
Result<llm::Request> with(std::string_view members) {
  return decode(R"({"model":"m",)" + std::string(members) + "}");
}

Result<llm::Request> with_items(std::string_view items) {
  return with(R"("input":[)" + std::string(items) + "]");
}

std::string text_of(const llm::Message& message, std::size_t part = 0) {
  const auto* text = message.parts.at(part).as<llm::TextPart>();
  return text == nullptr ? "no text" : text->text;
}

Error fault(const Result<llm::Request>& request) {
  EXPECT_FALSE(request);
  return request ? Error{} : request.error();
}

TEST(DecodeResponsesRequest, ATextIsWhatTheUserSays) {
  const auto request = with(R"("input":"Hi","instructions":"Be kind","stream":true)");
  ASSERT_TRUE(request) << request.error().message;
  ASSERT_THAT(request->messages, SizeIs(2));
  EXPECT_EQ(request->messages[0].role, Role::kSystem);
  EXPECT_EQ(text_of(request->messages[0]), "Be kind");
  EXPECT_EQ(request->messages[1].role, Role::kUser);
  EXPECT_EQ(text_of(request->messages[1]), "Hi");
  EXPECT_TRUE(request->stream);
  EXPECT_EQ(request->dialect, kName);
}

TEST(DecodeResponsesRequest, InstructionsStandFirstWhereverTheyAreWritten) {
  const auto request = with(R"("instructions":"first","input":"second")");
  ASSERT_TRUE(request);
  EXPECT_EQ(text_of(request->messages[0]), "first");
}

TEST(DecodeResponsesRequest, ItemsOfOneTurnAreOneMessage) {
  const auto request = with_items(R"(
    {"role":"user","content":"Weather?"},
    {"type":"reasoning","id":"rs_1","summary":[{"type":"summary_text","text":"hm"}],
     "encrypted_content":"gAAA"},
    {"type":"message","id":"msg_1","status":"completed","role":"assistant",
     "content":[{"type":"output_text","text":"Let me see","annotations":[]}]},
    {"type":"function_call","id":"fc_1","call_id":"call_1","name":"weather","arguments":"{\"a\":1}"},
    {"type":"function_call","call_id":"call_2","name":"time","arguments":""},
    {"type":"function_call_output","call_id":"call_1","output":"sun"},
    {"type":"function_call_output","call_id":"call_2","output":[{"type":"input_text","text":"noon"}]},
    {"type":"message","role":"user","content":[{"type":"input_text","text":"Thanks"}]})");
  ASSERT_TRUE(request) << request.error().message;
  ASSERT_THAT(request->messages, SizeIs(4));
  const llm::Message& turn = request->messages[1];
  EXPECT_EQ(turn.role, Role::kAssistant);
  ASSERT_THAT(turn.parts, SizeIs(5));
  const auto* thought = turn.parts[0].as<llm::ReasoningPart>();
  ASSERT_NE(thought, nullptr);
  EXPECT_EQ(thought->kind, llm::ReasoningPart::Kind::kSummary);
  EXPECT_EQ(thought->text, "hm");
  EXPECT_EQ(thought->id, "rs_1");
  const auto* sealed = turn.parts[1].as<llm::ReasoningPart>();
  ASSERT_NE(sealed, nullptr);
  EXPECT_EQ(sealed->data, "gAAA");
  EXPECT_EQ(text_of(turn, 2), "Let me see");
  const auto* call = turn.parts[3].as<llm::ToolCallPart>();
  ASSERT_NE(call, nullptr);
  EXPECT_EQ(call->id, "call_1");
  EXPECT_EQ(call->arguments, R"({"a":1})");
  const llm::Message& results = request->messages[2];
  EXPECT_EQ(results.role, Role::kTool);
  ASSERT_THAT(results.parts, SizeIs(2));
  const auto* result = results.parts[1].as<llm::ToolResultPart>();
  ASSERT_NE(result, nullptr);
  EXPECT_EQ(result->name, "time");
  EXPECT_EQ(result->parts.at(0).as<llm::TextPart>()->text, "noon");
  EXPECT_EQ(text_of(request->messages[3]), "Thanks");
}

TEST(DecodeResponsesRequest, MediaAsOneOfItsForms) {
  const auto request = with_items(R"({"role":"user","content":[
    {"type":"input_image","image_url":"data:image/png;base64,AA==","detail":"low"},
    {"type":"input_image","file_id":"file-1"},
    {"type":"input_file","filename":"a.pdf","file_data":"data:application/pdf;base64,AA=="},
    {"type":"input_file","file_url":"https://e.com/b.pdf"},
    {"type":"input_audio","input_audio":{"data":"AA==","format":"mp3"}}]})");
  ASSERT_TRUE(request) << request.error().message;
  const std::vector<llm::Part>& parts = request->messages.at(0).parts;
  ASSERT_THAT(parts, SizeIs(5));
  EXPECT_EQ(parts[0].as<llm::ImagePart>()->media.media_type, "image/png");
  EXPECT_EQ(parts[0].as<llm::ImagePart>()->detail, "low");
  EXPECT_EQ(parts[1].as<llm::ImagePart>()->media.file_id, "file-1");
  EXPECT_EQ(parts[2].as<llm::FilePart>()->filename, "a.pdf");
  EXPECT_EQ(parts[2].as<llm::FilePart>()->media.data, "AA==");
  EXPECT_EQ(parts[3].as<llm::FilePart>()->media.url, "https://e.com/b.pdf");
  EXPECT_EQ(parts[4].as<llm::AudioPart>()->media.media_type, "audio/mpeg");
}

TEST(DecodeResponsesRequest, ToolsAndTheirChoice) {
  const auto request = with(R"("input":"x","tools":[
    {"type":"function","name":"f","description":"d","parameters":{"type":"object"},"strict":true},
    {"type":"custom","name":"c","format":{"type":"grammar","syntax":"lark","definition":"s"}},
    {"type":"web_search"}],
    "tool_choice":{"type":"function","name":"f"},"parallel_tool_calls":false)");
  ASSERT_TRUE(request) << request.error().message;
  ASSERT_THAT(request->tools, SizeIs(2));
  EXPECT_EQ(request->tools[0].parameters, R"({"type":"object"})");
  EXPECT_EQ(request->tools[0].strict, true);
  EXPECT_TRUE(request->tools[1].custom);
  EXPECT_EQ(request->tools[1].format,
            R"({"type":"grammar","grammar":{"syntax":"lark","definition":"s"}})");
  ASSERT_THAT(request->raw_tools, SizeIs(1));
  EXPECT_EQ(request->raw_tools[0].type, "web_search");
  EXPECT_EQ(request->tool_choice->mode, llm::ToolChoice::Mode::kNamed);
  EXPECT_EQ(request->tool_choice->name, "f");
  EXPECT_EQ(request->parallel_tool_calls, false);
}

TEST(DecodeResponsesRequest, OptionsUnderTheirOwnNames) {
  const auto request = with(R"("input":"x","max_output_tokens":99,"temperature":0.5,
    "reasoning":{"effort":"high","summary":"auto"},
    "text":{"verbosity":"low","format":{"type":"json_schema","name":"n","schema":{"a":1},
      "strict":true}},
    "include":["reasoning.encrypted_content","message.output_text.logprobs","file_search_call.results"],
    "truncation":"auto","previous_response_id":null)");
  ASSERT_TRUE(request) << request.error().message;
  EXPECT_EQ(request->max_tokens, 99);
  EXPECT_EQ(request->temperature, 0.5);
  EXPECT_EQ(request->reasoning->effort, "high");
  EXPECT_EQ(request->reasoning->summary, "auto");
  EXPECT_EQ(request->verbosity, "low");
  EXPECT_EQ(request->response_format->schema, R"({"a":1})");
  EXPECT_EQ(request->logprobs, true);
  ASSERT_THAT(request->extras, SizeIs(2));
  EXPECT_EQ(request->extras[0].path, "include[2]");
  EXPECT_EQ(request->extras[1].path, "truncation");
  EXPECT_EQ(request->source.field("max_completion_tokens"), "max_output_tokens");
}

TEST(DecodeResponsesRequest, WhatOthersSealedGoesBackToThem) {
  const std::string signature =
      seal({.kind = Seal::Kind::kSignature, .format = "anthropic-claude-v1", .data = "sig"});
  const std::string of_call =
      seal({.kind = Seal::Kind::kCall, .format = std::string(kGeminiFormat), .data = "gem"});
  const auto request = with_items(R"(
    {"type":"reasoning","summary":[{"type":"summary_text","text":"hm"}],"encrypted_content":")" +
                                  signature + R"("},
    {"type":"reasoning","summary":[],"encrypted_content":")" +
                                  of_call + R"("},
    {"type":"function_call","call_id":"c","name":"f","arguments":"{}"})");
  ASSERT_TRUE(request) << request.error().message;
  ASSERT_THAT(request->messages, SizeIs(1));
  const std::vector<llm::Part>& parts = request->messages[0].parts;
  ASSERT_THAT(parts, SizeIs(2));
  const auto* thought = parts[0].as<llm::ReasoningPart>();
  ASSERT_NE(thought, nullptr);
  EXPECT_EQ(thought->kind, llm::ReasoningPart::Kind::kText);
  EXPECT_EQ(thought->text, "hm");
  EXPECT_EQ(thought->signature, "sig");
  EXPECT_EQ(thought->format, "anthropic-claude-v1");
  EXPECT_EQ(parts[1].as<llm::ToolCallPart>()->signature, "gem");
}

TEST(DecodeResponsesRequest, WhatNeedsAKeptAnswerIsForAnotherTarget) {
  for (const std::string_view members :
       {R"("input":"x","previous_response_id":"resp_1")", R"("input":"x","conversation":"conv_1")",
        R"("input":"x","prompt":{"id":"p"})", R"("input":"x","background":true)",
        R"("input":[{"type":"item_reference","id":"msg_1"}])", R"("input":[{"id":"msg_1"}])"}) {
    const Error error = fault(with(members));
    EXPECT_EQ(error.retry, Retry::kOtherTarget) << members;
    EXPECT_EQ(error.status(), 400);
    EXPECT_THAT(error.message, HasSubstr("provider that keeps answers"));
    EXPECT_FALSE(error.param.empty());
  }
}

struct Wrong {
  std::string_view members;
  std::string_view param;
};

TEST(DecodeResponsesRequest, AWrongFieldIsNamed) {
  for (const auto& [members, param] : std::initializer_list<Wrong>{
           {R"("instructions":"x")", "input"},
           {R"("input":[])", "input"},
           {R"("input":7)", "input"},
           {R"("input":[7])", "input[0]"},
           {R"("input":[{"role":"robot","content":"x"}])", "input[0].role"},
           {R"("input":[{"role":"user"}])", "input[0].content"},
           {R"("input":[{"role":"user","content":[{"type":"input_text"}]}])",
            "input[0].content[0].text"},
           {R"("input":[{"role":"user","content":[{"type":"input_image"}]}])",
            "input[0].content[0]"},
           {R"("input":[{"type":"function_call","name":"f"}])", "input[0].call_id"},
           {R"("input":[{"type":"function_call_output","call_id":"c"}])", "input[0].output"},
           {R"("input":"x","tools":[{"type":"function"}])", "tools[0].name"},
           {R"("input":"x","tool_choice":"maybe")", "tool_choice"},
           {R"("input":"x","text":{"format":{"type":"json_schema","schema":1}})",
            "text.format.schema"},
           {R"("input":"x","max_output_tokens":"9")", "max_output_tokens"},
           {R"("input":"x","reasoning":"high")", "reasoning"}}) {
    const Error error = fault(with(members));
    EXPECT_EQ(error.param, param) << members << ": " << error.message;
    EXPECT_EQ(error.code, ErrorCode::kInvalidRequest) << members;
  }
}

TEST(PeekResponses, ReadsWhatRoutingNeeds) {
  std::string body = R"({"model":"openai/m","input":"x","stream":true,"fallbacks":["a/b"]})";
  json::reserve_padding(body);
  json::Scanner scanner;
  const auto facts = peek({.body = body}, scanner);
  ASSERT_TRUE(facts);
  EXPECT_EQ(facts->model, "openai/m");
  EXPECT_TRUE(facts->stream);
  EXPECT_TRUE(facts->include_usage);
  EXPECT_THAT(facts->fallbacks, ElementsAre("a/b"));
}

TEST(EchoResponses, RepeatsWhatIsSmall) {
  std::string body = R"({"model":"m","input":"x","temperature":0.5,"tools":[],"user":null,
    "instructions":")" +
                     std::string(10'000, 'a') + R"("})";
  json::reserve_padding(body);
  json::Scanner scanner;
  const auto facts = peek({.body = body}, scanner);
  ASSERT_TRUE(facts);
  EXPECT_EQ(echo(*facts), R"({"temperature":0.5,"tools":[]})");
}

}  // namespace
}  // namespace bifrost::dialect::openai_responses
