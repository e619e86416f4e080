#include "dialect/anthropic/functions.h"

#include <gtest/gtest.h>

#include <array>
#include <ostream>
#include <string>
#include <vector>

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
    return edited && edited->body ? *edited->body : "unchanged";
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

// -- what the model refuses

struct RefusedCase {
  std::string_view model;
  std::string_view members;  // of the body behind its model
  std::string_view left;
  std::vector<std::string> refused;
};

void PrintTo(const RefusedCase& value, std::ostream* out) {
  *out << value.model << ": " << value.members;
}

class AnthropicRefusedTest : public testing::TestWithParam<RefusedCase> {};

TEST_P(AnthropicRefusedTest, IsCutOutAndNamed) {
  const RefusedCase& c = GetParam();
  const auto body_with = [&](std::string_view members) {
    return "{\"model\":\"" + std::string(c.model) + "\"" + std::string(members) + "}";
  };
  Looked looked(body_with(c.members));
  const Flavor plain;
  EncodeOptions options{.model = c.model, .flavor = plain, .drop_refused = true};
  const auto edited = edit_request({.body = looked.body}, *looked.facts, options);
  ASSERT_TRUE(edited);
  EXPECT_EQ(edited->body.value_or(looked.body), body_with(c.left));
  EXPECT_EQ(edited->refused, c.refused);
  options.drop_refused = false;
  EXPECT_EQ(edit_request({.body = looked.body}, *looked.facts, options)->body, std::nullopt);
}

INSTANTIATE_TEST_SUITE_P(
    Models, AnthropicRefusedTest,
    testing::Values(
        RefusedCase{"claude-opus-4-7",
                    R"(,"temperature":1,"stop_sequences":["a"],"top_k":5)",
                    R"(,"stop_sequences":["a"])",
                    {"temperature", "top_k"}},
        RefusedCase{"claude-sonnet-4-5",
                    R"(,"temperature":0.5,"top_k":5)",
                    R"(,"temperature":0.5,"top_k":5)",
                    {}},
        RefusedCase{"claude-sonnet-4-5",
                    R"(,"temperature":0.5,"top_p":0.99)",
                    R"(,"temperature":0.5)",
                    {"top_p"}},
        RefusedCase{"claude-sonnet-4-5",
                    R"(,"temperature":null,"top_p":0.9)",
                    R"(,"temperature":null,"top_p":0.9)",
                    {}},
        RefusedCase{"claude-3-7-sonnet-latest",
                    R"(,"thinking":{"type":"enabled","budget_tokens":2000},"temperature":0.5)",
                    R"(,"thinking":{"type":"enabled","budget_tokens":2000})",
                    {"temperature"}},
        RefusedCase{"claude-3-7-sonnet-latest",
                    R"(,"thinking":{"type":"enabled"},"temperature":1.0,"top_p":0.95,"top_k":4)",
                    R"(,"thinking":{"type":"enabled"},"temperature":1.0,"top_p":0.95)",
                    {"top_k"}},
        RefusedCase{
            "claude-3-5-haiku-latest", R"(,"thinking":{"type":"adaptive"})", "", {"thinking"}},
        RefusedCase{"claude-3-5-haiku-latest",
                    R"(,"thinking":{"type":"disabled"})",
                    R"(,"thinking":{"type":"disabled"})",
                    {}},
        RefusedCase{"claude-sonnet-4-5",
                    R"(,"output_config":{"effort":"low","format":{}})",
                    R"(,"output_config":{"format":{}})",
                    {"output_config.effort"}},
        RefusedCase{"claude-opus-4-5",
                    R"(,"output_config":{"effort":"low"})",
                    R"(,"output_config":{"effort":"low"})",
                    {}},
        RefusedCase{"MiniMax-M2",
                    R"(,"thinking":{"type":"enabled"},"temperature":0.5,"top_p":0.1)",
                    R"(,"thinking":{"type":"enabled"},"temperature":0.5,"top_p":0.1)",
                    {}}));

}  // namespace
}  // namespace bifrost::dialect::anthropic
