#include "dialect/chat_codec.h"
#include "dialect/openai_chat/dialect.h"
#include "json/document.h"
#include "llm/request_testing.h"

#include <gtest/gtest.h>

#include <array>
#include <string>

namespace bifrost::dialect::openai_chat {
namespace {

using llm::Message;
using llm::Part;
using llm::Role;

constexpr Flavor kPlain{};

struct Encoded {
  json::Document document;
  std::vector<std::string> dropped;
  std::string body;

  [[nodiscard]] json::Value root() const { return document.root(); }
};

Encoded encode(const llm::Request& request, const Flavor& flavor = kPlain) {
  auto out = dialect().chat->encode_request(request, {"wire-model", flavor});
  EXPECT_TRUE(out);
  auto document = json::Document::parse(out->body);
  EXPECT_TRUE(document) << out->body;
  return {std::move(document).value(), out->dropped.lost, out->body};
}

llm::Request decoded(const std::string& body) {
  auto request = dialect().chat->decode_request({.body = body});
  EXPECT_TRUE(request) << request.error().message;
  return *std::move(request);
}

Part text(std::string words) { return {llm::TextPart{.text = std::move(words)}, {}}; }

// A request of another dialect, as if an Anthropic client had asked.
llm::Request foreign(std::vector<Message> messages) {
  llm::Request request;
  request.model = "x/y";
  request.dialect = "anthropic";
  request.messages = std::move(messages);
  llm::place_all(request);
  return request;
}

TEST(EncodeRequest, WritesTheModelOfTheProvider) {
  const Encoded out = encode(foreign({{.role = Role::kUser, .parts = {text("hi")}}}));
  EXPECT_EQ(out.body, R"({"model":"wire-model","messages":[{"role":"user","content":"hi"}]})");
}

TEST(EncodeRequest, SwitchesThinkingOffForAForcedTool) {
  constexpr Flavor kThinks{.forced_tool_ends_thinking = true};
  llm::Request request = foreign({{.role = Role::kUser, .parts = {text("hi")}}});
  request.tools = {{.name = "f"}};
  request.reasoning = llm::Reasoning{.effort = "high"};
  using Mode = llm::ToolChoice::Mode;
  for (const Mode mode : {Mode::kRequired, Mode::kNamed}) {
    request.tool_choice = llm::ToolChoice{.mode = mode, .name = "f"};
    const Encoded out = encode(request, kThinks);
    EXPECT_EQ(out.root()["thinking"].raw(), R"({"type":"disabled"})");
    EXPECT_FALSE(out.root()["reasoning_effort"].exists());
    EXPECT_EQ(out.dropped, std::vector<std::string>{"reasoning_effort"});
  }
  request.tool_choice->mode = Mode::kAuto;
  const Encoded out = encode(request, kThinks);
  EXPECT_FALSE(out.root()["thinking"].exists());
  EXPECT_TRUE(out.root()["reasoning_effort"].equals("high"));
}

TEST(EncodeRequest, LeavesTheChoiceOutWhereNoToolIsLeft) {
  llm::Request request = foreign({{.role = Role::kUser, .parts = {text("hi")}}});
  request.raw_tools = {{.dialect = "anthropic", .type = "web_search_20250305", .json = "{}"}};
  llm::place_all(request);
  request.tool_choice = llm::ToolChoice{.mode = llm::ToolChoice::Mode::kRequired};
  request.parallel_tool_calls = false;
  const Encoded out = encode(request);
  for (const char* field : {"tools", "tool_choice", "parallel_tool_calls"}) {
    EXPECT_FALSE(out.root()[field].exists()) << field;
  }
  EXPECT_EQ(out.dropped,
            (std::vector<std::string>{"tools[0]", "tool_choice", "parallel_tool_calls"}));
}

TEST(EncodeRequest, LeavesATurnOutOfWhichNothingIsLeft) {
  const llm::RawPart foreign_block{.dialect = "anthropic", .type = "server_tool_use", .json = "{}"};
  const llm::ReasoningPart thought{.text = "hm"};
  const Encoded out = encode(foreign({
      {.role = Role::kUser, .parts = {text("hi")}},
      {.role = Role::kAssistant, .parts = {{foreign_block, {}}, {thought, {}}}},
      {.role = Role::kUser, .parts = {text("go on")}},
  }));
  EXPECT_EQ(out.root()["messages"].size(), 2U) << out.body;
  EXPECT_EQ(out.dropped,
            (std::vector<std::string>{"messages[1].content[0]", "messages[1].content[1]"}));
}

TEST(EncodeRequest, RefusesAConversationOfWhichNothingIsLeft) {
  const llm::RawPart block{.dialect = "gemini", .type = "x", .json = "{}"};
  const auto out = dialect().chat->encode_request(
      foreign({{.role = Role::kUser, .parts = {{block, {}}}}}), {"m", kPlain});
  ASSERT_FALSE(out);
  EXPECT_EQ(out.error().retry, Retry::kOtherTarget);
  EXPECT_EQ(out.error().param, "messages");
}

TEST(EncodeRequest, TellsASearchResultInWords) {
  llm::ToolResultPart result{.tool_call_id = "c"};
  result.parts.push_back(
      {llm::RawPart{.dialect = "anthropic",
                    .type = "search_result",
                    .json = R"({"title":"T","content":[{"type":"text","text":"found"}]})"},
       {}});
  const Encoded out = encode(foreign({{.role = Role::kTool, .parts = {{result, {}}}}}));
  EXPECT_TRUE(out.dropped.empty());
  EXPECT_TRUE(out.root()["messages"].at(0)["content"].at(0)["text"].equals("T\nfound")) << out.body;
}

TEST(EncodeRequest, DropsByNameWhatOpenAiTakesAsBytesOnly) {
  const llm::Media address{.url = "https://x.example/a.pdf", .media_type = "application/pdf"};
  const llm::Media sound{.url = "https://x.example/a.mp3", .media_type = "audio/mpeg"};
  const auto request = foreign({
      {.role = Role::kUser,
       .parts = {text("read"),
                 {llm::FilePart{.media = address}, {}},
                 {llm::AudioPart{.media = sound}, {}}}},
      {.role = Role::kUser, .parts = {{llm::AudioPart{.media = sound}, {}}}},
  });
  const Encoded out = encode(request);
  EXPECT_EQ(out.body, R"({"model":"wire-model","messages":[{"role":"user","content":"read"}]})");
  EXPECT_EQ(out.dropped,
            (std::vector<std::string>{"messages[0].content[1]", "messages[0].content[2]",
                                      "messages[1].content[0]"}));
  constexpr Flavor kTakesAddresses{.files_by_address = true};
  EXPECT_NE(encode(request, kTakesAddresses).body.find("https://x.example/a.pdf"),
            std::string::npos);
}

TEST(EncodeRequest, SwitchesThinkingOffWithTheLeastEffortThatTheModelTakes) {
  struct Case {
    std::string_view model;
    std::string_view effort;
    bool named;
  };
  constexpr Case kCases[] = {
      {"gpt-5.1", "none", false},
      {"gpt-5.2", "none", false},
      {"gpt-5-mini", "minimal", false},
      {"o3-mini", "low", false},
      {"gpt-5-pro", "", true},
      {"gpt-4o-mini", "", false},
      {"openai/gpt-oss-120b", "low", false},
      {"some-model", "", true},
  };
  llm::Request request = foreign({{.role = Role::kUser, .parts = {text("hi")}}});
  request.reasoning = llm::Reasoning{.budget_tokens = 0};
  for (const Case& each : kCases) {
    auto out = dialect().chat->encode_request(request, {each.model, kPlain});
    ASSERT_TRUE(out);
    const auto document = json::Document::parse(out->body);
    EXPECT_EQ(document->root()["reasoning_effort"].string_or(""), each.effort) << each.model;
    EXPECT_EQ(out->dropped.lost.size(), each.named ? 1U : 0U) << each.model;
  }
}

TEST(EncodeRequest, NamesThoughtsThatCannotBeAskedFor) {
  llm::Request request = foreign({{.role = Role::kUser, .parts = {text("hi")}}});
  request.reasoning = llm::Reasoning{.effort = "low", .include_thoughts = true};
  EXPECT_EQ(encode(request).dropped, std::vector<std::string>{"reasoning.include_thoughts"});
}

TEST(EncodeRequest, WritesWhatItReads) {
  const std::string body =
      R"({"model":"m","messages":[{"role":"system","content":"s"},{"role":"user","name":"bob","content":[{"type":"text","text":"a"},{"type":"image_url","image_url":{"url":"data:image/png;base64,aGk=","detail":"low"}},{"type":"input_audio","input_audio":{"data":"cw==","format":"mp3"}},{"type":"file","file":{"file_data":"data:application/pdf;base64,cA==","filename":"a.pdf"}}]},{"role":"assistant","reasoning":"t","reasoning_details":[{"type":"reasoning.text","text":"t","signature":"s","format":"f","index":0},{"type":"reasoning.encrypted","data":"d","redacted":true,"index":1}],"content":null,"tool_calls":[{"id":"c","type":"function","function":{"name":"f","arguments":"{\"a\": 1}"}}]},{"role":"tool","tool_call_id":"c","content":"r"}],"stream":true,"stream_options":{"include_usage":true},"tools":[{"type":"function","function":{"name":"f","description":"d","parameters":{"type": "object"},"strict":true}}],"tool_choice":{"type":"function","function":{"name":"f"}},"parallel_tool_calls":false,"max_completion_tokens":9,"temperature":0.5,"top_p":1,"seed":3,"n":2,"stop":["a","b"],"logprobs":true,"top_logprobs":2,"logit_bias":{"1": 2},"reasoning_effort":"low","response_format":{"type":"json_schema","json_schema":{"name":"n","schema":{"a": 1}}},"user":"u","metadata":{"k": "v"},"service_tier":"flex","store":true,"modalities":["text"],"audio":{"voice": "x"},"web_search_options":{"a": 1}})";
  auto out = dialect().chat->encode_request(decoded(body), {"m", kPlain});
  ASSERT_TRUE(out);
  EXPECT_EQ(out->body, body);
  EXPECT_TRUE(out->dropped.lost.empty());
}

