#include "catalog/catalog.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <limits>
#include <string>
#include <string_view>

namespace bifrost::catalog {
namespace {

constexpr std::int64_t kDollar = 1'000'000'000;

TEST(Catalog, KnowsTheModelsOfItsSheet) {
  const Catalog& catalog = Catalog::built_in();
  EXPECT_GT(catalog.size(), 500U);
  const Model* sonnet = catalog.find("anthropic", "claude-sonnet-4-5");
  ASSERT_NE(sonnet, nullptr);
  EXPECT_EQ(sonnet->price.tokens.input, 3 * kDollar);
  EXPECT_EQ(sonnet->price.tokens.output, 15 * kDollar);
  EXPECT_EQ(sonnet->price.tokens.reasoning, 15 * kDollar);
  EXPECT_EQ(sonnet->price.tokens.cache_write_1h, 6 * kDollar);
  EXPECT_EQ(sonnet->output_tokens_max, 64'000);
  for (const std::string_view model : {"chat", "reasoner"}) {
    EXPECT_NE(catalog.find("demo", model), nullptr) << "budgets are tried with it";
  }
}

TEST(Catalog, FindsAVersionByTheNameWithoutItsDate) {
  const Catalog& catalog = Catalog::built_in();
  const Model* plain = catalog.find("openai", "gpt-4o-mini");
  ASSERT_NE(plain, nullptr);
  EXPECT_EQ(catalog.find("openai", "gpt-4o-mini-2031-02-03"), plain);
  EXPECT_EQ(catalog.find("openai", "gpt-4o-mini-20310203"), plain);
  for (const std::string_view other : {"gpt-4o-mini-", "gpt-4o-mini-2031-02-0", "-20310203", "",
                                       "gpt-4o-mini-2031x02-03", "gpt-nothing"}) {
    EXPECT_EQ(catalog.find("openai", other), nullptr) << other;
  }
  EXPECT_EQ(catalog.find("nobody", "gpt-4o-mini"), nullptr);
}

Result<Catalog> sheet(std::string_view line) {
  return Catalog::parse("# a remark\nprovider\tmodel\tinput\toutput\ttier\ttier_input\n" +
                        std::string(line) + "\n");
}

TEST(Catalog, ReadsDollarsExactly) {
  const auto catalog = sheet("p\tm\t0.075\t1234567.123456789");
  ASSERT_TRUE(catalog);
  const TokenPrices& tokens = catalog->find("p", "m")->price.tokens;
  EXPECT_EQ(tokens.input, 75'000'000);
  EXPECT_EQ(tokens.output, 1'234'567'123'456'789);
  EXPECT_EQ(tokens.cache_read, 75'000'000) << "as the input";
}

TEST(Catalog, NamesTheLineThatItCannotRead) {
  for (const std::string_view line :
       {"p\tm\t-1", "p\tm\t1e3", "p\tm\t1.2.3", "p\tm\t.5", "p\tm\t12345678", "p\tm\t0.0000000001",
        "p", "\tm\t1", "p\tm\t1\t2\tmany"}) {
    const auto catalog = sheet(line);
    ASSERT_FALSE(catalog) << line;
    EXPECT_TRUE(catalog.error().message.starts_with("line 3 of the price sheet")) << line;
  }
}

// Hand-checked against the public price lists.
TEST(Cost, AddsUpEveryClassOnce) {
  const Model* sonnet = Catalog::built_in().find("anthropic", "claude-sonnet-4-5");
  ASSERT_NE(sonnet, nullptr);
  const llm::Usage usage{.input = 1'000,
                         .cache_read = 10'000,
                         .cache_write = 3'000,
                         .cache_write_1h = 1'000,
                         .output = 200,
                         .reasoning = 300,
                         .web_searches = 2};
  // 1000 x 3 + 10000 x 0.30 + 2000 x 3.75 + 1000 x 6 + 500 x 15 = 27,000 millionths of a dollar,
  // and two searches at a cent.
  EXPECT_EQ(cost(sonnet->price, usage), 27'000'000 + 20'000'000);
}

TEST(Cost, OfALongInputIsThatOfItsTier) {
  const auto catalog = sheet("p\tm\t1\t10\t200000\t2");
  ASSERT_TRUE(catalog);
  const Price& price = catalog->find("p", "m")->price;
  EXPECT_EQ(cost(price, {.input = 200'000, .output = 1}), 200'010'000);
  EXPECT_EQ(cost(price, {.input = 200'001, .output = 1}), 400'012'000);
  EXPECT_EQ(cost(price, {.input = 100'000, .cache_read = 100'001}), 400'002'000);
}

TEST(Cost, RoundsOnceToTheNearestNanoDollar) {
  const Price price{.tokens = {.input = 400'000, .output = 400'000}};
  EXPECT_EQ(cost(price, {.input = 1}), 0);
  EXPECT_EQ(cost(price, {.input = 1, .output = 1}), 1);
}

TEST(Cost, StaysInItsRangeWhateverTheUsageSays) {
  constexpr auto kMost = std::numeric_limits<std::int64_t>::max();
  const Price price{.tokens = {.input = kMost, .output = kMost}};
  EXPECT_EQ(cost(price, {.input = kMost, .output = kMost}), 9'000'000 * kDollar);
  EXPECT_EQ(cost(price, {.input = -5, .output = -kMost}), 0);
}

}  // namespace
}  // namespace bifrost::catalog
