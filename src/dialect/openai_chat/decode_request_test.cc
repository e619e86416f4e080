#include "dialect/chat_codec.h"
#include "dialect/openai_chat/dialect.h"

#include <gtest/gtest.h>

#include <string>

namespace bifrost::dialect::openai_chat {
namespace {

using llm::Part;
using llm::Role;
using Mode = llm::ToolChoice::Mode;

Result<llm::Request> decode(const std::string& body) {
  return dialect().chat->decode_request({.body = body});
}

llm::Request decoded(const std::string& body) {
  auto request = decode(body);
  EXPECT_TRUE(request) << request.error().message;
  return request ? *std::move(request) : llm::Request{};
}

// A request with one more member, or with these messages.
std::string with(const std::string& member) {
  return R"({"model":"m","messages":[{"role":"user","content":"hi"}],)" + member + "}";
}
std::string saying(const std::string& messages) {
  return R"({"model":"m","messages":[)" + messages + "]}";
}

Part text(std::string words) { return {llm::TextPart{.text = std::move(words)}, {}}; }

TEST(DecodeRequest, ReadsEveryRole) {
  const llm::Request request = decoded(saying(
      R"({"role":"system","content":"s"},{"role":"developer","content":[{"type":"text","text":"d"}]},
         {"role":"user","content":"u","name":"bob"},{"role":"assistant","content":"a"})"));
  ASSERT_EQ(request.messages.size(), 4U);
  EXPECT_EQ(request.messages[0].role, Role::kSystem);
  EXPECT_EQ(request.messages[1].role, Role::kDeveloper);
  EXPECT_EQ(request.messages[1].parts, std::vector{text("d")});
  EXPECT_EQ(request.messages[2].name, "bob");
  EXPECT_EQ(request.messages[3].role, Role::kAssistant);
  EXPECT_EQ(request.dialect, "openai_chat");
}

TEST(DecodeRequest, ReadsContentParts) {
  const llm::Request request = decoded(saying(
      R"({"role":"user","content":[
        {"type":"text","text":"look"},
        {"type":"image_url","image_url":{"url":"https://x/y.png","detail":"low"}},
        {"type":"image_url","image_url":{"url":"data:image/png;base64,aGk="}},
        {"type":"input_audio","input_audio":{"data":"c291bmQ=","format":"wav"}},
        {"type":"file","file":{"file_data":"data:application/pdf;base64,cGRm","filename":"a.pdf"}},
        {"type":"file","file":{"file_id":"file-1"}},
        {"type":"video_url","video_url":{"url":"https://x/y.mp4"}}]})"));
  const auto& parts = request.messages.at(0).parts;
  ASSERT_EQ(parts.size(), 7U);
  EXPECT_EQ(parts[1].as<llm::ImagePart>()->media.url, "https://x/y.png");
  EXPECT_EQ(parts[1].as<llm::ImagePart>()->detail, "low");
  EXPECT_EQ(parts[2].as<llm::ImagePart>()->media.data, "aGk=");
  EXPECT_EQ(parts[2].as<llm::ImagePart>()->media.media_type, "image/png");
  EXPECT_EQ(parts[3].as<llm::AudioPart>()->media.media_type, "audio/wav");
  EXPECT_EQ(parts[4].as<llm::FilePart>()->filename, "a.pdf");
  EXPECT_EQ(parts[4].as<llm::FilePart>()->media.data, "cGRm");
  EXPECT_EQ(parts[5].as<llm::FilePart>()->media.file_id, "file-1");
  EXPECT_EQ(parts[6].as<llm::RawPart>()->type, "video_url");
}

TEST(DecodeRequest, ReadsADataUrlThatIsNotBase64) {
  const llm::Request request = decoded(saying(
      R"({"role":"user","content":[{"type":"image_url","image_url":{"url":"data:image/svg+xml,%3Csvg%3E"}}]})"));
  const llm::Media& media = request.messages[0].parts[0].as<llm::ImagePart>()->media;
  EXPECT_EQ(media.media_type, "image/svg+xml");
  EXPECT_EQ(media.data, "PHN2Zz4=");
}

TEST(DecodeRequest, ReadsToolCallsAndNamesTheirResults) {
  const llm::Request request = decoded(saying(
      R"({"role":"assistant","content":null,"tool_calls":[
           {"id":"c1","type":"function","function":{"name":"f","arguments":"{\"a\":1}"},
            "extra_content":{"google":{"thought_signature":"sig=="}}},
           {"id":"c2","type":"custom","custom":{"name":"g","input":"raw text"}}]},
         {"role":"tool","tool_call_id":"c1","content":"42"},
         {"role":"tool","tool_call_id":"c2","content":[{"type":"text","text":"x"}]})"));
  const auto* call = request.messages[0].parts[0].as<llm::ToolCallPart>();
  ASSERT_NE(call, nullptr);
  EXPECT_EQ(*call, (llm::ToolCallPart{"c1", "f", R"({"a":1})", "sig==", false}));
  EXPECT_TRUE(request.messages[0].parts[1].as<llm::ToolCallPart>()->custom);
  const auto* result = request.messages[1].parts[0].as<llm::ToolResultPart>();
  ASSERT_NE(result, nullptr);
  EXPECT_EQ(result->name, "f");
  EXPECT_EQ(result->parts, std::vector{text("42")});
  EXPECT_EQ(request.messages[2].parts[0].as<llm::ToolResultPart>()->name, "g");
}

TEST(DecodeRequest, ModernisesLegacyFunctions) {
  const llm::Request request = decoded(
      R"({"model":"m","functions":[{"name":"f","parameters":{"type":"object"}}],
          "function_call":{"name":"f"},
          "messages":[{"role":"user","content":"x"},
            {"role":"assistant","content":null,"function_call":{"name":"f","arguments":"{}"}},
            {"role":"function","name":"f","content":"1"},
            {"role":"assistant","content":null,"function_call":{"name":"f","arguments":"{}"}},
            {"role":"function","name":"f","content":"2"}]})");
  EXPECT_EQ(request.tools.at(0).parameters, R"({"type":"object"})");
  EXPECT_EQ(request.tool_choice, (llm::ToolChoice{Mode::kNamed, "f"}));
  const auto id_of = [&](std::size_t message) {
    const Part& part = request.messages[message].parts.at(0);
    const auto* call = part.as<llm::ToolCallPart>();
    return call ? call->id : part.as<llm::ToolResultPart>()->tool_call_id;
  };
  EXPECT_EQ(id_of(1), id_of(2));
  EXPECT_EQ(id_of(3), id_of(4));
  EXPECT_NE(id_of(1), id_of(3));
}

