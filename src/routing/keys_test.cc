#include "routing/keys.h"

#include "provider/registry.h"
#include "routing/permit.h"

#include <gtest/gtest.h>

#include <limits>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace bifrost::routing {
namespace {

provider::KeySettings key(std::string name, std::vector<std::string> models = {"*"},
                          double weight = 1) {
  provider::KeySettings settings;
  settings.name = std::move(name);
  settings.value = config::Secret("secret");
  settings.models = std::move(models);
  settings.weight = weight;
  return settings;
}

provider::Registry with(std::string name, std::vector<provider::KeySettings> keys) {
  provider::Providers providers;
  providers.append(std::move(name)).keys = std::move(keys);
  auto built = provider::Registry::build(providers);
  EXPECT_TRUE(built) << built.error().message;
  return built ? std::move(built).value() : provider::Registry();
}

// The name of the key that is picked next, or the name of the error.
std::string next(KeyPicker& picker, Random& random) {
  const auto picked = picker.pick(random);
  if (!picked) return std::string(picked.error().name());
  return picked->key == nullptr ? "none" : picked->key->settings.name;
}

std::string first(const provider::Registry& registry, std::string_view model, KeyPin pin = {}) {
  Random random(1);
  auto picker = KeyPicker::make(*registry.begin(), model, {.pin = pin});
  return picker ? next(*picker, random) : std::string(picker.error().name());
}

TEST(Keys, UsesOnlyKeysThatAllowTheModel) {
  auto blocked = key("blocked");
  blocked.blacklisted_models = {"gpt-4o"};
  auto disabled = key("disabled");
  disabled.enabled = false;
  const auto registry = with("openai", {key("nothing", {}), key("mini", {"gpt-4o-mini"}), blocked,
                                        disabled, key("prefixed", {"openai/gpt-4o"})});
  EXPECT_EQ(first(registry, "gpt-4o"), "prefixed");
  EXPECT_EQ(first(registry, "o3"), "blocked");
}

TEST(Keys, DrawsAmongKeysOfBothFormats) {
  auto other = key("other");
  other.use_anthropic_endpoints = true;
  const auto registry = with("deepseek", {other, key("usual")});
  EXPECT_EQ(KeyPicker::make(*registry.find("deepseek"), "m")->size(), 2U);
}

TEST(Keys, SaysWhyNoKeyMayUseTheModel) {
  auto blocked = key("blocked");
  blocked.blacklisted_models = {"openai/gpt-4o"};
  const auto registry = with("openai", {key("mini", {"gpt-4o-mini"}), blocked});
  EXPECT_EQ(first(registry, "gpt-4o"), "model_blocked");
  EXPECT_EQ(first(with("openai", {key("mini", {"gpt-4o-mini"})}), "o3"), "model_not_found");
  EXPECT_EQ(first(with("openai", {key("none", {})}), "o3"), "model_not_found");
  const auto picker = KeyPicker::make(*registry.begin(), "gpt-4o");
  EXPECT_EQ(picker.error().retry, Retry::kOtherTarget) << "a fallback may still answer";
}

TEST(Keys, CountsAliasesAsModelsAndRewritesThem) {
  auto aliased = key("aliased", {});
  aliased.aliases.append("fast", provider::AliasSettings::from_text("gpt-4o-mini"));
  const auto registry = with("openai", {aliased});
  auto picker = KeyPicker::make(*registry.begin(), "fast");
  ASSERT_TRUE(picker);
  Random random(1);
  EXPECT_EQ(picker->pick(random)->model, "gpt-4o-mini");
  EXPECT_EQ(first(registry, "gpt-4o-mini"), "model_not_found") << "the target itself is not listed";
}

TEST(Keys, LetsADenyListSeeThroughAnAlias) {
  auto aliased = key("aliased");
  aliased.aliases.append("fast", provider::AliasSettings::from_text("gpt-4o-mini"));
  aliased.blacklisted_models = {"gpt-4o-mini"};
  EXPECT_EQ(first(with("openai", {aliased}), "fast"), "model_blocked");
}

TEST(Keys, UsesAServerForItsOwnModelOnly) {
  auto gpu = key("gpu");
  gpu.own.set(provider::VllmKeySettings{.url = "http://gpu:8000", .model_name = "llama"});
  const auto registry = with("vllm", {gpu});
  EXPECT_EQ(first(registry, "llama"), "gpu");
  EXPECT_EQ(first(registry, "qwen"), "model_not_found");
  EXPECT_EQ(best_permit(*registry.begin(), "llama"), Permit::kExplicit);
}

TEST(Keys, WritesTheModelAsTheProviderTakesIt) {
  const auto registry = with("huggingface", {key("main")});
  auto picker = KeyPicker::make(*registry.begin(), "together/meta/llama");
  Random random(1);
  EXPECT_EQ(picker->pick(random)->model, "meta/llama:together");
}

TEST(Keys, NeedsNoKeyWhereTheProviderNeedsNone) {
  const auto registry = with("ollama", {});
  auto picker = KeyPicker::make(*registry.begin(), "llama3");
  ASSERT_TRUE(picker);
  Random random(1);
  const auto picked = picker->pick(random);
  EXPECT_EQ(picked->key, nullptr);
  EXPECT_EQ(picked->model, "llama3");
  picker->set_aside();
  picker->bury();
  EXPECT_TRUE(picker->pick(random)) << "there is nothing to bury";
  EXPECT_FALSE(picker->has_other_key());
}

TEST(Keys, PinsByIdBeforeName) {
  auto a = key("a");
  a.id = "id-a";
  auto b = key("b", {"*"}, 0);
  b.id = "id-b";
  const auto registry = with("openai", {a, b, key("c", {"gpt-4o"})});
  EXPECT_EQ(first(registry, "o3", {.id = "id-b"}), "b");
  EXPECT_EQ(first(registry, "o3", {.name = "b"}), "b");
  EXPECT_EQ(first(registry, "o3", {.id = "id-a", .name = "b"}), "a");
  EXPECT_EQ(first(registry, "gpt-4o", {.id = "c"}), "c")
      << "the name is the id where none is given";
  EXPECT_EQ(first(registry, "o3", {.name = "c"}), "model_not_found") << "its lists still apply";
  EXPECT_EQ(first(registry, "o3", {.name = "nobody"}), "invalid_request");
  EXPECT_EQ(first(registry, "o3", {.id = "b"}), "invalid_request");
}

TEST(Keys, DoesNotPinADisabledKey) {
  auto off = key("off");
  off.enabled = false;
  EXPECT_EQ(first(with("openai", {off, key("on")}), "o3", {.name = "off"}), "invalid_request");
}

TEST(Keys, DrawsByWeight) {
  const auto registry =
      with("openai", {key("a", {"*"}, 3), key("b", {"*"}, 1), key("z", {"*"}, 0)});
  Random random(42);
  std::map<std::string, int> counts;
  for (int i = 0; i < 4000; ++i) {
    auto picker = KeyPicker::make(*registry.begin(), "o3");
    ++counts[next(*picker, random)];
  }
  EXPECT_EQ(counts["z"], 0);
  EXPECT_NEAR(counts["a"], 3000, 150);
  EXPECT_NEAR(counts["b"], 1000, 150);
}

TEST(Keys, DrawsEvenlyWhenAllWeighNothing) {
  const auto registry = with("openai", {key("a", {"*"}, 0), key("b", {"*"}, 0)});
  Random random(42);
  std::set<std::string> seen;
  for (int i = 0; i < 100; ++i) {
    auto picker = KeyPicker::make(*registry.begin(), "o3");
    seen.insert(next(*picker, random));
  }
  EXPECT_EQ(seen.size(), 2U);
}

TEST(Keys, SurvivesOddWeights) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const double inf = std::numeric_limits<double>::infinity();
  const auto registry = with("openai", {key("a", {"*"}, nan), key("b", {"*"}, inf),
                                        key("c", {"*"}, -1), key("d", {"*"}, 1e308)});
  Random random(42);
  for (int i = 0; i < 100; ++i) {
    auto picker = KeyPicker::make(*registry.begin(), "o3");
    const std::string name = next(*picker, random);
    EXPECT_TRUE(name == "b" || name == "d") << name;
  }
}