TEST(EncodeRequest, WritesUnknownFieldsBackWhereTheyWere) {
  const std::string body =
      R"({"model":"m","messages":[{"role":"user","content":[{"type":"text","text":"a","x":1}],"prefix":true},{"role":"assistant","content":null,"tool_calls":[{"id":"c","type":"function","function":{"name":"f","arguments":"{}","z":1},"index":0}]},{"role":"tool","tool_call_id":"c","content":"r","name":"f"}],"stream":true,"stream_options":{"include_usage":true,"include_obfuscation":false},"tools":[{"type":"function","function":{"name":"f","y":{ }},"eager":1}],"tool_choice":{"type":"allowed_tools","allowed_tools":{"mode":"auto","tools":[]}},"top_a":0.5,"a.b":[1 , 2]})";
  auto out = dialect().chat->encode_request(decoded(body), {"m", kPlain});
  ASSERT_TRUE(out);
  EXPECT_EQ(out->body, body);
  EXPECT_TRUE(out->dropped.lost.empty());
}

TEST(EncodeRequest, NamesWhatHasNoCounterpart) {
  llm::Request request = foreign(
      {{.role = Role::kUser,
        .parts = {text("a"), {llm::RawPart{"anthropic", "server_tool_use", "{}"}, {}}}},
       {.role = Role::kAssistant, .parts = {{llm::ReasoningPart{.text = "t"}, {}}, text("b")}}});
  request.top_k = 4;
  request.extras = {{"container", "{}"}};
  request.raw_tools = {{"anthropic", "bash_20250124", "{}"}};
  llm::place_all(request);
  request.cache = llm::CacheMarker{};
  const Encoded out = encode(request);
  EXPECT_EQ(out.dropped,
            (std::vector<std::string>{"messages[0].content[1]", "messages[1].content[0]",
                                      "tools[0]", "top_k", "cache_control", "container"}));
  EXPECT_FALSE(out.root()["tools"].exists());
}