TEST(DecodeRequest, ReadsEveryToolChoice) {
  EXPECT_EQ(decoded(with(R"("tool_choice":"auto")")).tool_choice->mode, Mode::kAuto);
  EXPECT_EQ(decoded(with(R"("tool_choice":"none")")).tool_choice->mode, Mode::kNone);
  EXPECT_EQ(decoded(with(R"("tool_choice":"required")")).tool_choice->mode, Mode::kRequired);
  EXPECT_EQ(decoded(with(R"("tool_choice":"any")")).tool_choice->mode, Mode::kRequired);
  EXPECT_EQ(
      decoded(with(R"("tool_choice":{"type":"function","function":{"name":"f"}})")).tool_choice,
      (llm::ToolChoice{Mode::kNamed, "f"}));
  const llm::Request allowed = decoded(with(
      R"("tool_choice":{"type":"allowed_tools","allowed_tools":{"mode":"required","tools":[]}})"));
  EXPECT_EQ(allowed.tool_choice->mode, Mode::kRequired);
  ASSERT_EQ(allowed.extras.size(), 1U);
  EXPECT_EQ(allowed.extras[0].path, "tool_choice");
}

TEST(DecodeRequest, ReadsTools) {
  const llm::Request request = decoded(with(
      R"("tools":[{"type":"function","function":{"name":"f","description":"d","strict":true,
            "parameters":{"type": "object"}},"cache_control":{"type":"ephemeral","ttl":"1h"}},
          {"type":"custom","custom":{"name":"c","format":{"type":"text"}}},
          {"type":"web_search","size":1}])"));
  ASSERT_EQ(request.tools.size(), 2U);
  EXPECT_EQ(request.tools[0].parameters, R"({"type": "object"})");
  EXPECT_EQ(request.tools[0].strict, true);
  EXPECT_EQ(request.tools[0].cache->ttl, "1h");
  EXPECT_TRUE(request.tools[1].custom);
  EXPECT_EQ(request.tools[1].format, R"({"type":"text"})");
  ASSERT_EQ(request.raw_tools.size(), 1U);
  EXPECT_EQ(request.raw_tools[0].type, "web_search");
  EXPECT_EQ(request.raw_tools[0].json, R"({"type":"web_search","size":1})");
}

