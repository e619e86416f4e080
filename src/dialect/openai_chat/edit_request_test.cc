#include "dialect/chat_codec.h"
#include "dialect/openai_chat/dialect.h"
#include "json/document.h"

#include <gtest/gtest.h>

#include <array>
#include <string>

namespace bifrost::dialect::openai_chat {
namespace {

constexpr Flavor kPlain{};

Result<EditedRequest> try_edit(std::string body, const Flavor& flavor, std::string_view model,
                               std::string_view path_model = {}) {
  json::reserve_padding(body);
  json::Scanner scanner;
  const RequestInput input{.body = body, .path_model = path_model};
  auto facts = dialect().chat->peek(input, scanner);
  if (!facts) return std::move(facts).error();
  return dialect().chat->edit_request(input, *facts, {model, flavor});
}

// The edited body, or the body itself when nothing had to change.
std::string edit(const std::string& body, const Flavor& flavor = kPlain,
                 std::string_view model = "m") {
  auto edited = try_edit(body, flavor, model);
  EXPECT_TRUE(edited) << edited.error().message;
  const std::string out = edited->body.value_or(body);
  EXPECT_TRUE(json::Document::parse(out)) << out;
  return out;
}

TEST(EditRequest, ChangesNothingWithoutNeed) {
  const auto edited = try_edit(R"({ "model" : "m" , "messages":[ ], "odd": 1.0 })", kPlain, "m");
  ASSERT_TRUE(edited);
  EXPECT_FALSE(edited->body.has_value());
}

TEST(EditRequest, PatchesTheModelAndKeepsEveryOtherByte) {
  EXPECT_EQ(edit("{ \"messages\" : [ {\"a\":1.0} ],\n  \"model\":\"openai/gpt-4o\", \"x\" : 1e3 }",
                 kPlain, "gpt-4o"),
            "{ \"messages\" : [ {\"a\":1.0} ],\n  \"model\":\"gpt-4o\", \"x\" : 1e3 }");
}

TEST(EditRequest, AddsTheModelOfThePath) {
  const auto edited = try_edit(R"({"messages":[]})", kPlain, "d", "deployment");
  ASSERT_TRUE(edited && edited->body);
  EXPECT_EQ(*edited->body, R"({"model":"d","messages":[]})");
  const auto nothing_left = try_edit(R"({"fallbacks":[]})", kPlain, "d", "deployment");
  ASSERT_TRUE(nothing_left && nothing_left->body);
  EXPECT_EQ(*nothing_left->body, R"({"model":"d"})");
}

TEST(EditRequest, SwitchesThinkingOffForAForcedTool) {
  constexpr Flavor kThinks{.forced_tool_ends_thinking = true};
  EXPECT_EQ(edit(R"({"model":"m","tool_choice":"required","reasoning_effort":"high"})", kThinks),
            R"({"thinking":{"type":"disabled"},"model":"m","tool_choice":"required"})");
  EXPECT_EQ(edit(R"({"thinking":{"type":"enabled"},"model":"m",)"
                 R"("tool_choice":{"type":"function","function":{"name":"f"}}})",
                 kThinks),
            R"({"thinking":{"type":"disabled"},"model":"m",)"
            R"("tool_choice":{"type":"function","function":{"name":"f"}}})");
  const std::string free = R"({"model":"m","tool_choice":"auto","reasoning_effort":"high"})";
  EXPECT_EQ(edit(free, kThinks), free);
  const std::string forced = R"({"model":"m","tool_choice":"required"})";
  EXPECT_EQ(edit(forced), forced);
}

TEST(EditRequest, AsksForUsageOnStreams) {
  EXPECT_EQ(edit(R"({"model":"m","stream":true})"),
            R"({"stream_options":{"include_usage":true},"model":"m","stream":true})");
  EXPECT_EQ(edit(R"({"model":"m","stream":true,"stream_options":{"x":1}})"),
            R"({"model":"m","stream":true,"stream_options":{"include_usage":true,"x":1}})");
  EXPECT_EQ(edit(R"({"model":"m","stream":true,"stream_options":{ }})"),
            R"({"model":"m","stream":true,"stream_options":{"include_usage":true }})");
  EXPECT_EQ(edit(R"({"model":"m","stream":true,"stream_options":null})"),
            R"({"model":"m","stream":true,"stream_options":{"include_usage":true}})");
  EXPECT_EQ(edit(R"({"model":"m","stream":true,"stream_options":{"include_usage" : false}})"),
            R"({"model":"m","stream":true,"stream_options":{"include_usage" : true}})");
  for (const char* as_it_is :
       {R"({"model":"m","stream":false})",
        R"({"model":"m","stream":true,"stream_options":{"include_usage":true}})"}) {
    EXPECT_EQ(edit(as_it_is), as_it_is);
  }
  constexpr Flavor kRefuses{.injects_usage_option = false};
  const std::string stream = R"({"model":"m","stream":true})";
  EXPECT_EQ(edit(stream, kRefuses), stream);
}

TEST(EditRequest, RemovesFallbacksWhereverTheyStand) {
  EXPECT_EQ(edit(R"({"fallbacks":["a/b"],"model":"m"})"), R"({"model":"m"})");
  EXPECT_EQ(edit(R"({"model":"m","fallbacks":["a/b"]})"), R"({"model":"m"})");
  EXPECT_EQ(edit(R"({"model":"m","fallbacks":[],"n":1})"), R"({"model":"m","n":1})");
  EXPECT_EQ(edit(R"({"fallbacks":[],"stream":true,"model":"m"})"),
            R"({"stream_options":{"include_usage":true},"stream":true,"model":"m"})");
}

TEST(EditRequest, RemovesAndRenamesFields) {
  static constexpr std::array<std::string_view, 2> kRemoved{"store", "fallbacks"};
  static constexpr std::array<std::pair<std::string_view, std::string_view>, 1> kRenamed{
      {{"max_completion_tokens", "max_tokens"}}};
  constexpr Flavor kOther{.removed_fields = kRemoved, .renamed_fields = kRenamed};
  EXPECT_EQ(edit(R"({"store":true,"fallbacks":[],"model":"m","max_completion_tokens":4})", kOther),
            R"({"model":"m","max_tokens":4})");
  // The endpoint's own name wins when both are given.
  EXPECT_EQ(edit(R"({"model":"m","max_completion_tokens":40,"max_tokens":30})", kOther),
            R"({"model":"m","max_tokens":30})");
}

TEST(EditRequest, RemovesCacheMarkersButNotPropertiesOfThatName) {
  const std::string body =
      R"({"model":"m","cache_control":{"type":"ephemeral"},"messages":[{"role":"user","cache_control":{},"content":[{"type":"text","text":"say \"cache_control\"","cache_control":{"type":"ephemeral"}}]}],"tools":[{"cache_control":{},"type":"function","function":{"name":"f","parameters":{"properties":{"cache_control":{}}}}}],"metadata":{"cache_control":"x"}})";
  EXPECT_EQ(
      edit(body),
      R"({"model":"m","messages":[{"role":"user","content":[{"type":"text","text":"say \"cache_control\""}]}],"tools":[{"type":"function","function":{"name":"f","parameters":{"properties":{"cache_control":{}}}}}],"metadata":{"cache_control":"x"}})");
  constexpr Flavor kKeeps{.keeps_cache_control = true};
  EXPECT_EQ(edit(body, kKeeps), body);
}