TEST(EncodeRequest, ObeysTheFlavor) {
  static constexpr std::array<std::string_view, 2> kRemoved{"store", "top_a"};
  static constexpr std::array<std::pair<std::string_view, std::string_view>, 1> kRenamed{
      {{"max_completion_tokens", "max_tokens"}}};
  constexpr Flavor kOther{.removed_fields = kRemoved,
                          .renamed_fields = kRenamed,
                          .injects_usage_option = false,
                          .named_tool_choice = false,
                          .required_choice = "any",
                          .minimal_effort = "low",
                          .user_bytes_max = 4};
  const Encoded out =
      encode(decoded(R"({"model":"m","messages":[{"role":"developer","content":"d"}],"stream":true,
                  "stream_options":{"include_usage":true},"store":true,"top_a":1,"max_tokens":3,
                  "tool_choice":{"type":"function","function":{"name":"f"}},
                  "reasoning_effort":"minimal","user":"long-winded"})"),
             kOther);
  EXPECT_EQ(out.body,
            R"({"model":"wire-model","messages":[{"role":"system","content":"d"}],"stream":true,)"
            R"("tool_choice":"any","max_tokens":3,"reasoning_effort":"low"})");
  EXPECT_EQ(out.dropped, (std::vector<std::string>{"user", "store", "top_a"}));
}