TEST(DecodeRequest, ReadsReasoningOptions) {
  EXPECT_EQ(decoded(with(R"("reasoning_effort":"high")")).reasoning->effort, "high");
  // The gateway's own object wins over the word, in either order.
  for (const char* both : {R"("reasoning_effort":"low","reasoning":{"effort":"high"})",
                           R"("reasoning":{"effort":"high"},"reasoning_effort":"low")"}) {
    EXPECT_EQ(decoded(with(both)).reasoning->effort, "high") << both;
  }
  const auto full =
      decoded(with(R"("reasoning":{"max_tokens":2048,"exclude":true,"summary":"auto","x":1})"));
  EXPECT_EQ(full.reasoning->budget_tokens, 2048);
  EXPECT_EQ(full.reasoning->include_thoughts, false);
  EXPECT_EQ(full.reasoning->summary, "auto");
  ASSERT_EQ(full.extras.size(), 1U);
  EXPECT_EQ(full.extras[0].path, "reasoning.x");
  EXPECT_EQ(decoded(with(R"("reasoning":{"enabled":false})")).reasoning->effort, "none");
  EXPECT_TRUE(decoded(with(R"("reasoning":{"enabled":true})")).reasoning.has_value());
}

TEST(DecodeRequest, CountsReasoningInTwoSpellingsOnce) {
  const llm::Request request = decoded(saying(
      R"({"role":"assistant","content":"a","reasoning":"think","reasoning_content":"think",
          "reasoning_details":[
            {"type":"reasoning.text","text":"th","index":0},
            {"type":"reasoning.text","text":"ink","index":0},
            {"type":"reasoning.text","signature":"s==","format":"anthropic-claude-v1","index":0},
            {"type":"reasoning.encrypted","data":"red==","redacted":true,"index":1},
            {"type":"reasoning.encrypted","data":"enc==","format":"openai-responses-v1","index":2},
            {"type":"reasoning.summary","summary":"sum","index":3}]})"));
  using Kind = llm::ReasoningPart::Kind;
  const auto& parts = request.messages[0].parts;
  ASSERT_EQ(parts.size(), 5U);
  const auto& thought = *parts[0].as<llm::ReasoningPart>();
  EXPECT_EQ(thought.text, "think");
  EXPECT_EQ(thought.signature, "s==");
  EXPECT_EQ(thought.format, "anthropic-claude-v1");
  EXPECT_EQ(parts[1].as<llm::ReasoningPart>()->kind, Kind::kRedacted);
  EXPECT_EQ(parts[1].as<llm::ReasoningPart>()->data, "red==");
  EXPECT_EQ(parts[2].as<llm::ReasoningPart>()->kind, Kind::kEncrypted);
  EXPECT_EQ(parts[3].as<llm::ReasoningPart>()->kind, Kind::kSummary);
  EXPECT_EQ(parts[3].as<llm::ReasoningPart>()->text, "sum");
  EXPECT_EQ(parts[4], text("a"));
}

TEST(DecodeRequest, KeepsPlainReasoningBesideEncryptedDetails) {
  const llm::Request request = decoded(saying(
      R"({"role":"assistant","content":"a","reasoning":"plain",
          "reasoning_details":[{"type":"reasoning.encrypted","data":"e","format":"x"}]})"));
  const auto& parts = request.messages[0].parts;
  ASSERT_EQ(parts.size(), 3U);
  EXPECT_EQ(parts[0].as<llm::ReasoningPart>()->text, "plain");
  EXPECT_EQ(parts[1].as<llm::ReasoningPart>()->data, "e");
}

