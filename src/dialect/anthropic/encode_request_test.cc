#include "dialect/anthropic/functions.h"
#include "llm/request_testing.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>

namespace bifrost::dialect::anthropic {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

llm::Part text(std::string words) {
  return {.content = llm::TextPart{.text = std::move(words)}, .cache = {}};
}

llm::Message message(llm::Role role, std::vector<llm::Part> parts) {
  return {.role = role, .parts = std::move(parts), .name = {}};
}

llm::Request ask(std::vector<llm::Message> messages = {}) {
  llm::Request request;
  request.dialect = "openai_chat";
  request.messages = std::move(messages);
  llm::place_all(request);
  request.max_tokens = 100;
  return request;
}

Result<EncodedRequest> encode(const llm::Request& request,
                              std::string_view model = "claude-sonnet-4-0",
                              const Flavor& flavor = {}) {
  return encode_request(request, {.model = model, .flavor = flavor});
}

// The raw bytes of a top-level field.
std::string field(const Result<EncodedRequest>& encoded, std::string_view name) {
  const auto document = json::Document::parse(encoded->body);
  return document ? std::string(document->root()[name].raw()) : "broken: " + encoded->body;
}

TEST(AnthropicEncodeRequest, MovesInstructionsIntoTheSystemPrompt) {
  llm::Request request =
      ask({message(llm::Role::kSystem, {text("a")}), message(llm::Role::kUser, {text("hi")}),
           message(llm::Role::kDeveloper, {text("b")})});
  request.messages[0].parts[0].cache = llm::CacheMarker{.ttl = "1h"};
  const auto encoded = encode(request);
  EXPECT_EQ(field(encoded, "system"),
            R"([{"type":"text","text":"a","cache_control":{"type":"ephemeral","ttl":"1h"}},)"
            R"({"type":"text","text":"b"}])");
  EXPECT_EQ(field(encoded, "messages"), R"([{"role":"user","content":"hi"}])");
  EXPECT_EQ(field(encoded, "max_tokens"), "100");
}

TEST(AnthropicEncodeRequest, JoinsToolResultsIntoOneTurnBeforeTheUsersWords) {
  const auto result = [](std::string id) {
    return message(
        llm::Role::kTool,
        {{.content = llm::ToolResultPart{.tool_call_id = std::move(id), .parts = {text("ok")}},
          .cache = {}}});
  };
  const auto encoded = encode(ask({message(llm::Role::kUser, {text("first")}), result("c1"),
                                   result("c2"), message(llm::Role::kUser, {text("next")})}));
  EXPECT_EQ(
      field(encoded, "messages"),
      R"([{"role":"user","content":[{"type":"tool_result","tool_use_id":"c1","content":"ok"},)"
      R"({"type":"tool_result","tool_use_id":"c2","content":"ok"},)"
      R"({"type":"text","text":"first"},{"type":"text","text":"next"}]}])");
}

TEST(AnthropicEncodeRequest, KeepsAPrefill) {
  const auto encoded = encode(ask({message(llm::Role::kUser, {text("q")}),
                                   message(llm::Role::kAssistant, {text("The answer is")})}));
  EXPECT_EQ(field(encoded, "messages"),
            R"([{"role":"user","content":"q"},{"role":"assistant","content":"The answer is"}])");
}

TEST(AnthropicEncodeRequest, NeverWritesBrokenArguments) {
  const auto call = [](std::string arguments) {
    return llm::Part{
        .content = llm::ToolCallPart{.id = "c", .name = "f", .arguments = std::move(arguments)},
        .cache = {}};
  };
  const auto encoded = encode(ask(
      {message(llm::Role::kAssistant, {text(""), call(R"({"b": 1})"), call(""), call("{\"x")})}));
  EXPECT_EQ(field(encoded, "messages"),
            R"([{"role":"assistant","content":[)"
            R"({"type":"tool_use","id":"c","name":"f","input":{"b": 1}},)"
            R"({"type":"tool_use","id":"c","name":"f","input":{}},)"
            R"({"type":"tool_use","id":"c","name":"f","input":{"input":"{\"x"}}]}])");
}