TEST(Keys, StaysWithAKeyUntilItIsSetAside) {
  const auto registry = with("openai", {key("a"), key("b"), key("c")});
  Random random(5);
  auto picker = KeyPicker::make(*registry.begin(), "o3");
  const std::string drawn = next(*picker, random);
  for (int i = 0; i < 20; ++i) EXPECT_EQ(next(*picker, random), drawn);
  picker->set_aside();
  EXPECT_NE(next(*picker, random), drawn);
}

TEST(Keys, SaysWhyAKeyIsNotUsed) {
  auto disabled = key("disabled");
  disabled.enabled = false;
  auto denied = key("denied");
  denied.blacklisted_models = {"gpt-4o"};
  const auto registry = with("openai", {disabled, denied, key("other", {"o3"}), key("main")});
  const provider::Endpoint& endpoint = *registry.begin();
  const Access access{.grants = {{.provider = "openai", .key_ids = {{"other", "denied"}}}}};
  const auto standing = [&](std::size_t i, const Constraints& constraints) {
    return standing_of(endpoint.keys[i], endpoint, "gpt-4o", constraints);
  };
  EXPECT_EQ(standing(0, {}), KeyStanding::kDisabled);
  EXPECT_EQ(standing(1, {}), KeyStanding::kDenied);
  EXPECT_EQ(standing(2, {}), KeyStanding::kNotListed);
  EXPECT_EQ(standing(3, {}), KeyStanding::kUsable);
  EXPECT_EQ(standing(3, {.access = &access}), KeyStanding::kNotGranted);
  EXPECT_EQ(standing(3, {.pin = {.name = "other"}}), KeyStanding::kNotPinned);
}

