// What has no counterpart is named by the caller's own path in the caller's own words, in every
// pair of dialects, also where messages are joined, split and moved on the way.
#include "dialect/chat_codec.h"
#include "dialect/dialect.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <string>
#include <string_view>
#include <vector>

namespace bifrost::dialect {
namespace {

using ::testing::Contains;
using ::testing::UnorderedElementsAre;

// As it stands in a request that is prepared for reading.
Result<EncodedRequest> translated(std::string_view from, const std::string& body,
                                  std::string_view to, std::string_view model) {
  const auto request = find(from)->chat->decode_request({.body = body, .path_model = model});
  if (!request) return request.error();
  static constexpr Flavor kPlain;
  return find(to)->chat->encode_request(*request, {.model = model, .flavor = kPlain});
}

std::vector<std::string> dropped(std::string_view from, const std::string& body,
                                 std::string_view to, std::string_view model) {
  const auto encoded = translated(from, body, to, model);
  EXPECT_TRUE(encoded) << encoded.error().message;
  return encoded ? encoded->dropped.lost : std::vector<std::string>{};
}

// System messages are pulled out, user messages joined, results moved to the front of a turn.
constexpr std::string_view kOpenAi = R"({"model":"m","messages":[
  {"role":"system","content":"s"},
  {"role":"user","content":"a"},
  {"role":"user","name":"bob","content":[{"type":"text","text":"b"},
    {"type":"image_url","image_url":{"url":"https://e.com/a.png","detail":"low"}},
    {"type":"video","video":"v"}]},
  {"role":"assistant","reasoning":"hm","content":"","tool_calls":[
    {"id":"c","type":"function","function":{"name":"f","arguments":"{}"}}]},
  {"role":"user","content":[{"type":"file","file":{"file_id":"file-1"}}]},
  {"role":"tool","tool_call_id":"c","content":[{"type":"text","text":"r"},{"type":"odd"}]}],
  "tools":[{"type":"web_search"},
    {"type":"function","function":{"name":"f","strict":true}}],
  "max_tokens":5,"store":true,"logit_bias":{"1":1},"metadata":{"team":"x"},"top_a":1})";

TEST(CallersNames, FromOpenAiToAnthropic) {
  EXPECT_THAT(dropped("openai_chat", std::string(kOpenAi), "anthropic", "claude-sonnet-4-5"),
              UnorderedElementsAre("messages[2].name", "messages[2].content[1].image_url.detail",
                                   "messages[2].content[2]", "messages[3].reasoning",
                                   "messages[5].content[1]", "tools[0]", "store", "logit_bias",
                                   "metadata.team", "top_a"));
}

TEST(CallersNames, FromOpenAiToGemini) {
  const auto names = dropped("openai_chat", std::string(kOpenAi), "gemini", "gemini-2.5-flash");
  EXPECT_THAT(names, Contains("messages[2].name"));
  EXPECT_THAT(names, Contains("messages[2].content[2]"));
  EXPECT_THAT(names, Contains("messages[4].content[0]"));
  EXPECT_THAT(names, Contains("tools[1].function.strict"));
}

// Anthropic's callers may write neighbours of one role, and instructions between turns.
constexpr std::string_view kAnthropic = R"({"model":"m","max_tokens":5,
  "system":[{"type":"text","text":"s","note":1}],
  "messages":[
  {"role":"user","content":"a"},
  {"role":"user","content":[{"type":"text","text":"b","note":1},{"type":"odd"}]},
  {"role":"assistant","content":[{"type":"thinking","thinking":"t","signature":"x"},
    {"type":"tool_use","id":"c","name":"f","input":{}}]},
  {"role":"user","content":[{"type":"text","text":"c"},
    {"type":"tool_result","tool_use_id":"c","content":[{"type":"text","text":"r"},{"type":"odd"}]}]},
  {"role":"system","content":[{"type":"odd"}]}],
  "tools":[{"type":"bash_20250124","name":"bash"},
    {"name":"f","strict":true,"input_schema":{"type":"object"},"note":1}],
  "top_k":3,"metadata":{"user_id":"u","team":"x"},"container":"c"})";

TEST(CallersNames, FromAnthropicToOpenAi) {
  EXPECT_THAT(
      dropped("anthropic", std::string(kAnthropic), "openai_chat", "gpt-4o"),
      UnorderedElementsAre("system[0].note", "messages[1].content[0].note",
                           "messages[1].content[1]", "messages[2].content[0]",
                           "messages[3].content[1].content[1]", "messages[4].content[0]",
                           "tools[0]", "tools[1].note", "top_k", "metadata.team", "container"));
}