TEST(AnthropicEncodeRequest, ShowsTheApiOnlyItsOwnThoughts) {
  using Kind = llm::ReasoningPart::Kind;
  const auto thought = [](llm::ReasoningPart part) {
    return llm::Part{.content = std::move(part), .cache = {}};
  };
  const auto encoded = encode(
      ask({message(llm::Role::kAssistant,
                   {thought({.text = "signed", .signature = "S="}), thought({.text = "bare"}),
                    thought({.text = "foreign", .signature = "x", .format = "google"}),
                    thought({.kind = Kind::kRedacted, .data = "D="}),
                    thought({.kind = Kind::kEncrypted, .data = "E"}), text("done")})}));
  EXPECT_EQ(
      field(encoded, "messages"),
      R"([{"role":"assistant","content":[{"type":"thinking","thinking":"signed","signature":"S="},)"
      R"({"type":"redacted_thinking","data":"D="},{"type":"text","text":"done"}]}])");
  EXPECT_THAT(encoded->dropped.lost, ElementsAre("messages[0].content[1]", "messages[0].content[2]",
                                                 "messages[0].content[4]"));
}

TEST(AnthropicEncodeRequest, WritesMedia) {
  const auto part = [](auto content) {
    return llm::Part{.content = std::move(content), .cache = {}};
  };
  const auto encoded = encode(
      ask({message(llm::Role::kUser,
                   {part(llm::ImagePart{.media = {.data = "/9j/AA"}}),
                    part(llm::ImagePart{.media = {.url = "https://a/b.png"}, .detail = "high"}),
                    part(llm::FilePart{.media = {.data = "JVBERi0x"}, .filename = "f"}),
                    part(llm::FilePart{
                        .media = {.data = "aGk=", .media_type = "text/plain; charset=utf-8"}})})}));
  ASSERT_TRUE(encoded);
  EXPECT_EQ(
      field(encoded, "messages"),
      R"([{"role":"user","content":[)"
      R"({"type":"image","source":{"type":"base64","media_type":"image/jpeg","data":"/9j/AA"}},)"
      R"({"type":"image","source":{"type":"url","url":"https://a/b.png"}},)"
      R"({"type":"document","source":{"type":"base64","media_type":"application/pdf","data":"JVBERi0x"},"title":"f"},)"
      R"({"type":"document","source":{"type":"text","media_type":"text/plain","data":"hi"}}]}])");
  EXPECT_THAT(encoded->dropped.lost, ElementsAre("messages[0].content[1].image_url.detail"));
}

TEST(AnthropicEncodeRequest, RefusesWhatItCannotExpress) {
  const auto refused = [](auto content) {
    const auto encoded = encode(ask(
        {message(llm::Role::kUser, {text("x"), {.content = std::move(content), .cache = {}}})}));
    return encoded ? "" : std::string(encoded.error().name()) + " " + encoded.error().param;
  };
  const std::string expected = "unsupported_operation messages[0].content[1]";
  EXPECT_EQ(refused(llm::AudioPart{.media = {.data = "AA"}, .format = "wav"}), expected);
  EXPECT_EQ(refused(llm::ImagePart{.media = {.url = "gs://bucket/x"}}), expected);
  EXPECT_EQ(refused(llm::FilePart{.media = {.data = "UEsD", .media_type = "application/zip"}}),
            expected);
}

TEST(AnthropicEncodeRequest, WritesTools) {
  llm::Request request = ask();
  request.tools = {{.name = "f",
                    .description = "d",
                    .parameters = R"({"properties":{"z":{},"a":{}}})",
                    .strict = true,
                    .cache = llm::CacheMarker{}},
                   {.name = "g"},
                   {.name = "h", .custom = true, .format = R"({"type":"grammar"})"}};
  request.raw_tools = {{.dialect = "openai_chat", .type = "web_search", .json = "{}"}};
  llm::place_all(request);
  request.tool_choice = llm::ToolChoice{.mode = llm::ToolChoice::Mode::kNamed, .name = "f"};
  request.parallel_tool_calls = false;
  const auto encoded = encode(request);
  EXPECT_EQ(
      field(encoded, "tools"),
      R"([{"name":"f","description":"d","input_schema":{"type":"object","properties":{"z":{},"a":{}}},)"
      R"("strict":true,"cache_control":{"type":"ephemeral"}},)"
      R"({"name":"g","input_schema":{"type":"object","properties":{}}},)"
      R"({"name":"h","input_schema":{"type":"object","properties":{"input":{"type":"string"}},"required":["input"]}}])");
  EXPECT_EQ(field(encoded, "tool_choice"),
            R"({"type":"tool","name":"f","disable_parallel_tool_use":true})");
  EXPECT_THAT(encoded->dropped.lost, ElementsAre("tools[3]", "tools[2].custom.format"));
  EXPECT_THAT(std::string(encoded->headers.get("anthropic-beta")),
              HasSubstr("structured-outputs-"));
}

