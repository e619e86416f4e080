// GET /api/models/parameters: which parameters a model takes.
#include "tests/integration/management_fixture.h"

namespace bifrost::test {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

class ModelParametersTest : public ManagementTest {
 protected:
  void SetUp() override {
    start({.providers = {{},
                         {.name = "anthropic", .url = "${second_url}"},
                         {.name = "gemini", .url = "${second_url}"}}});
  }
  Response ask_for(std::string_view query) {
    return call("GET", "/api/models/parameters?" + std::string(query));
  }
  // What is said of one that is taken; empty: it is not.
  static std::string taken(const Response& sheet, std::string_view id) {
    const auto document = json::Document::parse(sheet.body);
    if (!document) return {};
    for (const json::Value one : document->root()["model_parameters"].children()) {
      if (one["id"].equals(id)) return std::string(one.raw());
    }
    return {};
  }
};

TEST_F(ModelParametersTest, TellsWhatAPlainModelTakesAndHowMuch) {
  const Response sheet = ask_for("model=gpt-4o");
  ASSERT_EQ(sheet.status, 200) << sheet.body;
  EXPECT_EQ(part(sheet.body, {"provider"}), R"("openai")");
  EXPECT_EQ(part(sheet.body, {"context_length"}), "128000");
  EXPECT_EQ(taken(sheet, "max_tokens"),
            R"({"id":"max_tokens","type":"integer","range":{"min":1,"max":16384}})");
  EXPECT_EQ(taken(sheet, "temperature"),
            R"({"id":"temperature","type":"number","range":{"min":0,"max":2}})");
  EXPECT_EQ(taken(sheet, "seed"), R"({"id":"seed","type":"integer"})") << "no range is published";
  EXPECT_EQ(part(sheet.body, {"refused_parameters"}), R"(["reasoning_effort"])");
  EXPECT_EQ(part(sheet.body, {"left_out"}), "[]");
  EXPECT_EQ(part(sheet.body, {"supports_reasoning"}), "false");
  EXPECT_EQ(part(sheet.body, {"supports_function_calling"}), "true");
}

TEST_F(ModelParametersTest, TellsWhatAReasoningModelRefuses) {
  const Response sheet = ask_for("model=o3-mini&provider=openai");
  EXPECT_THAT(part(sheet.body, {"refused_parameters"}),
              AllOf(HasSubstr("temperature"), HasSubstr("logit_bias"),
                    HasSubstr("parallel_tool_calls"), Not(HasSubstr("stop"))));
  EXPECT_EQ(taken(sheet, "temperature"), "");
  EXPECT_EQ(part(sheet.body, {"supports_reasoning"}), "true");
}

TEST_F(ModelParametersTest, TellsWhatDoesNotGoTogether) {
  const Response sheet = ask_for("model=gpt-5.2");
  EXPECT_THAT(taken(sheet, "temperature"), HasSubstr(R"("not_with":["reasoning_effort"])"));
  const Response claude = ask_for("model=anthropic/claude-haiku-4-5");
  EXPECT_THAT(taken(claude, "top_p"),
              HasSubstr(R"("not_with":["reasoning_effort","temperature"])"));
}

TEST_F(ModelParametersTest, TellsWhatHasNoCounterpartInTheFormatOfTheProvider) {
  const Response claude = ask_for("model=claude-haiku-4-5");
  EXPECT_EQ(part(claude.body, {"dialect"}), R"("anthropic")");
  EXPECT_THAT(part(claude.body, {"left_out"}),
              AllOf(HasSubstr("presence_penalty"), HasSubstr("logit_bias"), HasSubstr("seed")));
  EXPECT_THAT(taken(claude, "temperature"), HasSubstr(R"("range":{"min":0,"max":1})"));
  EXPECT_NE(taken(claude, "top_k"), "");
  EXPECT_EQ(part(ask_for("model=gemini-2.5-flash").body, {"provider"}), R"("gemini")");
}

TEST_F(ModelParametersTest, SaysWhatItDoesNotKnow) {
  EXPECT_EQ(ask_for("").status, 400);
  EXPECT_THAT(ask_for("").body, HasSubstr("model: required"));
  EXPECT_EQ(ask_for("model=gpt-4o&provider=groq").status, 400);
  EXPECT_THAT(ask_for("model=gpt-4o&provider=groq").body, HasSubstr("there are openai"));
  EXPECT_EQ(ask_for("model=no-such-model").status, 404);
  EXPECT_EQ(ask_for("model=openai/claude-haiku-4-5").status, 404);
  EXPECT_EQ(ask_for("model=openai/gpt-4o&provider=anthropic").status, 404);
  EXPECT_EQ(provider.request_count(), 0U);
}

}  // namespace
}  // namespace bifrost::test
