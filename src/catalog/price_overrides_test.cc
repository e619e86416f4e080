#include "catalog/price_overrides.h"

#include "catalog/facts.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <string_view>

namespace bifrost::catalog {
namespace {

constexpr llm::RequestTypes kChats{{.operation = llm::Operation::kChat}};

class PriceOverridesTest : public testing::Test {
 protected:
  // A rule that is known again by its price.
  void add(PriceScope scope, std::string_view pattern, std::int64_t price,
           llm::RequestTypes types = kChats) {
    const bool prefix = pattern.ends_with('*');
    if (prefix) pattern.remove_suffix(1);
    overrides_.add(std::move(scope), {.pattern = std::string(pattern),
                                      .prefix = prefix,
                                      .types = types,
                                      .patch = {.tokens = {.input = price}}});
  }
  // The price of the rule that wins; 0: none does.
  [[nodiscard]] std::int64_t won(const PriceQuestion& question) const {
    const PricePatch* patch = overrides_.find(question);
    return patch == nullptr ? 0 : patch->tokens.input.value_or(0);
  }

  PriceOverrides overrides_;
};

TEST_F(PriceOverridesTest, TheMostSpecificScopeWins) {
  add({}, "*", 1);
  add({.provider = "openai"}, "*", 2);
  add({.provider_key = "k1"}, "*", 3);
  add({.virtual_key = "vk"}, "*", 4);
  add({.virtual_key = "vk", .provider = "openai"}, "*", 5);
  add({.virtual_key = "vk", .provider = "openai", .provider_key = "k1"}, "*", 6);
  const auto ask = [&](std::string_view caller, std::string_view provider, std::string_view key) {
    return won({.virtual_key = caller,
                .provider = provider,
                .provider_key = {key, "its name"},
                .model = {"m", "m"}});
  };
  EXPECT_EQ(ask("vk", "openai", "k1"), 6);
  EXPECT_EQ(ask("vk", "openai", "k2"), 5);
  EXPECT_EQ(ask("vk", "openai", ""), 5) << "no key is chosen yet";
  EXPECT_EQ(ask("vk", "azure", "k1"), 4);
  EXPECT_EQ(ask("other", "openai", "k1"), 3);
  EXPECT_EQ(ask("", "azure", "k1"), 3);
  EXPECT_EQ(ask("", "openai", "k2"), 2);
  EXPECT_EQ(ask("", "azure", ""), 1);
}

TEST_F(PriceOverridesTest, TheModelItselfWinsThenTheLongestBeginning) {
  add({}, "gpt-*", 1);
  add({}, "gpt-4o*", 3);
  add({}, "gpt-4*", 2);
  add({}, "gpt-4o", 4);
  const auto ask = [&](std::string_view model) {
    return won({.provider = "openai", .provider_key = {}, .model = {model, model}});
  };
  EXPECT_EQ(ask("gpt-4o"), 4);
  EXPECT_EQ(ask("gpt-4o-mini"), 3);
  EXPECT_EQ(ask("gpt-4.1"), 2);
  EXPECT_EQ(ask("gpt-5"), 1);
  EXPECT_EQ(ask("o3"), 0);
  // A scope that knows nothing of the model gives way.
  add({.provider = "openai"}, "o3", 5);
  EXPECT_EQ(ask("o3"), 5);
  EXPECT_EQ(ask("gpt-5"), 1);
}

TEST_F(PriceOverridesTest, AreOfTheRequestsThatTheyName) {
  add({}, "m*", 1, {{.operation = llm::Operation::kEmbedding}});
  add({}, "m", 2, {{.operation = llm::Operation::kResponses}});
  const auto ask = [&](llm::Operation operation) {
    return won({.model = {"m", "m"}, .operation = operation});
  };
  EXPECT_EQ(ask(llm::Operation::kEmbedding), 1);
  EXPECT_EQ(ask(llm::Operation::kResponses), 2);
  EXPECT_EQ(ask(llm::Operation::kChat), 0);
}

TEST_F(PriceOverridesTest, FindAModelByEitherOfItsNames) {
  add({}, "meta/llama", 1);
  add({}, "lla*", 2);
  EXPECT_EQ(won({.model = {"llama", "meta/llama"}}), 1);
  EXPECT_EQ(won({.model = {"llama", "llama"}}), 2);
}

TEST(Facts, OfAModelThatIsNotListedArePricedByAWholePriceOnly) {
  const Model listed{.price = {.tokens = {.input = 7, .output = 7}}, .output_tokens_max = 5};
  const PricePatch half{.tokens = {.input = 1}};
  const PricePatch whole{.tokens = {.input = 1, .output = 2}};
  EXPECT_EQ(Facts().price(), nullptr);
  EXPECT_EQ(Facts(&listed, nullptr).price(), &listed.price) << "no copy";
  EXPECT_EQ(Facts(nullptr, &half).price(), nullptr);
  EXPECT_EQ(Facts(nullptr, &whole).price()->tokens.output, 2);
  EXPECT_EQ(Facts(&listed, &half).price()->tokens.input, 1);
  EXPECT_EQ(Facts(&listed, &half).price()->tokens.output, 7);
  EXPECT_EQ(Facts(&listed, &half).output_tokens_max(), 5);
}

}  // namespace
}  // namespace bifrost::catalog
