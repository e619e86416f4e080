#include "catalog/datasheet.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <string_view>

namespace bifrost::catalog {
namespace {

using ::testing::HasSubstr;

constexpr std::string_view kSheet = R"({
  "sample_spec": {"litellm_provider": "one of these", "mode": "chat", "input_cost_per_token": 0.0},
  "gpt-new": {"litellm_provider": "openai", "mode": "chat", "input_cost_per_token": 1.5000000000000002e-07,
    "output_cost_per_token": 6e-07, "cache_read_input_token_cost": null, "max_tokens": 9,
    "max_input_tokens": 128000, "max_output_tokens": 16384, "supports_vision": true},
  "vertex_ai/gemini-x": {"litellm_provider": "vertex_ai", "input_cost_per_token": 1e-06,
    "input_cost_per_token_above_200k_tokens": 2e-06, "input_cost_per_token_above_128k_tokens": 3e-06,
    "output_cost_per_token": 4e-06, "output_cost_per_token_above_200k_tokens": 9e-06},
  "sonar": {"provider": "perplexity", "mode": "chat", "input_cost_per_token": 1e-06,
    "output_cost_per_token": 1e-06, "search_context_cost_per_query": {"search_context_size_low": 0.005,
    "search_context_size_medium": 0.008, "search_context_size_high": 0.012}},
  "dall-e": {"litellm_provider": "openai", "mode": "image_generation", "output_cost_per_image": 0.04},
  "absurd": {"litellm_provider": "openai", "input_cost_per_token": 3, "output_cost_per_token": 1e-06},
  "odd": 7
})";

TEST(Datasheet, IsReadAsItIsPublished) {
  const auto sheet = read_datasheet(kSheet, Catalog::built_in());
  ASSERT_TRUE(sheet) << sheet.error().message;
  EXPECT_EQ(sheet->models, 3U);
  EXPECT_EQ(sheet->skipped, 1U);
  EXPECT_THAT(sheet->skipped_why, HasSubstr("\"absurd\": input_cost_per_token is 3"));

  const Model* gpt = sheet->catalog.find("openai", "gpt-new-2031-01-31");
  ASSERT_NE(gpt, nullptr);
  EXPECT_EQ(gpt->price.tokens.input, 150'000'000);
  EXPECT_EQ(gpt->price.tokens.cache_read, 150'000'000) << "as the input";
  EXPECT_EQ(gpt->price.tokens.output, 600'000'000);
  EXPECT_EQ(gpt->context_tokens, 128'000);
  EXPECT_EQ(gpt->output_tokens_max, 16'384);

  const Model* gemini = sheet->catalog.find("vertex", "gemini-x");
  ASSERT_NE(gemini, nullptr);
  EXPECT_EQ(cost(gemini->price, {.input = 128'001, .output = 1}), 384'003'000 + 4'000)
      << "of two lengths the first";

  EXPECT_EQ(sheet->catalog.find("perplexity", "sonar")->price.web_search, 8'000'000);
  EXPECT_EQ(sheet->catalog.find("openai", "dall-e"), nullptr);
  EXPECT_EQ(sheet->catalog.find("openai", "absurd"), nullptr);
}

TEST(Datasheet, GoesBeforeWhatComesWithTheProgram) {
  const Catalog& base = Catalog::built_in();
  const auto sheet = read_datasheet(
      R"({"gpt-4o": {"litellm_provider": "openai", "input_cost_per_token": 1e-09}})", base);
  ASSERT_TRUE(sheet);
  EXPECT_EQ(sheet->catalog.find("openai", "gpt-4o")->price.tokens.input, 1'000'000);
  EXPECT_EQ(sheet->catalog.find("demo", "chat")->price, base.find("demo", "chat")->price);
  EXPECT_EQ(sheet->catalog.size(), base.size());
  EXPECT_NE(base.find("openai", "gpt-4o")->price.tokens.input, 1'000'000);
}

TEST(Datasheet, WithoutOneGoodLineIsNone) {
  const auto fault_of = [](std::string_view text) {
    const auto sheet = read_datasheet(text, Catalog());
    return sheet ? std::string() : sheet.error().message;
  };
  EXPECT_THAT(fault_of("<html>"), HasSubstr("no JSON"));
  EXPECT_THAT(fault_of("[]"), HasSubstr("no JSON of an object"));
  EXPECT_THAT(fault_of("{}"), HasSubstr("no model with a provider"));
  EXPECT_THAT(fault_of(R"({"m": {"input_cost_per_token": 1e-06}})"), HasSubstr("no model"));
  EXPECT_THAT(fault_of(R"({"m": {"provider": "p", "input_cost_per_token": -1}})"),
              HasSubstr("\"m\": input_cost_per_token is -1"));
}

}  // namespace
}  // namespace bifrost::catalog