TEST(EditRequest, RemovesACacheMarkerWhoseKeyIsEscaped) {
  const std::string escaped =
      R"({"model":"m","messages":[{"role":"user","content":[{"text":"\"cache_control\"","cache_control":1,"cache\u005fcontrol":{}}]}]})";
  EXPECT_EQ(
      edit(escaped),
      R"({"model":"m","messages":[{"role":"user","content":[{"text":"\"cache_control\""}]}]})");
}

TEST(EditRequest, TurnsDeveloperIntoSystem) {
  const std::string body =
      R"({"model":"m","messages":[{"role":"developer","content":"the \"developer\" role"}]})";
  EXPECT_EQ(edit(body),
            R"({"model":"m","messages":[{"role":"system","content":"the \"developer\" role"}]})");
  constexpr Flavor kKnows{.developer_role = true};
  EXPECT_EQ(edit(body, kKnows), body);
}

TEST(EditRequest, ObeysTheWordsOfTheEndpoint) {
  constexpr Flavor kOther{.named_tool_choice = false,
                          .required_choice = "any",
                          .minimal_effort = "low",
                          .user_bytes_max = 4};
  EXPECT_EQ(edit(R"({"model":"m","tool_choice":"required","reasoning_effort":"minimal"})", kOther),
            R"({"model":"m","tool_choice":"any","reasoning_effort":"low"})");
  EXPECT_EQ(edit(R"({"model":"m","tool_choice":{"type":"function"},"user":"abcde"})", kOther),
            R"({"model":"m","tool_choice":"any"})");
  EXPECT_EQ(edit(R"({"model":"m","tool_choice":"auto","user":"abcd"})", kOther),
            R"({"model":"m","tool_choice":"auto","user":"abcd"})");
}

