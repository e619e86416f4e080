#include "dialect/anthropic/functions.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace bifrost::dialect::anthropic {
namespace {

Result<llm::Request> decode(const std::string& body) { return decode_request({.body = body}); }

std::string with_messages(const std::string& messages, const std::string& more = "") {
  return R"({"model":"claude-sonnet-4-5","max_tokens":100,"messages":)" + messages + more + "}";
}

// The path and message of the error; empty: there was none.
std::string fault(const std::string& body) {
  const auto request = decode(body);
  return request ? "" : request.error().param;
}

std::string extra(const llm::Request& request, std::string_view path) {
  const auto found = std::ranges::find(request.extras, path, &llm::Extra::path);
  return found == request.extras.end() ? "" : found->json;
}

TEST(AnthropicDecodeRequest, ReadsTheSimpleFields) {
  const auto request = decode(
      R"({"model":"openai/gpt-4o","max_tokens":5,"stream":true,"temperature":0.5,"top_p":0.9,)"
      R"("top_k":3,"stop_sequences":["a","b"],"metadata":{"user_id":"u","team":"t"},)"
      R"("service_tier":"standard_only","fallbacks":["gemini/x"],"system":"be brief",)"
      R"("cache_control":{"type":"ephemeral","ttl":"1h"},)"
      R"("messages":[{"role":"user","content":"hi"}]})");
  ASSERT_TRUE(request);
  EXPECT_EQ(request->model, "openai/gpt-4o");
  EXPECT_EQ(request->max_tokens, 5);
  EXPECT_TRUE(request->stream);
  EXPECT_EQ(request->temperature, 0.5);
  EXPECT_EQ(request->top_p, 0.9);
  EXPECT_EQ(request->top_k, 3);
  EXPECT_EQ(request->stop, (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(request->user, "u");
  EXPECT_EQ(extra(*request, "metadata.team"), "\"t\"");
  EXPECT_EQ(request->service_tier, "default");
  EXPECT_EQ(request->fallbacks, std::vector<std::string>{"gemini/x"});
  EXPECT_EQ(request->cache, llm::CacheMarker{.ttl = "1h"});
  ASSERT_EQ(request->messages.size(), 2U);
  EXPECT_EQ(request->messages[0].role, llm::Role::kSystem);
  EXPECT_EQ(request->messages[1].parts[0].as<llm::TextPart>()->text, "hi");
}

TEST(AnthropicDecodeRequest, KeepsSystemBlocksWithTheirMarkers) {
  const auto request = decode(
      with_messages(R"([{"role":"user","content":"hi"}])",
                    R"(,"system":[{"type":"text","text":"a","cache_control":{"type":"ephemeral"}},)"
                    R"({"type":"text","text":"b"}])"));
  ASSERT_TRUE(request);
  const auto& parts = request->messages[0].parts;
  ASSERT_EQ(parts.size(), 2U);
  EXPECT_EQ(parts[0].cache, llm::CacheMarker{});
  EXPECT_FALSE(parts[1].cache);
}

TEST(AnthropicDecodeRequest, LeavesClaudeCodesBillingNoteOut) {
  const auto request = decode(R"({"model":"m","max_tokens":1,"messages":[],"system":[)"
                              R"({"type":"text","text":"x-anthropic-billing-header: cc=1;"},)"
                              R"({"type":"text","text":"be brief"}]})");
  ASSERT_TRUE(request);
  ASSERT_EQ(request->messages.size(), 1U);
  ASSERT_EQ(request->messages[0].parts.size(), 1U);
  EXPECT_EQ(request->messages[0].parts[0].as<llm::TextPart>()->text, "be brief");
}

TEST(AnthropicDecodeRequest, SeparatesToolResultsFromTheUsersWords) {
  const auto request = decode(with_messages(
      R"([{"role":"assistant","content":[{"type":"tool_use","id":"t1","name":"look","input":{"q": 1}}]},)"
      R"({"role":"user","content":[{"type":"tool_result","tool_use_id":"t1","is_error":true,)"
      R"("content":[{"type":"text","text":"no"},{"type":"tool_reference","tool_name":"x"}]},)"
      R"({"type":"text","text":"go on"}]}])"));
  ASSERT_TRUE(request);
  ASSERT_EQ(request->messages.size(), 3U);
  const auto* call = request->messages[0].parts[0].as<llm::ToolCallPart>();
  EXPECT_EQ(call->arguments, R"({"q": 1})");
  EXPECT_EQ(request->messages[1].role, llm::Role::kTool);
  const auto* result = request->messages[1].parts[0].as<llm::ToolResultPart>();
  EXPECT_EQ(result->name, "look");
  EXPECT_TRUE(result->is_error);
  EXPECT_EQ(result->parts[1].as<llm::RawPart>()->type, "tool_reference");
  EXPECT_EQ(request->messages[2].role, llm::Role::kUser);
}

TEST(AnthropicDecodeRequest, KeepsSignedAndRedactedThoughtsByteForByte) {
  const auto request = decode(with_messages(
      R"([{"role":"assistant","content":[{"type":"thinking","thinking":"","signature":"Eq+/=\u0041"},)"
      R"({"type":"redacted_thinking","data":"ZZ=="}]}])"));
  ASSERT_TRUE(request);
  const auto& parts = request->messages[0].parts;
  EXPECT_EQ(parts[0].as<llm::ReasoningPart>()->signature, "Eq+/=A");
  EXPECT_EQ(parts[1].as<llm::ReasoningPart>()->data, "ZZ==");
  EXPECT_EQ(parts[1].as<llm::ReasoningPart>()->kind, llm::ReasoningPart::Kind::kRedacted);
}

TEST(AnthropicDecodeRequest, ReadsEverySourceOfMedia) {
  const auto request = decode(with_messages(
      R"([{"role":"user","content":[)"
      R"({"type":"image","source":{"type":"base64","media_type":"image/png","data":"AA=="}},)"
      R"({"type":"image","source":{"type":"url","url":"https://a/b.png"}},)"
      R"({"type":"image","source":{"type":"url","url":"data:image/gif;base64,R0l="}},)"
      R"({"type":"document","source":{"type":"file","file_id":"file_1"},"title":"t","context":"c",)"
      R"("citations":{"enabled":true}},)"
      R"({"type":"document","source":{"type":"text","media_type":"text/plain","data":"plain"}},)"
      R"({"type":"document","source":{"type":"content","content":[{"type":"text","text":"x"}]}}]}])"));
  ASSERT_TRUE(request) << request.error().param;
  const auto& parts = request->messages[0].parts;
  EXPECT_EQ(parts[0].as<llm::ImagePart>()->media.data, "AA==");
  EXPECT_EQ(parts[1].as<llm::ImagePart>()->media.url, "https://a/b.png");
  EXPECT_EQ(parts[2].as<llm::ImagePart>()->media.media_type, "image/gif");
  EXPECT_EQ(parts[2].as<llm::ImagePart>()->media.data, "R0l=");
  EXPECT_EQ(parts[3].as<llm::FilePart>()->media.file_id, "file_1");
  EXPECT_EQ(parts[3].as<llm::FilePart>()->filename, "t");
  EXPECT_EQ(parts[3].as<llm::FilePart>()->context, "c");
  EXPECT_TRUE(parts[3].as<llm::FilePart>()->citations);
  EXPECT_EQ(parts[4].as<llm::FilePart>()->text, "plain");
  EXPECT_EQ(parts[5].as<llm::FilePart>()->text, "x");
  EXPECT_NE(extra(*request, "messages[0].content[5].source"), "");
}

TEST(AnthropicDecodeRequest, KeepsUnknownBlocksRaw) {
  const auto request = decode(with_messages(
      R"([{"role":"assistant","content":[{"type":"server_tool_use","id":"s", "input":{}}]}])"));
  ASSERT_TRUE(request);
  const auto* raw = request->messages[0].parts[0].as<llm::RawPart>();
  EXPECT_EQ(raw->json, R"({"type":"server_tool_use","id":"s", "input":{}})");
  EXPECT_EQ(raw->dialect, "anthropic");
}

TEST(AnthropicDecodeRequest, NotesUnknownFieldsWithTheirPaths) {
  const auto request = decode(with_messages(
      R"([{"role":"user","content":"a"},{"role":"assistant","content":[{"type":"tool_use","id":"t",)"
      R"("name":"n","input":{},"caller":{"type":"direct"}}]}])",
      R"(,"speed":"fast","tools":[{"type":"web_search_20250305","name":"web_search"},)"
      R"({"name":"n","input_schema":{},"defer_loading":true}],"mcp_servers":null)"));
  ASSERT_TRUE(request);
  EXPECT_EQ(extra(*request, "messages[1].content[0].caller"), R"({"type":"direct"})");
  EXPECT_EQ(extra(*request, "speed"), "\"fast\"");
  EXPECT_EQ(extra(*request, "tools[1].defer_loading"), "true");
  EXPECT_EQ(request->extras.size(), 3U);
  EXPECT_EQ(request->raw_tools[0].type, "web_search_20250305");
}

TEST(AnthropicDecodeRequest, ReadsToolChoices) {
  using Mode = llm::ToolChoice::Mode;
  const auto choice = [](const std::string& json) {
    return decode(with_messages("[]", ",\"tool_choice\":" + json));
  };
  EXPECT_EQ(choice(R"({"type":"auto"})")->tool_choice->mode, Mode::kAuto);
  EXPECT_EQ(choice(R"({"type":"any"})")->tool_choice->mode, Mode::kRequired);
  EXPECT_EQ(choice(R"({"type":"none"})")->tool_choice->mode, Mode::kNone);
  EXPECT_EQ(choice(R"({"type":"tool","name":"x"})")->tool_choice->name, "x");
  EXPECT_EQ(choice(R"({"type":"any","disable_parallel_tool_use":true})")->parallel_tool_calls,
            false);
}

TEST(AnthropicDecodeRequest, ReadsThinkingAndForm) {
  const auto read = [](const std::string& more) { return decode(with_messages("[]", more)); };
  EXPECT_EQ(read(R"(,"thinking":{"type":"enabled","budget_tokens":2000})")->reasoning,
            (llm::Reasoning{.budget_tokens = 2000}));
  EXPECT_EQ(read(R"(,"thinking":{"type":"adaptive","display":"omitted"})")->reasoning,
            (llm::Reasoning{.adaptive = true, .include_thoughts = false}));
  EXPECT_EQ(read(R"(,"thinking":{"type":"disabled"})")->reasoning,
            (llm::Reasoning{.budget_tokens = 0}));
  const auto form = read(
      R"(,"output_config":{"effort":"high","format":{"type":"json_schema","schema":{"z":1, "a":2}}})");
  EXPECT_EQ(form->reasoning->effort, "high");
  EXPECT_EQ(form->response_format->schema, R"({"z":1, "a":2})");
  EXPECT_EQ(read(R"(,"output_format":{"type":"json_schema","schema":{}})")->response_format->kind,
            llm::ResponseFormat::Kind::kJsonSchema);
}

TEST(AnthropicDecodeRequest, LeavesTheApisOwnFallbacksToTheApi) {
  const auto request = decode(with_messages("[]", R"(,"fallbacks":[{"model":"claude-opus-4-8"}])"));
  ASSERT_TRUE(request);
  EXPECT_TRUE(request->fallbacks.empty());
  EXPECT_EQ(extra(*request, "fallbacks"), R"([{"model":"claude-opus-4-8"}])");
}

TEST(AnthropicDecodeRequest, NamesTheFieldThatIsWrong) {
  EXPECT_FALSE(decode("[]"));
  EXPECT_FALSE(decode("{"));
  EXPECT_EQ(fault(R"({"messages":[]})"), "model");
  EXPECT_EQ(fault(R"({"model":"m"})"), "messages");
  EXPECT_EQ(fault(with_messages(R"([{"role":"tool","content":""}])")), "messages.0.role");
  EXPECT_EQ(fault(with_messages(R"([{"role":"user"}])")), "messages.0.content");
  EXPECT_EQ(fault(with_messages(R"([{"role":"user","content":[{"type":"image"}]}])")),
            "messages.0.content.0.source");
  EXPECT_EQ(
      fault(with_messages(
          R"([{"role":"user","content":[{"type":"image","source":{"type":"base64","data":"x"}}]}])")),
      "messages.0.content.0.source.media_type");
  EXPECT_EQ(fault(with_messages(R"([{"role":"user","content":[{"type":"tool_result"}]}])")),
            "messages.0.content.0.tool_use_id");
  EXPECT_EQ(fault(with_messages("[]", R"(,"temperature":"hot")")), "temperature");
  EXPECT_EQ(fault(with_messages("[]", R"(,"tools":[{"name":"n"}])")), "tools.0.input_schema");
  EXPECT_EQ(fault(with_messages("[]", R"(,"tool_choice":{"type":"x"})")), "tool_choice.type");
  EXPECT_EQ(fault(with_messages("[]", R"(,"thinking":{"type":"enabled"})")),
            "thinking.budget_tokens");
}

TEST(AnthropicDecodeRequest, RefusesAConversationThatItCannotSee) {
  const auto request =
      decode(with_messages("[]", R"(,"thread":{"type":"continue","previous_message_id":"msg_1"})"));
  ASSERT_FALSE(request);
  EXPECT_EQ(request.error().upstream_code, "thread_unsupported_request");
  EXPECT_EQ(request.error().retry, Retry::kOtherTarget);
  EXPECT_EQ(fault(with_messages("[]", R"(,"thread":{"type":"create"})")), "thread");
  EXPECT_EQ(fault(with_messages("[]", R"(,"thread":null)")), "");
}

TEST(AnthropicDecodeRequest, TakesBackTheSignatureFromACallsId) {
  const auto request = decode(with_messages(
      R"([{"role":"assistant","content":[{"type":"tool_use","id":"c1_bfsig_c2ln","name":"n","input":{}}]},)"
      R"({"role":"user","content":[{"type":"tool_result","tool_use_id":"c1_bfsig_c2ln"}]}])"));
  ASSERT_TRUE(request);
  EXPECT_EQ(request->messages[0].parts[0].as<llm::ToolCallPart>()->id, "c1");
  EXPECT_EQ(request->messages[0].parts[0].as<llm::ToolCallPart>()->signature, "sig");
  EXPECT_EQ(request->messages[1].parts[0].as<llm::ToolResultPart>()->tool_call_id, "c1");
}

}  // namespace
}  // namespace bifrost::dialect::anthropic