TEST(EncodeRequest, KeepsCacheMarkersWhereTheyAreUnderstood) {
  const llm::Request request = decoded(
      R"({"model":"m","messages":[{"role":"user","content":"a","cache_control":{"type":"ephemeral","ttl":"1h"}}],
          "tools":[{"type":"function","function":{"name":"f"},"cache_control":{"type":"ephemeral"}}]})");
  constexpr Flavor kKeeps{.keeps_cache_control = true};
  const Encoded kept = encode(request, kKeeps);
  const json::Value block = kept.root()["messages"].at(0)["content"].at(0);
  EXPECT_EQ(block["cache_control"]["ttl"].string(), "1h");
  EXPECT_EQ(kept.root()["tools"].at(0)["cache_control"].raw(), R"({"type":"ephemeral"})");
  EXPECT_EQ(encode(request).body.find("cache_control"), std::string::npos);
}

TEST(EncodeRequest, SendsReasoningHistoryAsTheEndpointTakesIt) {
  const llm::Request request =
      foreign({{.role = Role::kAssistant,
                .parts = {{llm::ReasoningPart{.text = "t", .signature = "s"}, {}}, text("b")}}});
  constexpr Flavor kContent{.reasoning_history = ReasoningHistory::kContent};
  constexpr Flavor kDetails{.reasoning_history = ReasoningHistory::kDetails};
  const Encoded content = encode(request, kContent);
  EXPECT_EQ(content.root()["messages"].at(0)["reasoning_content"].string(), "t");
  EXPECT_FALSE(content.root()["messages"].at(0)["reasoning_details"].exists());
  const Encoded details = encode(request, kDetails);
  EXPECT_EQ(details.root()["messages"].at(0)["reasoning_details"].at(0)["signature"].string(), "s");
  EXPECT_EQ(encode(request).body.find("reasoning"), std::string::npos);
}

TEST(EncodeRequest, TurnsBudgetsIntoEffort) {
  llm::Request request = foreign({{.role = Role::kUser, .parts = {text("a")}}});
  const auto effort = [&](std::int64_t budget) {
    request.reasoning = llm::Reasoning{.budget_tokens = budget};
    return encode(request).root()["reasoning_effort"].string_or("");
  };
  EXPECT_EQ(effort(-1), "");
  EXPECT_EQ(effort(0), "");
  EXPECT_EQ(effort(1024), "low");
  EXPECT_EQ(effort(4096), "medium");
  EXPECT_EQ(effort(16384), "high");
  constexpr Flavor kObject{.reasoning_object = true};
  EXPECT_EQ(encode(request, kObject).root()["reasoning"].raw(), R"({"max_tokens":16384})");
}

TEST(EncodeRequest, PutsMediaOfToolResultsBehindAllResults) {
  llm::ToolResultPart picture{.tool_call_id = "a"};
  picture.parts.push_back(
      {llm::ImagePart{.media = {.data = "aGk=", .media_type = "image/png"}}, {}});
  llm::ToolResultPart words{.tool_call_id = "b"};
  words.parts.push_back(text("42"));
  const Encoded out = encode(foreign({{.role = Role::kTool, .parts = {{picture, {}}}},
                                      {.role = Role::kTool, .parts = {{words, {}}}},
                                      {.role = Role::kUser, .parts = {text("go on")}}}));
  const json::Value messages = out.root()["messages"];
  ASSERT_EQ(messages.size(), 4U);
  EXPECT_TRUE(messages.at(0)["role"].equals("tool"));
  EXPECT_TRUE(messages.at(0)["content"].is_string());
  EXPECT_TRUE(messages.at(1)["content"].equals("42"));
  EXPECT_TRUE(messages.at(2)["role"].equals("user"));
  EXPECT_TRUE(
      messages.at(2)["content"].at(0)["image_url"]["url"].equals("data:image/png;base64,aGk="));
  EXPECT_TRUE(messages.at(3)["content"].equals("go on"));
}

TEST(EncodeRequest, SplitsToolResultsOutOfAUserMessage) {
  llm::ToolResultPart result{.tool_call_id = "a"};
  result.parts.push_back(text("42"));
  const Encoded out =
      encode(foreign({{.role = Role::kUser, .parts = {{result, {}}, text("and now?")}}}));
  const json::Value messages = out.root()["messages"];
  ASSERT_EQ(messages.size(), 2U);
  EXPECT_TRUE(messages.at(0)["role"].equals("tool"));
  EXPECT_TRUE(messages.at(1)["content"].equals("and now?"));
}

TEST(EncodeRequest, GivesCallsWithoutArgumentsAnObject) {
  const Encoded out = encode(foreign(
      {{.role = Role::kAssistant, .parts = {{llm::ToolCallPart{.id = "c", .name = "f"}, {}}}}}));
  EXPECT_TRUE(
      out.root()["messages"].at(0)["tool_calls"].at(0)["function"]["arguments"].equals("{}"));
}

}  // namespace
}  // namespace bifrost::dialect::openai_chat
