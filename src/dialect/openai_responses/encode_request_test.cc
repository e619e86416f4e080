#include "dialect/openai_chat/dialect.h"
#include "dialect/openai_responses/functions.h"
#include "dialect/openai_responses/sealed.h"
#include "json/scan.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace bifrost::dialect::openai_responses {
namespace {

using ::testing::UnorderedElementsAre;

struct Written {
  std::string body;
  std::vector<std::string> lost;
};

Written written(const Result<llm::Request>& request, const Flavor& flavor = {}) {
  if (!request) return {request.error().message, {}};
  auto encoded = encode_request(*request, {.model = "gpt-5", .flavor = flavor});
  if (!encoded) return {encoded.error().message, {}};
  return {std::move(encoded->body), std::move(encoded->dropped.lost)};
}

// From a chat in OpenAI's older format; `members` stand behind the model.
Written from_chat(std::string_view members, const Flavor& flavor = {}) {
  std::string body = R"({"model":"m",)" + std::string(members) + "}";
  json::reserve_padding(body);
  return written(openai_chat::dialect().chat->decode_request({.body = body}), flavor);
}

TEST(EncodeResponsesRequest, AChatBecomesItems) {
  const Written out = from_chat(R"("messages":[
    {"role":"system","content":"Be kind"},
    {"role":"user","content":[{"type":"text","text":"Look"},
      {"type":"image_url","image_url":{"url":"https://e.com/a.png"}}]},
    {"role":"assistant","content":"Hm","tool_calls":[
      {"id":"c1","type":"function","function":{"name":"f","arguments":""}}]},
    {"role":"tool","tool_call_id":"c1","content":"done"}])");
  EXPECT_EQ(out.body,
            R"({"model":"gpt-5","input":[{"type":"message","role":"system","content":"Be kind"},)"
            R"({"type":"message","role":"user","content":[{"type":"input_text","text":"Look"},)"
            R"({"type":"input_image","image_url":"https://e.com/a.png","detail":"auto"}]},)"
            R"({"type":"message","role":"assistant","content":[{"type":"output_text","text":"Hm",)"
            R"("annotations":[]}]},)"
            R"({"type":"function_call","call_id":"c1","name":"f","arguments":"{}"},)"
            R"({"type":"function_call_output","call_id":"c1","output":"done"}],"store":false})");
  EXPECT_THAT(out.lost, UnorderedElementsAre());
}

TEST(EncodeResponsesRequest, OptionsMoveToTheirPlaces) {
  const Written out = from_chat(R"("messages":[{"role":"user","content":"x"}],"max_tokens":4,
    "reasoning_effort":"high","verbosity":"low","response_format":{"type":"json_object"},
    "logprobs":true,"top_logprobs":2,
    "tools":[{"type":"function","function":{"name":"f","parameters":{"type":"object"}}},
      {"type":"custom","custom":{"name":"c","format":{"type":"grammar",
        "grammar":{"syntax":"lark","definition":"s"}}}}],
    "tool_choice":{"type":"custom","custom":{"name":"c"}})");
  EXPECT_EQ(
      out.body,
      R"({"model":"gpt-5","input":[{"type":"message","role":"user","content":"x"}],)"
      R"("tools":[{"type":"function","name":"f","parameters":{"type":"object"},"strict":false},)"
      R"({"type":"custom","name":"c","format":{"type":"grammar","syntax":"lark","definition":"s"}}],)"
      R"("tool_choice":{"type":"custom","name":"c"},"max_output_tokens":16,"top_logprobs":2,)"
      R"("reasoning":{"effort":"high","summary":"auto"},)"
      R"("include":["message.output_text.logprobs","reasoning.encrypted_content"],)"
      R"("text":{"format":{"type":"json_object"},"verbosity":"low"},"store":false})");
}

TEST(EncodeResponsesRequest, WhatHasNoCounterpartIsNamed) {
  const Written out = from_chat(R"("messages":[{"role":"user","name":"bob","content":"x"}],
    "n":2,"stop":"a","seed":1,"frequency_penalty":1,"presence_penalty":1,"top_k":1,
    "logit_bias":{"1":1},"modalities":["text","audio"],"audio":{"voice":"a"},"odd":1)");
  EXPECT_THAT(out.lost, UnorderedElementsAre("messages[0].name", "n", "stop", "seed",
                                             "frequency_penalty", "presence_penalty", "top_k",
                                             "logit_bias", "modalities", "audio", "odd"));
}

TEST(EncodeResponsesRequest, AConversationOfNothingIsRefused) {
  llm::Request request;
  request.messages.push_back({.role = llm::Role::kAssistant});
  request.messages.back().parts.push_back({.content = llm::ReasoningPart{.text = "hm"}});
  static constexpr Flavor kPlain;
  const auto encoded = encode_request(request, {.model = "m", .flavor = kPlain});
  ASSERT_FALSE(encoded);
  EXPECT_EQ(encoded.error().retry, Retry::kOtherTarget);
}