TEST(EditRequest, TurnsTheReasoningObjectIntoItsWord) {
  EXPECT_EQ(edit(R"({"model":"m","reasoning":{"effort":"high"}})"),
            R"({"model":"m","reasoning_effort":"high"})");
  EXPECT_EQ(edit(R"({"model":"m","reasoning":{"max_tokens":1024}})"),
            R"({"model":"m","reasoning_effort":"low"})");
  EXPECT_EQ(edit(R"({"model":"m","reasoning":{"enabled":true}})"), R"({"model":"m"})");
  EXPECT_EQ(edit(R"({"model":"m","reasoning":{"effort":"high"},"reasoning_effort":"low"})"),
            R"({"model":"m","reasoning_effort":"low"})");
  constexpr Flavor kObject{.minimal_effort = "low", .reasoning_object = true};
  EXPECT_EQ(edit(R"({"model":"m","reasoning":{"x":1,"effort" : "minimal"}})", kObject),
            R"({"model":"m","reasoning":{"x":1,"effort" : "low"}})");
}

TEST(EditRequest, SurvivesOddBodies) {
  for (const char* odd :
       {R"({"model":"m","stream":true,"stream_options":7})",
        R"({"model":"m","messages":7,"tools":"developer","x":"cache_control"})",
        R"({"model":"m","messages":[7,{"content":[7,[{"cache_control":1}]],"cache_control":2}]})",
        R"({"model":"m","messages":["developer"],"role":"developer"})",
        R"({"model":"m","messages":{"cache_control":{"cache_control":{}}}})"}) {
    EXPECT_TRUE(try_edit(odd, kPlain, "other")) << odd;
  }
  EXPECT_FALSE(try_edit(R"({"model":"m","messages":[{"role":"developer",}]})", kPlain, "m"));
}

TEST(Peek, ReadsOnlyWhatRoutingNeeds) {
  std::string body =
      R"({"messages":[{"model":"not this"}],"model":"open\u0061i/x","stream":true,
          "stream_options":{"include_usage": true},"fallbacks":["a/b",{"provider":"c","model":"d"}]})";
  json::reserve_padding(body);
  json::Scanner scanner;
  const auto facts = dialect().chat->peek({.body = body}, scanner);
  ASSERT_TRUE(facts) << facts.error().message;
  EXPECT_EQ(facts->model, "openai/x");
  EXPECT_TRUE(facts->stream);
  EXPECT_TRUE(facts->include_usage);
  EXPECT_EQ(facts->fallbacks, (std::vector<std::string>{"a/b", "c/d"}));
  EXPECT_EQ(facts->members.size(), 5U);
}

TEST(Peek, NamesWhatIsWrong) {
  const auto param = [](std::string body) {
    json::reserve_padding(body);
    json::Scanner scanner;
    const auto facts = dialect().chat->peek({.body = body}, scanner);
    EXPECT_FALSE(facts) << body;
    return facts ? "none" : facts.error().param;
  };
  EXPECT_EQ(param("{}"), "model");
  EXPECT_EQ(param(R"({"model":""})"), "model");
  EXPECT_EQ(param(R"({"model":7})"), "model");
  EXPECT_EQ(param(R"({"model":"m","stream":"yes"})"), "stream");
  EXPECT_EQ(param(R"({"model":"m","fallbacks":[1]})"), "fallbacks[0]");
  EXPECT_EQ(param("nonsense"), "");
}

// -- what the model refuses

EditedRequest without_refused(std::string body, std::string_view model,
                              const Flavor& flavor = kPlain) {
  json::reserve_padding(body);
  json::Scanner scanner;
  const RequestInput input{.body = body};
  auto facts = dialect().chat->peek(input, scanner);
  EXPECT_TRUE(facts);
  auto edited = dialect().chat->edit_request(input, *facts, {model, flavor, /*drop_refused=*/true});
  EXPECT_TRUE(edited) << edited.error().message;
  return *std::move(edited);
}