TEST(DecodeRequest, PutsCacheMarkersBehindTheirPart) {
  const llm::Request request = decoded(
      R"({"model":"m","cache_control":{"type":"ephemeral"},"messages":[
          {"role":"user","content":[{"type":"text","text":"a","cache_control":{"type":"ephemeral"}},
                                    {"type":"text","text":"b"}]},
          {"role":"user","content":"c","cache_control":{"type":"ephemeral","ttl":"1h"}}]})");
  EXPECT_TRUE(request.cache.has_value());
  EXPECT_TRUE(request.messages[0].parts[0].cache.has_value());
  EXPECT_FALSE(request.messages[0].parts[1].cache.has_value());
  EXPECT_EQ(request.messages[1].parts[0].cache->ttl, "1h");
}

TEST(DecodeRequest, ReadsTheOtherFields) {
  const llm::Request request = decoded(with(
      R"("stream":true,"stream_options":{"include_usage":true},"max_tokens":5,
         "max_completion_tokens":7,"temperature":0.5,"top_p":1,"top_k":3,"n":2,"seed":9,
         "stop":"END","logprobs":true,"top_logprobs":4,"frequency_penalty":-1,
         "presence_penalty":1.5,"logit_bias":{"50256": -100},"user":"u","metadata":{"k":"v"},
         "service_tier":"flex","verbosity":"low","store":false,"modalities":["text","audio"],
         "audio":{"voice":"alloy"},"prediction":{"type":"content"},"prompt_cache_key":"p",
         "safety_identifier":"s","web_search_options":{},"parallel_tool_calls":false,
         "fallbacks":["openai/a",{"provider":"groq","model":"b"},{"model":"c"}],
         "response_format":{"type":"json_schema","json_schema":{"name":"n","strict":true,
            "schema":{"type":"object"}}})"));
  EXPECT_TRUE(request.stream && request.include_usage);
  EXPECT_EQ(request.max_tokens, 7);
  EXPECT_EQ(request.stop, std::vector<std::string>{"END"});
  EXPECT_EQ(request.logit_bias, R"({"50256": -100})");
  EXPECT_EQ(request.fallbacks, (std::vector<std::string>{"openai/a", "groq/b", "c"}));
  EXPECT_EQ(request.response_format->schema, R"({"type":"object"})");
  EXPECT_EQ(request.response_format->strict, true);
  EXPECT_EQ(request.modalities.size(), 2U);
  EXPECT_EQ(request.store, false);
  EXPECT_EQ(request.top_k, 3);
  EXPECT_TRUE(request.extras.empty());
}

TEST(DecodeRequest, TakesNullForNotGiven) {
  const llm::Request request =
      decoded(with(R"("temperature":null,"stop":null,"tools":null,"tool_choice":null,"stream":null,
              "response_format":null,"reasoning":null,"user":null,"stream_options":null)"));
  EXPECT_FALSE(request.temperature || request.tool_choice || request.response_format);
  EXPECT_FALSE(request.stream);
  EXPECT_TRUE(request.extras.empty());
}

TEST(DecodeRequest, NotesUnknownFieldsWithTheirPath) {
  const llm::Request request = decoded(
      R"({"model":"m","top_a":0.5,"a.b":{"x" : 1},"messages":[
          {"role":"user","content":[{"type":"text","text":"a","prompt_cache_breakpoint":{}}],
           "prefix":true}],
          "tools":[{"type":"function","function":{"name":"f","x":1},"eager":true}],
          "stream_options":{"include_obfuscation":false}})");
  std::vector<std::string> paths;
  paths.reserve(request.extras.size());
  for (const llm::Extra& extra : request.extras) paths.push_back(extra.path);
  EXPECT_EQ(paths, (std::vector<std::string>{
                       "top_a", R"(["a.b"])", "messages[0].content[0].prompt_cache_breakpoint",
                       "messages[0].prefix", "tools[0].function.x", "tools[0].eager",
                       "stream_options.include_obfuscation"}));
  EXPECT_EQ(request.extras[1].json, R"({"x" : 1})");
}

struct Fault {
  std::string body;
  std::string param;
  std::string says;
};