TEST(EncodeResponsesRequest, ItsOwnRequestKeepsWhatItDoesNotModel) {
  std::string body = R"({"model":"m","input":[{"role":"user","content":"x"},
    {"type":"web_search_call","id":"ws_1","status":"completed"}],"tools":[{"type":"web_search"}],
    "tool_choice":{"type":"web_search"},"truncation":"auto"})";
  json::reserve_padding(body);
  const Written out = written(decode_request({.body = body}));
  EXPECT_EQ(out.body, R"({"model":"gpt-5","input":[{"type":"message","role":"user","content":"x"},)"
                      R"({"type":"web_search_call","id":"ws_1","status":"completed"}],)"
                      R"("tools":[{"type":"web_search"}],"tool_choice":{"type":"web_search"},)"
                      R"("truncation":"auto"})");
}

std::string edited(std::string body, const Flavor& flavor, bool drop_refused = false) {
  json::reserve_padding(body);
  json::Scanner scanner;
  const RequestInput input{.body = body};
  const auto facts = peek(input, scanner);
  if (!facts) return facts.error().message;
  const auto out = edit_request(input, *facts,
                                {.model = "gpt-5", .flavor = flavor, .drop_refused = drop_refused});
  if (!out) return out.error().message;
  return out->body.value_or(body);
}

TEST(EditResponsesRequest, PassesButForTheModelAndTheGatewaysOwn) {
  EXPECT_EQ(edited(R"({ "model": "openai/gpt-5", "input": "x", "fallbacks": ["a/b"] })", {}),
            R"({ "model": "gpt-5", "input": "x" })");
  EXPECT_EQ(
      edited(R"({"model":"gpt-5","input":"x","reasoning":{"max_tokens":5,"effort":"low"}})", {}),
      R"({"model":"gpt-5","input":"x","reasoning":{"effort":"low"}})");
}

TEST(EditResponsesRequest, LeavesOutTheThoughtsOfProvidersOfOtherFormats) {
  const std::string sealed = seal({.format = "anthropic-claude-v1", .data = "sig"});
  EXPECT_EQ(edited(R"({"model":"gpt-5","input":[{"role":"user","content":"x"},)"
                   R"({"type":"reasoning","id":"rs_1","summary":[],"encrypted_content":")" +
                       sealed +
                       R"("},{"type":"reasoning","id":"rs_2","summary":[],)"
                       R"("encrypted_content":"gAAA"},{"role":"user","content":"y"}]})",
                   {}),
            R"({"model":"gpt-5","input":[{"role":"user","content":"x"},{"type":"reasoning",)"
            R"("id":"rs_2","summary":[],"encrypted_content":"gAAA"},)"
            R"({"role":"user","content":"y"}]})");
}

TEST(EditResponsesRequest, CutsOutWhatTheModelRefusesWhereSomebodySaysSo) {
  EXPECT_EQ(edited(R"({"model":"gpt-5","temperature":0.5,"top_p":1,"input":"x"})", {}, true),
            R"({"model":"gpt-5","input":"x"})");
}

TEST(EditResponsesRequest, KeepsNothingWhereTheOperatorSaysSo) {
  const Flavor flavor{.keeps_unless_told = true, .never_stores = true};
  EXPECT_EQ(edited(R"({"model":"gpt-5","input":"x"})", flavor),
            R"({"store":false,"model":"gpt-5","input":"x"})");
  EXPECT_EQ(edited(R"({"model":"gpt-5","input":"x","store":true})", flavor),
            R"({"model":"gpt-5","input":"x","store":false})");
}

TEST(EditResponsesRequest, RemovesCacheMarkersWhereTheyAreRefused) {
  const std::string body =
      R"({"model":"gpt-5","input":[{"role":"user","content":[{"type":"input_text","text":"x",)"
      R"("cache_control":{"type":"ephemeral"}}]}],"tools":[{"type":"function","name":"f",)"
      R"("cache_control":{"type":"ephemeral"},"parameters":{"properties":{"cache_control":{}}}}]})";
  EXPECT_EQ(edited(body, {}),
            R"({"model":"gpt-5","input":[{"role":"user","content":[{"type":"input_text",)"
            R"("text":"x"}]}],"tools":[{"type":"function","name":"f",)"
            R"("parameters":{"properties":{"cache_control":{}}}}]})");
  EXPECT_EQ(edited(body, {.keeps_cache_control = true}), body);
}

}  // namespace
}  // namespace bifrost::dialect::openai_responses