TEST(AnthropicEncodeRequest, SwitchesThinkingOffForAForcedTool) {
  llm::Request request = ask();
  request.tools = {{.name = "f"}};
  request.reasoning = llm::Reasoning{.effort = "high"};
  request.tool_choice = llm::ToolChoice{.mode = llm::ToolChoice::Mode::kNamed, .name = "f"};
  const auto encoded = encode(request, "deepseek-x", {.forced_tool_ends_thinking = true});
  EXPECT_EQ(field(encoded, "thinking"), R"({"type":"disabled"})");
  EXPECT_EQ(field(encoded, "output_config"), "");
  EXPECT_THAT(encoded->dropped.lost, ElementsAre("reasoning_effort"));
}

TEST(AnthropicEncodeRequest, SerialCallsNeedAChoice) {
  llm::Request request = ask();
  request.tools = {{.name = "f"}};
  request.parallel_tool_calls = false;
  EXPECT_EQ(field(encode(request), "tool_choice"),
            R"({"type":"auto","disable_parallel_tool_use":true})");
}

TEST(AnthropicEncodeRequest, ThinkingTakesTheFreedomOfSampling) {
  llm::Request request = ask();
  request.reasoning = llm::Reasoning{.effort = "low"};
  request.temperature = 0.2;
  request.top_k = 5;
  request.top_p = 0.5;
  const auto encoded = encode(request);
  EXPECT_EQ(field(encoded, "thinking"), R"({"type":"enabled","budget_tokens":1024})");
  EXPECT_EQ(field(encoded, "max_tokens"), "1124");
  EXPECT_EQ(field(encoded, "temperature"), "");
  EXPECT_THAT(encoded->dropped.lost, ElementsAre("temperature", "top_p", "top_k"));
  EXPECT_EQ(encoded->headers.get("anthropic-beta"), "interleaved-thinking-2025-05-14");
}

TEST(AnthropicEncodeRequest, NewerModelsTakeEffortAndNoSampling) {
  llm::Request request = ask();
  request.reasoning = llm::Reasoning{.effort = "high"};
  request.temperature = 0.2;
  const auto encoded = encode(request, "claude-opus-4-8");
  EXPECT_EQ(field(encoded, "thinking"), R"({"type":"adaptive","display":"summarized"})");
  EXPECT_EQ(field(encoded, "output_config"), R"({"effort":"high"})");
  EXPECT_THAT(encoded->dropped.lost, ElementsAre("temperature"));
}

TEST(AnthropicEncodeRequest, WritesTheFormOfTheAnswer) {
  llm::Request request = ask();
  request.response_format = llm::ResponseFormat{.kind = llm::ResponseFormat::Kind::kJsonSchema,
                                                .name = "n",
                                                .schema = R"({"type":"object"})"};
  EXPECT_EQ(field(encode(request), "output_config"),
            R"({"format":{"type":"json_schema","schema":{"type":"object"}}})");
  request.response_format->kind = llm::ResponseFormat::Kind::kJsonObject;
  EXPECT_THAT(encode(request)->dropped.lost, ElementsAre("response_format"));
}

TEST(AnthropicEncodeRequest, NamesEverythingWithoutACounterpart) {
  llm::Request request = ask();
  request.frequency_penalty = 0.1;
  request.presence_penalty = 0.1;
  request.logit_bias = "{}";
  request.logprobs = true;
  request.top_logprobs = 2;
  request.seed = 1;
  request.n = 2;
  request.modalities = {"text", "audio"};
  request.audio = "{}";
  request.prediction = "{}";
  request.verbosity = "low";
  request.store = true;
  request.prompt_cache_key = "k";
  request.web_search_options = "{}";
  request.metadata = R"({"user_id":"u","team":"x"})";
  request.service_tier = "flex";
  request.stop = {"\n", "END"};
  request.extras = {{.path = "top_a", .json = "1"}};
  const auto encoded = encode(request);
  EXPECT_THAT(encoded->dropped.lost,
              ElementsAre("stop", "metadata.team", "service_tier", "frequency_penalty",
                          "presence_penalty", "logit_bias", "logprobs", "top_logprobs", "seed", "n",
                          "modalities", "audio", "prediction", "verbosity", "store",
                          "prompt_cache_key", "web_search_options", "top_a"));
  EXPECT_EQ(field(encoded, "metadata"), R"({"user_id":"u"})");
  EXPECT_EQ(field(encoded, "stop_sequences"), R"(["END"])");
}

