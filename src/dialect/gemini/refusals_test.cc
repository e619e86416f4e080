#include "dialect/gemini/refusals.h"

#include "dialect/chat_codec.h"
#include "dialect/gemini/dialect.h"

#include <gtest/gtest.h>

#include <ostream>
#include <string>
#include <vector>

namespace bifrost::dialect::gemini {
namespace {

using enum Parameter;

TEST(GeminiRefusals, AreThoseOfTheFamily) {
  constexpr Asked kTools{.tools = true};
  constexpr Parameters kPenalties = {kPresencePenalty, kFrequencyPenalty};
  EXPECT_EQ(refusals("gemini-2.0-flash").of({}), Parameters{kReasoning});
  EXPECT_EQ(refusals("gemini-2.0-flash").of(kTools), (Parameters{kReasoning, kResponseFormat}));
  constexpr Parameters kOf25 = kPenalties | Parameters{kThinkingLevel};
  EXPECT_EQ(refusals("gemini-2.5-pro").of({}), kOf25);
  EXPECT_EQ(refusals("models/gemini-2.5-flash").of(kTools), kOf25 | Parameters{kResponseFormat});
  EXPECT_EQ(refusals("gemini-2.5-flash-image").of({}), kOf25 | Parameters{kReasoning});
  EXPECT_EQ(refusals("gemini-3.1-pro-preview").of(kTools), kPenalties);
  EXPECT_EQ(refusals("gemma-3-27b-it").of({}), (Parameters{kReasoning, kResponseFormat}));
  EXPECT_EQ(refusals("my-tuned-model").of(kTools), Parameters{});
}

struct RefusedCase {
  std::string_view model;
  std::string_view body;
  std::string_view left;
  std::vector<std::string> refused;
};

void PrintTo(const RefusedCase& value, std::ostream* out) {
  *out << value.model << ": " << value.body;
}

class GeminiRefusedTest : public testing::TestWithParam<RefusedCase> {};

TEST_P(GeminiRefusedTest, IsCutOutAndNamed) {
  const RefusedCase& c = GetParam();
  std::string body(c.body);
  json::reserve_padding(body);
  json::Scanner scanner;
  const RequestInput input{.body = body, .path_model = c.model};
  const auto facts = dialect().chat->peek(input, scanner);
  ASSERT_TRUE(facts);
  const Flavor plain;
  EncodeOptions options{.model = c.model, .flavor = plain, .drop_refused = true};
  const auto edited = dialect().chat->edit_request(input, *facts, options);
  ASSERT_TRUE(edited);
  EXPECT_EQ(edited->body.value_or(body), c.left);
  EXPECT_EQ(edited->refused, c.refused);
  options.drop_refused = false;
  EXPECT_EQ(dialect().chat->edit_request(input, *facts, options)->body, std::nullopt);
}

constexpr std::string_view kTaken = R"({"generationConfig":{"temperature":0.1,"topK":3}})";

INSTANTIATE_TEST_SUITE_P(
    Models, GeminiRefusedTest,
    testing::Values(
        RefusedCase{"gemini-2.5-flash", kTaken, kTaken, {}},
        RefusedCase{"gemini-2.5-flash",
                    R"({"generationConfig":{"presencePenalty": 0.5 , "topK":3},"labels":{}})",
                    R"({"generationConfig":{ "topK":3},"labels":{}})",
                    {"generationConfig.presencePenalty"}},
        RefusedCase{"gemini-3-pro-preview",
                    R"({"generation_config":{"frequency_penalty":1}})",
                    R"({"generation_config":{}})",
                    {"generation_config.frequency_penalty"}},
        RefusedCase{"gemini-2.0-flash",
                    R"({"tools":[{}],"generationConfig":{"responseMimeType":"application/json",)"
                    R"("seed":1,"responseSchema":{"type":"OBJECT"}}})",
                    R"({"tools":[{}],"generationConfig":{"seed":1}})",
                    {"generationConfig.responseMimeType", "generationConfig.responseSchema"}},
        RefusedCase{"gemini-2.0-flash",
                    R"({"tools":[{}],"generationConfig":{"responseMimeType":"text/plain"}})",
                    R"({"tools":[{}],"generationConfig":{"responseMimeType":"text/plain"}})",
                    {}},
        RefusedCase{"gemini-2.0-flash",
                    R"({"tools":[ ],"generationConfig":{"responseMimeType":"application/json"}})",
                    R"({"tools":[ ],"generationConfig":{"responseMimeType":"application/json"}})",
                    {}},
        RefusedCase{"gemini-2.0-flash",
                    R"({"generationConfig":{"thinkingConfig":{"thinkingBudget":5}}})",
                    R"({"generationConfig":{}})",
                    {"generationConfig.thinkingConfig"}},
        RefusedCase{"gemini-2.5-flash",
                    R"({"generationConfig":{"thinking_config":{"includeThoughts":true,)"
                    R"("thinkingLevel":"LOW"},"topK":3}})",
                    R"({"generationConfig":{"thinking_config":{"includeThoughts":true},"topK":3}})",
                    {"generationConfig.thinking_config.thinkingLevel"}},
        RefusedCase{
            "gemini-2.5-flash", R"({"generationConfig":[1]})", R"({"generationConfig":[1]})", {}}));

}  // namespace
}  // namespace bifrost::dialect::gemini
