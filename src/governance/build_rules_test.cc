#include "governance/build_rules.h"

#include <gtest/gtest.h>

#include <array>
#include <chrono>
#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace bifrost::governance {
namespace {

using std::chrono::hours;
using std::chrono::seconds;

const WallTime kNow{seconds(1'700'000'000)};

BudgetSettings budget(double dollars, std::string period, std::string id = {}) {
  BudgetSettings out;
  out.id = std::move(id);
  out.max_limit = dollars;
  out.reset_duration = std::move(period);
  return out;
}

VirtualKeySettings key(std::string id) {
  VirtualKeySettings out;
  out.id = id;
  out.name = id + "-name";
  out.value = config::Secret("sk-bf-" + id);
  return out;
}

struct BuildRules : testing::Test {
  // Of one key, by the words of its limits: owner and amount.
  std::vector<std::string> limits_of(std::string_view credential) {
    const Directory directory = build_rules(settings, book, kNow).directory;
    const Principal* principal = directory.find(credential);
    EXPECT_NE(principal, nullptr);
    return principal == nullptr ? std::vector<std::string>() : words(principal->limits);
  }
  static std::vector<std::string> words(Limits limits) {
    std::vector<std::string> out;
    for (const auto& limit : limits) {
      out.push_back(limit->terms().owner + ": " + std::to_string(limit->state(kNow).amount));
    }
    return out;
  }

  GovernanceSettings settings;
  LimitBook book;
};

TEST_F(BuildRules, PutsAKeyUnderTheLimitsOfItsTeamAndCustomer) {
  settings.rate_limits.push_back({.id = "r",
                                  .token_max_limit = 1'000,
                                  .token_reset_duration = "1h",
                                  .request_max_limit = 10,
                                  .request_reset_duration = "1m",
                                  .concurrent_max_limit = 3});
  settings.customers.push_back({.id = "c", .name = "ACME", .budgets = {budget(100, "1M")}});
  settings.teams.push_back({.id = "t", .name = "red", .customer_id = "c", .budget_id = "b"});
  settings.budgets.push_back(budget(20, "1w", "b"));
  settings.budgets.push_back(budget(0.5, "1d", "own"));
  settings.budgets.edit_back().virtual_key_id = "k";
  settings.virtual_keys.push_back(key("k"));
  settings.virtual_keys.edit_back().team_id = "t";
  settings.virtual_keys.edit_back().rate_limit_id = "r";

  EXPECT_EQ(limits_of("sk-bf-k"),
            (std::vector<std::string>{"virtual key k-name: 3", "virtual key k-name: 10",
                                      "virtual key k-name: 1000", "virtual key k-name: 500000000",
                                      "team red: 20000000000", "customer ACME: 100000000000"}));
  const Directory directory = build_rules(settings, book, kNow).directory;
  EXPECT_EQ(directory.find("sk-bf-k")->customer->name, "ACME");
  EXPECT_EQ(directory.find("sk-bf-k")->team->id, "t");
}

TEST_F(BuildRules, KeepsUseFromOneConfigurationToTheNext) {
  settings.virtual_keys.push_back(key("k"));
  settings.virtual_keys.edit_back().budgets = {budget(1, "1d")};
  const Directory before = build_rules(settings, book, kNow).directory;
  const auto& limit = before.find("sk-bf-k")->limits.front();
  const auto taken = limit->take(400'000'000, kNow);
  ASSERT_TRUE(taken);

  settings.virtual_keys.edit_back().budgets.front().max_limit = 2;
  settings.virtual_keys.edit_back().value = config::Secret("sk-bf-other");
  const Directory after = build_rules(settings, book, kNow).directory;
  EXPECT_EQ(after.find("sk-bf-k"), nullptr);
  limit->settle(*taken, 300'000'000);
  const Limit::State state = after.find("sk-bf-other")->limits.front()->state(kNow);
  EXPECT_EQ(state.used, 300'000'000);
  EXPECT_EQ(state.amount, 2'000'000'000);
}

TEST_F(BuildRules, ForgetsLimitsThatNobodyHasOnceTheyAreOver) {
  settings.virtual_keys.push_back(key("k"));
  settings.virtual_keys.edit_back().budgets = {budget(1, "1d")};
  {
    const Directory before = build_rules(settings, book, kNow).directory;
    ASSERT_TRUE(before.find("sk-bf-k")->limits.front()->take(1, kNow));
  }
  settings.virtual_keys.clear();
  EXPECT_EQ(build_rules(settings, book, kNow).directory.size(), 0U);
  EXPECT_EQ(book.size(), 1U) << "it may come back, and something was used";
  EXPECT_EQ(build_rules(settings, book, kNow + hours(24)).directory.size(), 0U);
  EXPECT_EQ(book.size(), 0U);
}

TEST_F(BuildRules, GrantsWhatProviderConfigsSay) {
  settings.rate_limits.push_back(
      {.id = "r", .request_max_limit = 5, .request_reset_duration = "1m"});
  VirtualKeySettings& k = settings.virtual_keys.emplace_back(key("k"));
  ProviderConfigSettings& openai = k.provider_configs.emplace_back();
  openai.id = 7;
  openai.provider = "openai";
  openai.allowed_models = {"gpt-4o"};
  openai.key_ids = {"*"};
  openai.rate_limit_id = "r";
  ProviderConfigSettings& other = k.provider_configs.emplace_back();
  other.provider = "anthropic";
  other.key_ids = {"key-1"};
  settings.budgets.push_back(budget(3, "1d", "b"));
  settings.budgets.edit_back().provider_config_id = 7;

  const Directory directory = build_rules(settings, book, kNow).directory;
  const Principal& principal = *directory.find("sk-bf-k");
  EXPECT_FALSE(principal.access.all_providers);
  EXPECT_EQ(principal.access.find("openai")->key_ids, std::nullopt);
  EXPECT_TRUE(principal.access.find("anthropic")->models.empty());
  EXPECT_EQ(principal.access.find("anthropic")->key_ids, std::vector<std::string>{"key-1"});
  EXPECT_EQ(words(principal.limits_at("openai")),
            (std::vector<std::string>{"virtual key k-name at provider openai: 5",
                                      "virtual key k-name at provider openai: 3000000000"}));
  EXPECT_TRUE(principal.limits_at("anthropic").empty());
}

// Several windows of one unit, each an entry of its own.
TEST_F(BuildRules, CountAMetricInSeveralWindows) {
  settings.rate_limits = {
      {.id = "minute", .metric = RateMetric::kRequests, .max_limit = 5, .reset_duration = "1m"},
      {.id = "day", .metric = RateMetric::kRequests, .max_limit = 500, .reset_duration = "1d"},
      {.id = "tokens", .metric = RateMetric::kTokens, .max_limit = 9'000, .reset_duration = "1d"}};
  settings.model_configs = {
      {.id = "m", .model_name = "*", .rate_limit_ids = {"minute", "day", "tokens"}}};
  const Rules rules = build_rules(settings, book, kNow);
  std::array<Limits, ModelLimits::kListsMax> lists;
  ASSERT_EQ(rules.models.find({.key = {}, .provider = "p", .model = "m"}, lists), 1U);
  EXPECT_EQ(words(lists.front()),
            (std::vector<std::string>{"all models: 5", "all models: 500", "all models: 9000"}));
  EXPECT_EQ(lists.front()[1]->unit(), Unit::kRequests);
  EXPECT_EQ(lists.front()[2]->unit(), Unit::kTokens);
  EXPECT_EQ(lists.front()[1]->terms().period, Period::parse("1d"));
}

TEST_F(BuildRules, LimitModelsAndProvidersForEverybodyAndForOneKey) {
  settings.rate_limits.push_back(
      {.id = "r", .request_max_limit = 5, .request_reset_duration = "1m"});
  settings.budgets.push_back(budget(3, "1d", "b"));
  settings.budgets.edit_back().model_config_id = "all";
  settings.model_configs = {
      {.id = "all", .model_name = "*"},
      {.id = "one", .model_name = "gpt-4o", .provider = "openai", .rate_limit_ids = {"r"}},
      {.id = "own",
       .model_name = "gpt-4o",
       .scope = ModelScope::kVirtualKey,
       .scope_id = "k",
       .budget_ids = {"b2"}}};
  settings.budgets.push_back(budget(4, "1d", "b2"));
  settings.budgets.push_back(budget(7, "1d", "b3"));
  settings.providers = {{.name = "openai", .budget_id = "b3"}};
  const Rules rules = build_rules(settings, book, kNow);
  const auto found = [&](const ModelLimits::Place& place) {
    std::array<Limits, ModelLimits::kListsMax> lists;
    std::vector<std::string> out;
    const std::size_t count = rules.models.find(place, lists);
    for (const Limits limits : std::span(lists).first(count)) {
      for (std::string& each : words(limits)) out.push_back(std::move(each));
    }
    return out;
  };
  EXPECT_EQ(found({.key = "k", .provider = "openai", .model = "gpt-4o"}),
            (std::vector<std::string>{"model gpt-4o at provider openai: 5",
                                      "provider openai: 7000000000", "all models: 3000000000",
                                      "model gpt-4o of virtual key k: 4000000000"}));
  EXPECT_EQ(found({.key = "other", .provider = "groq", .model = "x"}),
            std::vector<std::string>{"all models: 3000000000"});
}

}  // namespace
}  // namespace bifrost::governance