TEST(AnthropicEncodeRequest, ObeysTheFlavorOfAnEndpoint) {
  static constexpr std::array<std::string_view, 2> kRemoved = {"top_k", "speed"};
  static constexpr std::array<std::pair<std::string_view, std::string_view>, 1> kRenamed = {
      {{"stop_sequences", "stop"}}};
  llm::Request request = ask();
  request.dialect = "anthropic";
  request.top_k = 3;
  request.stop = {"x"};
  request.extras = {{.path = "speed", .json = "\"fast\""}};
  const auto encoded =
      encode(request, "m", {.removed_fields = kRemoved, .renamed_fields = kRenamed});
  EXPECT_THAT(encoded->body, Not(HasSubstr("top_k")));
  EXPECT_THAT(encoded->body, Not(HasSubstr("speed")));
  EXPECT_EQ(field(encoded, "stop"), R"(["x"])");
  EXPECT_THAT(encoded->dropped.lost, ElementsAre("top_k", "speed"));
}

TEST(AnthropicEncodeRequest, PutsUnmodelledFieldsBackInPlace) {
  const std::string body =
      R"({"model":"m","max_tokens":5,"messages":[{"role":"user","content":[{"type":"text","text":"a"}]},)"
      R"({"role":"user","content":[{"type":"tool_result","tool_use_id":"t","toolset_name":"browser"}]},)"
      R"({"role":"system","content":[{"type":"tool_addition","tool":{}}]}],)"
      R"("thinking":{"type":"between_tools"},"context_management":{"edits":[{"type":"compact_20260112"}]},)"
      R"("cache_control":{"type":"ephemeral","scope":"global"},"output_config":{"task_budget":{}}})";
  const auto request = decode_request({.body = body});
  ASSERT_TRUE(request);
  const auto encoded = encode(*request, "m");
  EXPECT_THAT(encoded->dropped.lost, IsEmpty());
  EXPECT_EQ(field(encoded, "messages"),
            R"([{"role":"user","content":[{"type":"text","text":"a"},)"
            R"({"type":"tool_result","tool_use_id":"t","toolset_name":"browser"}]},)"
            R"({"role":"system","content":[{"type":"tool_addition","tool":{}}]}])");
  EXPECT_EQ(field(encoded, "thinking"), R"({"type":"between_tools"})");
  EXPECT_EQ(field(encoded, "cache_control"), R"({"type":"ephemeral","scope":"global"})");
  EXPECT_EQ(field(encoded, "output_config"), R"({"task_budget":{}})");
  EXPECT_EQ(encoded->headers.get("anthropic-beta"),
            "prompt-caching-scope-2026-01-05,compact-2026-01-12,"
            "mid-conversation-tool-changes-2026-07-01");
}

TEST(AnthropicEncodeRequest, UnmodelledFieldsThatLostTheirPlaceAreNamed) {
  llm::Request request = ask({message(llm::Role::kUser, {text("a")})});
  request.dialect = "anthropic";
  request.extras = {{.path = "messages[7].content[0].caller", .json = "1"}};
  EXPECT_THAT(encode(request)->dropped.lost, ElementsAre("messages[7].content[0].caller"));
}

TEST(AnthropicEncodeRequest, MakesInstructionsTheUsersTurnWhereThereIsNoOther) {
  const auto encoded = encode(ask({message(llm::Role::kSystem, {text("Say hello.")})}));
  ASSERT_TRUE(encoded);
  EXPECT_THAT(encoded->body, HasSubstr(R"("messages":[{"role":"user","content":"Say hello."}])"));
  EXPECT_EQ(field(encoded, "system"), "");
}

}  // namespace
}  // namespace bifrost::dialect::anthropic