TEST(CallersNames, FromAnthropicToGemini) {
  const auto names = dropped("anthropic", std::string(kAnthropic), "gemini", "gemini-2.5-flash");
  EXPECT_THAT(names, Contains("system[0].note"));
  EXPECT_THAT(names, Contains("messages[1].content[0].note"));
  EXPECT_THAT(names, Contains("messages[1].content[1]"));
  EXPECT_THAT(names, Contains("messages[4].content[0]"));
  EXPECT_THAT(names, Contains("tools[0]"));
  EXPECT_THAT(names, Contains("tools[1].strict"));
  EXPECT_THAT(names, Contains("metadata.user_id"));
}

// A streamed turn is sent back in pieces, and results come beside words.
constexpr std::string_view kGemini = R"({
  "systemInstruction":{"parts":[{"text":"s"},{"inlineData":{"mimeType":"image/png","data":"AA=="}}]},
  "contents":[
  {"role":"user","parts":[{"text":"a"},{"executableCode":{"code":"1"}}]},
  {"role":"model","parts":[{"text":"t","thought":true}]},
  {"role":"model","parts":[{"text":"b"},{"functionCall":{"name":"f","args":{}}},
    {"codeExecutionResult":{}}]},
  {"role":"user","parts":[{"text":"c"},{"functionResponse":{"name":"f","response":{"a":1}}},
    {"toolResponse":{}}]}],
  "tools":[{"functionDeclarations":[{"name":"f","behavior":"BLOCKING"}]},{"codeExecution":{}}],
  "generationConfig":{"topK":3,"seed":7,"speechConfig":{}},"labels":{}})";

TEST(CallersNames, FromGeminiToOpenAi) {
  EXPECT_THAT(
      dropped("gemini", std::string(kGemini), "openai_chat", "gpt-4o"),
      UnorderedElementsAre("contents[0].parts[1]", "contents[1].parts[0]", "contents[2].parts[2]",
                           "contents[3].parts[2]", "tools[0].functionDeclarations[0].behavior",
                           "tools[1].codeExecution", "generationConfig.topK",
                           "generationConfig.speechConfig", "labels"));
}

TEST(CallersNames, FromGeminiToAnthropic) {
  EXPECT_THAT(
      dropped("gemini", std::string(kGemini), "anthropic", "claude-sonnet-4-5"),
      UnorderedElementsAre("contents[0].parts[1]", "contents[1].parts[0]", "contents[2].parts[2]",
                           "contents[3].parts[2]", "tools[0].functionDeclarations[0].behavior",
                           "tools[1].codeExecution", "generationConfig.seed",
                           "generationConfig.speechConfig", "labels"));
}

TEST(CallersNames, ARefusalNamesThePart) {
  const std::string gemini = R"({"systemInstruction":"s","contents":[{"parts":[{"text":"a"}]},
    {"parts":[{"text":"b"},{"inlineData":{"mimeType":"audio/wav","data":"AA=="}}]}]})";
  EXPECT_EQ(translated("gemini", gemini, "anthropic", "claude-sonnet-4-5").error().param,
            "contents[1].parts[1]");
  const std::string openai = R"({"model":"m","messages":[{"role":"system","content":"s"},
    {"role":"user","content":[{"type":"input_audio","input_audio":{"data":"AA==","format":"wav"}}]}]})";
  EXPECT_EQ(translated("openai_chat", openai, "anthropic", "claude-sonnet-4-5").error().param,
            "messages[1].content[0]");
}

TEST(CallersNames, AFieldIsNamedAsThisCallerWroteIt) {
  static constexpr std::array<std::string_view, 1> kRemoved{"max_completion_tokens"};
  const Flavor flavor{.removed_fields = kRemoved};
  const auto name = [&](std::string_view from, const std::string& body) {
    const auto request = find(from)->chat->decode_request({.body = body, .path_model = "m"});
    const auto encoded =
        find("openai_chat")->chat->encode_request(*request, {.model = "m", .flavor = flavor});
    return encoded->dropped.lost;
  };
  const std::string messages = R"("messages":[{"role":"user","content":"a"}]})";
  EXPECT_THAT(name("openai_chat", R"({"max_tokens":3,)" + messages),
              UnorderedElementsAre("max_tokens"));
  EXPECT_THAT(name("openai_chat", R"({"max_completion_tokens":3,)" + messages),
              UnorderedElementsAre("max_completion_tokens"));
  EXPECT_THAT(name("gemini", R"({"contents":"a","generationConfig":{"maxOutputTokens":3}})"),
              UnorderedElementsAre("generationConfig.maxOutputTokens"));
}

TEST(CallersNames, LoneValuesHaveNoIndex) {
  EXPECT_THAT(dropped("gemini",
                      R"({"systemInstruction":{"parts":{"text":"s"}},"contents":{"parts":)"
                      R"({"executableCode":{}}},"tools":{"urlContext":{}}})",
                      "openai_chat", "gpt-4o"),
              UnorderedElementsAre("contents.parts", "tools.urlContext"));
}

}  // namespace
}  // namespace bifrost::dialect
