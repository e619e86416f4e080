#include "dialect/anthropic/functions.h"

#include <gtest/gtest.h>

#include <array>

namespace bifrost::dialect::anthropic {
namespace {

struct Looked {
  std::string body;
  json::Scanner scanner;
  Result<RequestFacts> facts;

  explicit Looked(std::string text) : body(std::move(text)) {
    json::reserve_padding(body);
    facts = peek({.body = body}, scanner);
  }
  std::string edit(std::string_view model, const Flavor& flavor = {}) {
    const auto edited = edit_request({.body = body}, *facts, {.model = model, .flavor = flavor});
    return edited && *edited ? **edited : "unchanged";
  }
};

TEST(AnthropicPeek, ReadsWhatRoutingNeeds) {
  const Looked looked(
      R"({"messages":[{"model":"no"}],"model":"anthropic\/x","stream":true,"fallbacks":["a/b","c"]})");
  ASSERT_TRUE(looked.facts);
  EXPECT_EQ(looked.facts->model, "anthropic/x");
  EXPECT_TRUE(looked.facts->stream);
  EXPECT_EQ(looked.facts->fallbacks, (std::vector<std::string>{"a/b", "c"}));
}

TEST(AnthropicPeek, DemandsAModel) {
  EXPECT_EQ(Looked(R"({"messages":[]})").facts.error().param, "model");
  EXPECT_EQ(Looked(R"({"model":5})").facts.error().param, "model");
  EXPECT_FALSE(Looked("nonsense").facts);
  EXPECT_FALSE(Looked("").facts);
}

TEST(AnthropicEdit, LeavesARequestThatNeedsNothing) {
  EXPECT_EQ(Looked(R"({"model":"x", "max_tokens": 5})").edit("x"), "unchanged");
}

TEST(AnthropicEdit, SplicesTheModelAndRemovesFallbacks) {
  Looked looked(R"({ "fallbacks":["a"], "model" : "anthropic/x" ,"messages":[ 1.0 ] })");
  EXPECT_EQ(looked.edit("x\"y"), R"({  "model" : "x\"y" ,"messages":[ 1.0 ] })");
}

TEST(AnthropicEdit, SwitchesThinkingOffForAForcedTool) {
  constexpr Flavor kThinks{.forced_tool_ends_thinking = true};
  EXPECT_EQ(
      Looked(R"({"model":"x","tool_choice":{"type":"tool","name":"f"}})").edit("x", kThinks),
      R"({"thinking":{"type":"disabled"},"model":"x","tool_choice":{"type":"tool","name":"f"}})");
  EXPECT_EQ(Looked(R"({"model":"x","thinking":{"type":"adaptive"},"tool_choice":{"type":"any"}})")
                .edit("x", kThinks),
            R"({"model":"x","thinking":{"type":"disabled"},"tool_choice":{"type":"any"}})");
  EXPECT_EQ(Looked(R"({"model":"x","tool_choice":{"type":"auto"}})").edit("x", kThinks),
            "unchanged");
  EXPECT_EQ(Looked(R"({"model":"x","tool_choice":{"type":"any"}})").edit("x"), "unchanged");
}

TEST(AnthropicEdit, LeavesTheApisOwnFallbacks) {
  EXPECT_EQ(Looked(R"({"model":"x","fallbacks":"default"})").edit("x"), "unchanged");
  EXPECT_EQ(Looked(R"({"model":"x","fallbacks":null})").edit("x"), R"({"model":"x"})");
}

TEST(AnthropicEdit, ObeysTheFlavorOfAnEndpoint) {
  static constexpr std::array<std::string_view, 1> kRemoved = {"top_k"};
  static constexpr std::array<std::pair<std::string_view, std::string_view>, 1> kRenamed = {
      {{"stop_sequences", "stop"}}};
  Looked looked(R"({"model":"x","top_k":1,"stop_sequences":[],"max_tokens":5})");
  EXPECT_EQ(looked.edit("x", {.removed_fields = kRemoved, .renamed_fields = kRenamed}),
            R"({"model":"x","stop":[],"max_tokens":5})");
}

}  // namespace
}  // namespace bifrost::dialect::anthropic