TEST(Keys, TellsHowLikelyAKeyIs) {
  const auto registry =
      with("openai", {key("often", {"*"}, 3), key("seldom", {"*"}, 1), key("never", {"*"}, 0)});
  const provider::Endpoint& endpoint = *registry.begin();
  auto picker = KeyPicker::make(endpoint, "m");
  EXPECT_DOUBLE_EQ(picker->chance(endpoint.keys[0]), 0.75);
  EXPECT_DOUBLE_EQ(picker->chance(endpoint.keys[1]), 0.25);
  EXPECT_DOUBLE_EQ(picker->chance(endpoint.keys[2]), 0);
  picker->hold("seldom");
  EXPECT_DOUBLE_EQ(picker->chance(endpoint.keys[0]), 0);
  EXPECT_DOUBLE_EQ(picker->chance(endpoint.keys[1]), 1) << "it is held";
}

TEST(Keys, BeginsWithTheKeyThatIsHeld) {
  const auto registry = with("openai", {key("a"), key("b"), key("mini", {"gpt-4o-mini"})});
  Random random(5);
  for (int i = 0; i < 20; ++i) {
    auto picker = KeyPicker::make(*registry.begin(), "o3");
    picker->hold("b");
    EXPECT_EQ(next(*picker, random), "b");
    picker->set_aside();
    EXPECT_EQ(next(*picker, random), "a");
  }
  auto picker = KeyPicker::make(*registry.begin(), "o3");
  picker->hold("");
  picker->hold("nobody");
  picker->hold("mini");
  EXPECT_NE(next(*picker, random), "mini") << "its lists still apply";
}

TEST(Keys, TriesEachKeyBeforeAnyTwice) {
  const auto registry = with("openai", {key("a"), key("b"), key("c")});
  Random random(5);
  auto picker = KeyPicker::make(*registry.begin(), "o3");
  for (int round = 0; round < 3; ++round) {
    std::set<std::string> seen;
    for (int i = 0; i < 3; ++i) {
      seen.insert(next(*picker, random));
      picker->set_aside();
      EXPECT_EQ(picker->has_fresh_key(), i < 2);
      EXPECT_TRUE(picker->has_other_key());
    }
    EXPECT_EQ(seen.size(), 3U) << round;
  }
}

TEST(Keys, NeverShowsARefusedKeyAgain) {
  const auto registry = with("openai", {key("a"), key("b")});
  Random random(5);
  auto picker = KeyPicker::make(*registry.begin(), "o3");
  const std::string refused = next(*picker, random);
  picker->bury();
  EXPECT_TRUE(picker->has_other_key());
  for (int i = 0; i < 5; ++i) {
    EXPECT_NE(next(*picker, random), refused);
    picker->set_aside();
  }
  EXPECT_FALSE(picker->has_other_key());
  picker->bury();
  EXPECT_EQ(next(*picker, random), "upstream_credentials_exhausted");
}

TEST(Keys, KeepsKeysOfNoWeightForWhenNothingElseLives) {
  const auto registry = with("openai", {key("a"), key("spare", {"*"}, 0)});
  Random random(5);
  auto picker = KeyPicker::make(*registry.begin(), "o3");
  EXPECT_EQ(next(*picker, random), "a");
  picker->set_aside();
  EXPECT_FALSE(picker->has_other_key());
  EXPECT_EQ(next(*picker, random), "a") << "limited is not dead";
  picker->bury();
  EXPECT_TRUE(picker->has_other_key());
  EXPECT_EQ(next(*picker, random), "spare");
}

TEST(Keys, IsExhaustedWhereNoKeyHasAValue) {
  auto empty = key("empty");
  empty.value = config::Secret();
  const auto registry = with("openai", {empty});
  EXPECT_EQ(first(registry, "o3"), "upstream_credentials_exhausted");
}

}  // namespace
}  // namespace bifrost::routing
