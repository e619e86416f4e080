// Rules that share what did not change say the same as rules that are made anew.
#include "base/random.h"
#include "governance/build_rules.h"
#include "governance/directory.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace bifrost::governance {
namespace {

const WallTime kNow{std::chrono::seconds(1'700'000'000)};

std::string text(std::string_view kind, std::size_t number) {
  return std::string(kind) + std::to_string(number);
}

BudgetSettings budget(double dollars) { return {.max_limit = dollars, .reset_duration = "1d"}; }

VirtualKeySettings key(const std::string& id) {
  VirtualKeySettings out;
  out.id = id;
  out.name = id + "-name";
  out.value = config::Secret("sk-bf-" + id);
  return out;
}

// What the rules say of a value, for people.
std::string told(const Directory& directory, std::string_view value) {
  const Principal* principal = directory.find(value);
  if (principal == nullptr) return "unknown";
  std::string out = principal->id + " " + principal->name + (principal->active ? "" : " off");
  if (principal->known_until) out += " formerly";
  if (principal->team) out += " team " + principal->team->name;
  if (principal->customer) out += " customer " + principal->customer->name;
  const auto add = [&](Limits limits) {
    for (const auto& limit : limits) {
      out += "; " + limit->terms().owner + ": " + std::to_string(limit->state(kNow).amount);
    }
  };
  add(principal->limits);
  for (const auto& at : principal->at_providers) {
    out += "; at " + at.provider;
    add(at.limits);
  }
  return out;
}

// Values that a key has or had.
std::vector<std::string> values_of(const GovernanceSettings& settings) {
  std::vector<std::string> out;
  for (const VirtualKeySettings& key : settings.virtual_keys) {
    out.emplace_back(key.value.reveal());
    for (const auto& former : key.former_values) out.emplace_back(former.value.reveal());
  }
  return out;
}

class Changes {
 public:
  explicit Changes(std::uint64_t seed) : random_(seed) {
    for (std::size_t i = 0; i < 3; ++i) {
      settings.rate_limits.push_back(
          {.id = text("r", i), .request_max_limit = 10, .request_reset_duration = "1m"});
    }
    settings.customers.push_back({.id = "c0", .name = "c0", .budgets = {budget(1)}});
    settings.teams.push_back({.id = "t0", .name = "t0", .customer_id = "c0"});
    for (std::size_t i = 0; i < 8; ++i) settings.virtual_keys.push_back(key(text("k", made_++)));
  }

  // Its name, for the test's messages.
  std::string change() {
    constexpr std::size_t kKinds = 12;
    auto& keys = settings.virtual_keys;
    const std::size_t kind = below(kKinds);
    if (keys.empty() || kind == 0) {
      keys.push_back(key(text("k", made_++)));
      return "a key more";
    }
    const std::size_t at = below(keys.size());
    switch (kind) {
      case 1:
        keys.erase(keys.begin() + static_cast<std::ptrdiff_t>(at));
        return "a key less";
      case 2:
        keys.edit(at).is_active = !keys[at].is_active;
        return "on or off";
      case 3:
        keys.edit(at).budgets = {budget(static_cast<double>(below(9)))};
        return "another budget";
      case 4:
        keys.edit(at).rate_limit_id = below(4) == 0 ? std::string() : rate_id();
        return "another rate limit";
      case 5:
        keys.edit(at).team_id = below(2) == 0 ? "t0" : "";
        return "another team";
      case 6:
        rotate(keys.edit(at));
        return "another value";
      case 7:
        settings.rate_limits.edit(below(settings.rate_limits.size())).concurrent_max_limit =
            below(9);
        return "another limit of a rate";
      case 8:
        settings.teams.edit(0).rate_limit_id = below(2) == 0 ? std::string() : rate_id();
        return "another rate limit of the team";
      case 9:
        settings.budgets.emplace_back(budget(2)).id = text("b", made_++);
        settings.budgets.edit_back().virtual_key_id = keys[at].id;
        return "a budget that names the key";
      case 10:
        keys.edit(at).provider_configs = {{.provider = "openai", .rate_limit_id = rate_id()}};
        return "a provider config";
      default:
        put_model();
        return "a rate limit of a model";
    }
  }

  GovernanceSettings settings;

 private:
  std::size_t below(std::size_t end) { return random_.next() % end; }
  std::string rate_id() { return settings.rate_limits[below(settings.rate_limits.size())].id; }
  void rotate(VirtualKeySettings& key) {
    key.former_values = {{.value = key.value, .valid_until = "2030-01-01T00:00:00Z"}};
    key.value = config::Secret(text("sk-bf-again", made_++));
  }
  void put_model() {
    settings.model_configs.clear();
    if (below(2) == 0) return;
    settings.model_configs.push_back({.id = "m", .model_name = "*", .rate_limit_id = rate_id()});
  }

  Random random_;
  std::size_t made_ = 0;
};

TEST(RulesBuilder, SayTheSameAsRulesThatAreMadeAnew) {
  for (std::uint64_t seed = 1; seed <= 15; ++seed) {
    Changes changes(seed);
    LimitBook book;
    RulesBuilder builder(book);
    std::vector<std::string> values = values_of(changes.settings);
    for (int step = 0; step < 60; ++step) {
      const std::string change = changes.change();
      const Rules shared = builder.build(changes.settings, kNow);
      LimitBook another;
      const Rules anew = build_rules(changes.settings, another, kNow);
      for (std::string& value : values_of(changes.settings)) values.push_back(std::move(value));
      std::ranges::sort(values);
      const auto again = std::ranges::unique(values);
      values.erase(again.begin(), again.end());
      ASSERT_EQ(shared.directory.size(), anew.directory.size()) << change;
      for (const std::string& value : values) {
        ASSERT_EQ(told(shared.directory, value), told(anew.directory, value))
            << "seed " << seed << ", step " << step << ": " << change << ", of " << value;
      }
    }
  }
}

TEST(RulesBuilder, SharesTheKeysThatDidNotChange) {
  GovernanceSettings settings;
  for (std::size_t i = 0; i < 200; ++i) {
    settings.virtual_keys.push_back(key(text("k", i)));
    settings.virtual_keys.edit_back().rate_limit_id = text("r", i);
    settings.rate_limits.push_back({.id = text("r", i), .concurrent_max_limit = 1});
  }
  LimitBook book;
  RulesBuilder builder(book);
  const Directory before = builder.build(settings, kNow).directory;
  settings.virtual_keys.edit(7).is_active = false;
  settings.rate_limits.edit(9).concurrent_max_limit = 2;
  const Directory after = builder.build(settings, kNow).directory;

  std::vector<std::size_t> others;
  for (std::size_t i = 0; i < 200; ++i) {
    const std::string value = text("sk-bf-k", i);
    if (before.find(value) != after.find(value)) others.push_back(i);
  }
  EXPECT_EQ(others, (std::vector<std::size_t>{7, 9}));
}

// One that was prepared, and not stored: limits have its terms until the one before is made again.
TEST(RulesBuilder, GoesBackToTheSettingsBefore) {
  GovernanceSettings settings;
  settings.virtual_keys.push_back(key("k"));
  settings.virtual_keys.edit_back().budgets = {budget(1)};
  GovernanceSettings other = settings;
  other.virtual_keys.edit(0).budgets = {budget(5)};
  LimitBook book;
  RulesBuilder builder(book);
  const Rules first = builder.build(settings, kNow);
  EXPECT_EQ(told(builder.build(other, kNow).directory, "sk-bf-k"),
            "k k-name; virtual key k-name: 5000000000");
  EXPECT_EQ(told(builder.build(settings, kNow).directory, "sk-bf-k"),
            "k k-name; virtual key k-name: 1000000000");
}

}  // namespace
}  // namespace bifrost::governance