TEST(DecodeRequest, NamesThePlaceAndTheFixOfAFault) {
  const std::vector<Fault> faults = {
      {"[]", "", "must be a JSON object, but is an array"},
      {R"({"messages":[]})", "model", "is required"},
      {R"({"model":"m"})", "messages", "is required"},
      {R"({"model":"m","messages":[]})", "messages", "at least one message"},
      {R"({"model":1,"messages":[]})", "model", "write it in quotes"},
      {R"({"model":"m","messages":{}})", "messages", "but is an object"},
      {saying(R"("hi")"), "messages[0]", "must be an object"},
      {saying(R"({"content":"x"})"), "messages[0].role", "is required"},
      {saying(R"({"role":"bot","content":"x"})"), "messages[0].role", "one of system"},
      {saying(R"({"role":"user"})"), "messages[0].content", "is required"},
      {saying(R"({"role":"user","content":null})"), "messages[0].content", "but is null"},
      {saying(R"({"role":"user","content":5})"), "messages[0].content", "a string or an array"},
      {saying(R"({"role":"user","content":["x"]})"), "messages[0].content[0]", "an object"},
      {saying(R"({"role":"user","content":[{"type":"text"}]})"), "messages[0].content[0].text",
       "is required"},
      {saying(R"({"role":"user","content":"a"},
                 {"role":"user","content":[{"type":"image_url","image_url":{"url":7}}]})"),
       "messages[1].content[0].image_url.url", "must be a string, but is a number"},
      {saying(R"({"role":"user","content":[{"type":"file","file":{}}]})"),
       "messages[0].content[0].file", "file_id"},
      {saying(R"({"role":"tool","content":"x"})"), "messages[0].tool_call_id", "is required"},
      {saying(R"({"role":"assistant","tool_calls":{}})"), "messages[0].tool_calls", "an array"},
      {saying(R"({"role":"assistant","tool_calls":[{"id":"x","type":"function"}]})"),
       "messages[0].tool_calls[0].function", "is required"},
      {saying(R"({"role":"assistant","reasoning_details":[5]})"),
       "messages[0].reasoning_details[0]", "an object"},
      {with(R"("temperature":"0.5")"), "temperature", "write it without quotes"},
      {with(R"("max_tokens":1.5)"), "max_tokens", "whole number"},
      {with(R"("stream":"yes")"), "stream", "true or false"},
      {with(R"("stop":[1])"), "stop[0]", "must be a string"},
      {with(R"("tools":[{"type":"function","function":{}}])"), "tools[0].function.name",
       "is required"},
      {with(R"("tools":[{"type":"function","function":{"name":"f","parameters":"{}"}}])"),
       "tools[0].function.parameters", "must be an object"},
      {with(R"("tool_choice":"maybe")"), "tool_choice", "must be \"auto\""},
      {with(R"("response_format":{"type":"json_schema"})"), "response_format.json_schema",
       "is required"},
      {with(R"("fallbacks":"x")"), "fallbacks", "provider/model"},
      {with(R"("fallbacks":[7])"), "fallbacks[0]", "provider/model"},
      {with(R"("cache_control":true)"), "cache_control", "ephemeral"},
      {with(R"("metadata":[])"), "metadata", "an object"},
  };
  for (const Fault& fault : faults) {
    const auto request = decode(fault.body);
    ASSERT_FALSE(request) << fault.body;
    EXPECT_EQ(request.error().code, ErrorCode::kInvalidRequest);
    EXPECT_EQ(request.error().param, fault.param) << fault.body;
    EXPECT_NE(request.error().message.find(fault.says), std::string::npos)
        << request.error().message;
  }
}

TEST(DecodeRequest, TakesTheModelOfThePath) {
  const std::string body = R"({"messages":[{"role":"user","content":"x"}]})";
  const auto request = dialect().chat->decode_request({.body = body, .path_model = "deployment"});
  ASSERT_TRUE(request);
  EXPECT_EQ(request->model, "deployment");
}

TEST(DecodeRequest, SurvivesEveryPrefix) {
  const std::string body =
      R"({"model":"m","messages":[{"role":"user","content":[{"type":"text","text":"a"}]}],"n":1})";
  for (std::size_t size = 0; size < body.size(); ++size) EXPECT_FALSE(decode(body.substr(0, size)));
}

}  // namespace
}  // namespace bifrost::dialect::openai_chat
