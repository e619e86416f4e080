#include "routing/constraints.h"

#include "provider/registry.h"
#include "routing/keys.h"
#include "routing/plan.h"

#include <gtest/gtest.h>

#include <array>
#include <string>
#include <utility>
#include <vector>

namespace bifrost::routing {
namespace {

provider::Registry registry_of(const std::vector<std::string>& names,
                               const std::vector<std::string>& keys = {"a", "b"}) {
  provider::Providers providers;
  for (const std::string& name : names) {
    auto& settings = providers.append(name);
    for (const std::string& id : keys) {
      auto& key = settings.keys.emplace_back();
      key.name = id;
      key.value = config::Secret("secret");
      key.models = {"*"};
    }
  }
  auto built = provider::Registry::build(providers);
  EXPECT_TRUE(built) << built.error().message;
  return built ? std::move(built).value() : provider::Registry();
}

struct Constrained : testing::Test {
  provider::Registry registry = registry_of({"openai", "anthropic"});
  Access access;

  Result<void> check(std::string_view provider, std::string_view model) {
    return check_access({.access = &access}, *registry.find(provider), model);
  }
  // Providers of the targets, or the error's name.
  std::string plan_of(std::string_view model, const std::vector<std::string>& fallbacks) {
    const auto planned = plan(
        registry, {.model = model, .fallbacks = fallbacks, .constraints = {.access = &access}});
    if (!planned) return std::string(planned.error().name());
    std::string out;
    for (const Target& target : planned->targets) out += target.endpoint->name + " ";
    return out;
  }
};

TEST_F(Constrained, EverythingIsAllowedUnlessSaidOtherwise) {
  EXPECT_TRUE(check("openai", "gpt-4o"));
  EXPECT_TRUE(check_access({}, *registry.find("openai"), "gpt-4o"));
  EXPECT_EQ(plan_of("openai/gpt-4o", {"anthropic/claude-x"}), "openai anthropic ");
}

TEST_F(Constrained, AProviderWithoutAGrantIsRefused) {
  access = {.all_providers = false, .grants = {{.provider = "openai"}}};
  EXPECT_TRUE(check("openai", "gpt-4o"));
  const auto refused = check("anthropic", "claude-x");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kPermissionDenied);
  EXPECT_EQ(refused.error().upstream_type, "provider_blocked");
  EXPECT_EQ(refused.error().message, "provider anthropic is not allowed for this credential");
}

TEST_F(Constrained, AGrantNamesModelsInEverySpellingAndDenyingWins) {
  access.grants = {
      {.provider = "openai", .models = {"gpt-4o", "o3"}, .blacklisted_models = {"openai/o3"}}};
  EXPECT_TRUE(check("openai", "gpt-4o"));
  EXPECT_TRUE(check("openai", "openai/gpt-4o"));
  EXPECT_TRUE(check("anthropic", "claude-x")) << "no grant, and all providers are allowed";
  for (const char* model : {"o3", "gpt-4o-mini"}) {
    const auto refused = check("openai", model);
    ASSERT_FALSE(refused) << model;
    EXPECT_EQ(refused.error().code, ErrorCode::kModelBlocked) << model;
  }
  access.grants = {{.provider = "openai", .models = {}}};
  EXPECT_FALSE(check("openai", "gpt-4o")) << "an empty list allows nothing";
}

TEST_F(Constrained, AGrantHasPatternsOfWholeNamesAndDenyingWins) {
  const auto pattern = [](std::string_view text) {
    auto made = Pattern::compile(text, Pattern::Case::kIgnored);
    EXPECT_TRUE(made.has_value());
    return *std::move(made);
  };
  access.grants = {{.provider = "openai",
                    .models = {"o3"},
                    .blacklisted_models = {},
                    .model_patterns = {pattern("GPT-4.*")},
                    .blacklisted_patterns = {pattern(".*-audio"), pattern("o4|o5")}}};
  for (const char* model : {"o3", "gpt-4o", "openai/gpt-4o", "openai/openai/Gpt-4"}) {
    EXPECT_TRUE(check("openai", model)) << model;
  }
  for (const char* model : {"gpt-3", "my-gpt-4o", "gpt-4o-audio", "openai/gpt-4o-AUDIO", "o5"}) {
    EXPECT_FALSE(check("openai", model)) << model;
  }
}

TEST_F(Constrained, APatternDeniesWhatAnAliasMakesOfAName) {
  provider::Providers providers;
  auto& key = providers.append("openai").keys.emplace_back();
  key.name = "a";
  key.value = config::Secret("secret");
  key.models = {"*"};
  key.aliases.append("harmless", provider::AliasSettings::from_text("gpt-4o-audio"));
  auto built = provider::Registry::build(providers);
  ASSERT_TRUE(built.has_value());
  registry = *std::move(built);
  auto denied = Pattern::compile(".*-audio");
  ASSERT_TRUE(denied.has_value());
  access.grants = {{.provider = "openai", .blacklisted_patterns = {*denied}}};
  EXPECT_FALSE(check("openai", "harmless"));
  EXPECT_TRUE(check("openai", "other"));
}

TEST_F(Constrained, ATargetAndItsFallbacksMayBePinned) {
  const std::vector<std::string> fallbacks = {"openai/x", "anthropic/y", "anthropic/z"};
  const std::array<KeyPin, 3> pins = {KeyPin{.name = "no-such"}, KeyPin{}, KeyPin{.id = "b"}};
  const auto planned = plan(registry, {.model = "openai/gpt-4o",
                                       .fallbacks = fallbacks,
                                       .pin = {.name = "a"},
                                       .fallback_pins = pins});
  ASSERT_TRUE(planned.has_value());
  ASSERT_EQ(planned->targets.size(), 3U) << "there is no key for the first fallback";
  EXPECT_EQ(planned->targets[0].pin.name, "a");
  EXPECT_EQ(planned->targets[1].model, "y");
  EXPECT_FALSE(planned->targets[1].pin.any());
  EXPECT_EQ(planned->targets[2].pin.id, "b");
  EXPECT_EQ(planned->targets[2].fallback_index, 3U);
}

TEST_F(Constrained, APlanLeavesOutWhereTheCallerMayNotGo) {
  access = {.all_providers = false, .grants = {{.provider = "openai", .models = {"gpt-4o"}}}};
  EXPECT_EQ(plan_of("openai/gpt-4o", {"anthropic/claude-x", "openai/o3"}), "openai ");
  EXPECT_EQ(plan_of("anthropic/claude-x", {"openai/gpt-4o"}), "openai ");
  EXPECT_EQ(plan_of("anthropic/claude-x", {"openai/o3"}), "permission_denied");
  EXPECT_EQ(plan_of("openai/o3", {}), "model_blocked");
}

TEST_F(Constrained, AGrantNamesKeysAndThePinChoosesAmongThem) {
  access.grants = {{.provider = "openai", .key_ids = {{"b"}}}};
  Random random(1);
  auto picker = KeyPicker::make(*registry.find("openai"), "gpt-4o", {.access = &access});
  ASSERT_TRUE(picker);
  EXPECT_EQ(picker->size(), 1U);
  EXPECT_EQ(picker->pick(random)->key->id(), "b");

  const auto pinned = KeyPicker::make(*registry.find("openai"), "gpt-4o",
                                      {.access = &access, .pin = {.name = "a"}});
  ASSERT_FALSE(pinned);
  EXPECT_EQ(pinned.error().code, ErrorCode::kInvalidRequest);
}

TEST_F(Constrained, AGrantWithoutAKeySaysSo) {
  access.grants = {{.provider = "openai", .key_ids = {{"gone"}}}};
  const auto picker = KeyPicker::make(*registry.find("openai"), "gpt-4o", {.access = &access});
  ASSERT_FALSE(picker);
  EXPECT_EQ(picker.error().code, ErrorCode::kPermissionDenied);
  EXPECT_EQ(picker.error().message,
            "provider openai: none of its keys is allowed for this credential");
  EXPECT_EQ(picker.error().retry, Retry::kOtherTarget);
}

TEST_F(Constrained, ACallersOwnKeyPaysForNothingThatIsTheGateways) {
  const provider::Registry local = registry_of({"ollama"}, {});
  const auto refused = check_access({.own_key_only = true}, *local.begin(), "m");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kPermissionDenied);
  EXPECT_TRUE(check_access({}, *local.begin(), "m"));
  EXPECT_TRUE(check_access({.own_key_only = true}, *registry.find("openai"), "m"));
}

}  // namespace
}  // namespace bifrost::routing
