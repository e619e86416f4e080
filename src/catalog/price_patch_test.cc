#include "catalog/price_patch.h"

#include "catalog/catalog.h"
#include "catalog/price_fields.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <initializer_list>
#include <string_view>
#include <utility>

namespace bifrost::catalog {
namespace {

using ::testing::HasSubstr;

constexpr std::int64_t kDollar = 1'000'000'000;

using Fields = std::initializer_list<std::pair<std::string_view, std::string_view>>;

PricePatch patch_of(Fields fields) {
  PricePatch patch;
  for (const auto& [name, dollars] : fields) {
    EXPECT_TRUE(is_price_field(name)) << name;
    const auto done = set_price(patch, name, dollars, Rounding::kNone);
    EXPECT_TRUE(done) << name << " " << done.error().message;
  }
  return patch;
}

std::string fault_of(std::string_view name, std::string_view dollars) {
  PricePatch patch;
  const auto done = set_price(patch, name, dollars, Rounding::kNone);
  return done ? "" : done.error().message;
}

// Each class, by hand: a tenth of each published price of claude-sonnet-4-5.
TEST(PricePatch, PricesEveryClassOfTokens) {
  const Price price = price_of(patch_of({{"input_cost_per_token", "3e-07"},
                                         {"output_cost_per_token", "0.0000015"},
                                         {"cache_read_input_token_cost", "3e-08"},
                                         {"cache_creation_input_token_cost", "3.75e-07"},
                                         {"cache_creation_input_token_cost_above_1hr", "6e-07"},
                                         {"output_cost_per_reasoning_token", "2e-06"},
                                         {"input_cost_per_audio_token", "4e-06"},
                                         {"output_cost_per_audio_token", "8e-06"},
                                         {"input_cost_per_image_token", "5e-06"},
                                         {"output_cost_per_image_token", "3e-05"},
                                         {"search_context_cost_per_query", "0.01"}}));
  const auto cost_of = [&](llm::Usage usage) { return cost(price, usage); };
  EXPECT_EQ(cost_of({.input = 1'000}), 300'000);
  EXPECT_EQ(cost_of({.output = 1'000}), 1'500'000);
  EXPECT_EQ(cost_of({.cache_read = 1'000}), 30'000);
  EXPECT_EQ(cost_of({.cache_write = 1'000}), 375'000);
  EXPECT_EQ(cost_of({.cache_write = 1'000, .cache_write_1h = 400}), 600 * 375 + 400 * 600);
  EXPECT_EQ(cost_of({.reasoning = 1'000}), 2'000'000);
  EXPECT_EQ(cost_of({.input_audio = 1'000}), 4'000'000);
  EXPECT_EQ(cost_of({.output_audio = 1'000}), 8'000'000);
  EXPECT_EQ(cost_of({.input_image = 1'000}), 5'000'000);
  EXPECT_EQ(cost_of({.output_image = 1'000}), 30'000'000);
  EXPECT_EQ(cost_of({.web_searches = 3}), 30'000'000);
}

TEST(PricePatch, LeavesWhatItDoesNotName) {
  const Model* sonnet = Catalog::built_in().find("anthropic", "claude-sonnet-4-5");
  ASSERT_NE(sonnet, nullptr);
  const Price price = patched(sonnet->price, patch_of({{"output_cost_per_token", "1e-05"}}));
  EXPECT_EQ(price.tokens.input, 3 * kDollar);
  EXPECT_EQ(price.tokens.output, 10 * kDollar);
  EXPECT_EQ(price.tokens.reasoning, 10 * kDollar) << "as its side";
  EXPECT_EQ(price.tokens.cache_read, 300'000'000) << "a price of its own";
  EXPECT_EQ(price.web_search, sonnet->price.web_search);
}

TEST(PricePatch, KnowsOneLengthOfLongCalls) {
  const PricePatch with_tier =
      patch_of({{"input_cost_per_token", "1e-06"},
                {"output_cost_per_token", "2e-06"},
                {"input_cost_per_token_above_200k_tokens", "3e-06"},
                {"cache_read_input_token_cost_above_200k_tokens", "1e-07"}});
  const Price price = price_of(with_tier);
  EXPECT_EQ(cost(price, {.input = 200'000}), 200'000'000);
  EXPECT_EQ(cost(price, {.input = 200'001, .output = 1}), 600'003'000 + 2'000);
  EXPECT_EQ(cost(price, {.cache_read = 300'000}), 30'000'000);
  EXPECT_EQ(cost(price, {.cache_write = 300'000}), 900'000'000) << "as the input of its length";

  // Long calls keep their price where only that of others is named, and go where another is.
  const Price cheap = patched(price, patch_of({{"input_cost_per_token", "5e-07"}}));
  EXPECT_EQ(cost(cheap, {.input = 200'001}), 600'003'000);
  const Price further =
      patched(price, patch_of({{"input_cost_per_token_above_272k_tokens", "4e-06"}}));
  EXPECT_EQ(cost(further, {.input = 272'000}), 272'000'000);
  EXPECT_EQ(cost(further, {.input = 272'001}), 1'088'004'000);
  const Price same =
      patched(price, patch_of({{"output_cost_per_token_above_200k_tokens", "9e-06"}}));
  EXPECT_EQ(cost(same, {.input = 200'001, .output = 1}), 600'003'000 + 9'000);

  PricePatch two = with_tier;
  const auto second =
      set_price(two, "output_cost_per_token_above_272k_tokens", "1e-06", Rounding::kNone);
  ASSERT_FALSE(second);
  EXPECT_THAT(second.error().message,
              HasSubstr("above 272000 tokens, and another one is above 200000"));
}

TEST(PricePatch, RefusesWhatNobodyCanMean) {
  EXPECT_THAT(fault_of("input_cost_per_token", "2.5"), HasSubstr("from 0 to 0.01"));
  EXPECT_THAT(fault_of("input_cost_per_token", "-1e-06"), HasSubstr("from 0 to 0.01"));
  EXPECT_THAT(fault_of("input_cost_per_token", "1e-16"), HasSubstr("finer"));
  EXPECT_THAT(fault_of("search_context_cost_per_query", "101"), HasSubstr("from 0 to 100"));
  EXPECT_EQ(fault_of("input_cost_per_token", "0.01"), "");
  EXPECT_EQ(fault_of("input_cost_per_token", "0"), "");
  for (const std::string_view other :
       {"input_cost_per_token_priority", "input_cost_per_second",
        "input_cost_per_token_above_k_tokens", "input_cost_per_token_above_0k_tokens",
        "INPUT_COST_PER_TOKEN", "provider", ""}) {
    EXPECT_FALSE(is_price_field(other)) << other;
  }
  PricePatch patch;
  ASSERT_TRUE(
      set_price(patch, "input_cost_per_token", "1.5000000000000002e-07", Rounding::kNearest));
  EXPECT_EQ(patch.tokens.input, 150'000'000);
}

}  // namespace
}  // namespace bifrost::catalog