TEST(EditRequest, CutsOutWhatTheModelRefusesAndNamesIt) {
  const auto edited = without_refused(
      R"({ "temperature" : 0.2,"model":"o3","stop":["a"] , "seed":1, "parallel_tool_calls":true})",
      "o3");
  EXPECT_EQ(edited.body, R"({ "model":"o3", "seed":1})");
  EXPECT_EQ(edited.refused,
            (std::vector<std::string>{"temperature", "stop", "parallel_tool_calls"}));
}

TEST(EditRequest, LeavesWhatTheModelTakes) {
  const auto edited =
      without_refused(R"({"model":"gpt-4o","temperature":0.2,"stop":["a"],"top_p":1})", "gpt-4o");
  EXPECT_EQ(edited.body, std::nullopt);
  EXPECT_TRUE(edited.refused.empty());
  // Null asks for nothing.
  EXPECT_EQ(without_refused(R"({"model":"o3","temperature":null})", "o3").body, std::nullopt);
}

TEST(EditRequest, PassesWhatIsRefusedUnlessToldOtherwise) {
  const std::string body = R"({"model":"o3","temperature":0.2,"reasoning_effort":"low"})";
  EXPECT_EQ(edit(body, kPlain, "o3"), body);
}

TEST(EditRequest, DropsAnEffortInEitherForm) {
  const auto word = without_refused(R"({"model":"x","reasoning_effort":"minimal"})", "gpt-4.1");
  EXPECT_EQ(word.body, R"({"model":"gpt-4.1"})");
  EXPECT_EQ(word.refused, std::vector<std::string>{"reasoning_effort"});
  const auto object = without_refused(R"({"reasoning":{"effort":"low"},"model":"x"})", "gpt-4o");
  EXPECT_EQ(object.body, R"({"model":"gpt-4o"})");
  EXPECT_EQ(object.refused, std::vector<std::string>{"reasoning"});
}

TEST(EditRequest, TakesAnEmptyListOfToolsForNone) {
  const auto refused = [](std::string_view tools) {
    return without_refused(R"({"model":"m","temperature":1,"reasoning_effort":"low","tools":)" +
                               std::string(tools) + "}",
                           "gpt-5.4")
        .refused;
  };
  const std::vector<std::string> temperature{"temperature"};
  EXPECT_EQ(refused("[]"), temperature) << "it thinks";
  EXPECT_EQ(refused("[ \n]"), temperature);
  EXPECT_EQ(refused("null"), temperature);
  EXPECT_EQ(refused(R"([{"type":"function"}])"), std::vector<std::string>{"reasoning_effort"})
      << "without an effort it does not, and takes a temperature";
}

TEST(EditRequest, SeesWhetherTheModelThinks) {
  const auto dropped = [](std::string_view asked, std::string_view model) {
    return !without_refused(R"({"model":"m","top_p":0.5)" + std::string(asked) + "}", model)
                .refused.empty();
  };
  constexpr std::string_view kNone = R"(,"reasoning_effort":"none")";
  constexpr std::string_view kLow = R"(,"reasoning":{"effort":"low"})";
  constexpr std::string_view kBudget = R"(,"reasoning":{"max_tokens":2000})";
  EXPECT_FALSE(dropped("", "gpt-5.2"));
  EXPECT_TRUE(dropped(kLow, "gpt-5.2"));
  EXPECT_TRUE(dropped(kBudget, "gpt-5.2"));
  EXPECT_TRUE(dropped("", "gpt-5.6"));
  EXPECT_FALSE(dropped(kNone, "gpt-5.6"));
  EXPECT_FALSE(dropped(R"(,"reasoning":{"effort":"none"})", "gpt-5.6"));
  EXPECT_FALSE(dropped(R"(,"reasoning":{"enabled":true})", "gpt-5.2"));
  EXPECT_TRUE(dropped(kNone, "gpt-5"));
}

TEST(EditRequest, DropsBesideItsOtherEdits) {
  static constexpr std::array<std::string_view, 1> kRemoved = {"stop"};
  constexpr Flavor kOther{.removed_fields = kRemoved};
  const auto edited = without_refused(
      R"({"stop":["a"],"fallbacks":[],"model":"x","stream":true,"temperature":1})", "o3", kOther);
  EXPECT_EQ(edited.body, R"({"stream_options":{"include_usage":true},"model":"o3","stream":true})");
  const auto all = without_refused(R"({"temperature":1,"model":"o3","top_p":1})", "o3");
  EXPECT_EQ(all.body, R"({"model":"o3"})");
}

}  // namespace
}  // namespace bifrost::dialect::openai_chat
