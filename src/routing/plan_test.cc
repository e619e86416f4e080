#include "routing/plan.h"

#include "base/limits.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

namespace bifrost::routing {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

struct Entry {
  std::string name;
  std::vector<std::string> models = {"*"};
  std::string alias = {};
};

provider::Registry with(const std::vector<Entry>& entries) {
  provider::Providers providers;
  for (const Entry& entry : entries) {
    auto& settings = providers.append(entry.name);
    if (entry.name == "demo") continue;
    if (provider::find(entry.name) == nullptr) {
      settings.custom.emplace().base_provider_type = "openai";
    }
    auto& key = settings.keys.emplace_back();
    key.name = "main";
    key.value = config::Secret("secret");
    key.models = entry.models;
    if (!entry.alias.empty()) {
      key.aliases.append(entry.alias, provider::AliasSettings::from_text("x"));
    }
  }
  auto built = provider::Registry::build(providers);
  EXPECT_TRUE(built) << built.error().message;
  return built ? std::move(built).value() : provider::Registry();
}

// "provider/model" of the target, or the name of the error.
std::string where(const provider::Registry& registry, std::string_view model,
                  std::string_view default_provider = {}) {
  const auto target = resolve(registry, model, default_provider);
  if (!target) return std::string(target.error().name());
  return target->endpoint->name + " " + target->model;
}

TEST(Resolve, GoesToTheProviderThatIsNamed) {
  const auto registry = with({{"openai"}, {"openrouter"}, {"mine"}});
  EXPECT_EQ(where(registry, "openai/gpt-4o"), "openai gpt-4o");
  EXPECT_EQ(where(registry, "mine/gpt-4o"), "mine gpt-4o");
  EXPECT_EQ(where(registry, "openrouter/openai/gpt-4o"), "openrouter openai/gpt-4o");
  EXPECT_EQ(where(registry, "openai/gpt-4o", "openrouter"), "openai gpt-4o");
}

TEST(Resolve, RefusesNamesThatNobodyWouldWrite) {
  const auto registry = with({{"openai"}});
  const std::string longest(limits::kModelNameBytesMax - 7, 'x');
  EXPECT_EQ(where(registry, "openai/" + longest), "openai " + longest);
  const auto refused = resolve(registry, "openai/" + longest + "x");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kInvalidRequest);
  EXPECT_EQ(refused.error().message,
            "model \"openai/xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\"... has "
            "513 bytes; a name has at most 512");
}

TEST(Resolve, TakesGooglesResourceNamesForNames) {
  const auto registry = with({{"gemini"}, {"openai"}, {"groq"}});
  EXPECT_EQ(where(registry, "gemini/models/gemini-pro"), "gemini gemini-pro");
  EXPECT_EQ(where(registry, "models/gemini-pro"), "gemini gemini-pro");
  EXPECT_EQ(where(registry, "groq/models/7B"), "groq models/7B") << "elsewhere it is a name";
  EXPECT_EQ(where(with({{"groq"}}), "models/7B"), "groq models/7B");
  EXPECT_EQ(where(with({{"gemini", {"gemini-pro"}}}), "models/gemini-pro"), "gemini gemini-pro");
  EXPECT_EQ(where(with({{"gemini", {"models/x"}}}), "gemini/x"), "gemini x");
  EXPECT_EQ(where(with({{"openai"}, {"gemini", {}, "models/y"}}), "y"), "gemini y");
}

TEST(Resolve, RefusesWhatIsNoName) {
  const auto registry = with({{"openai"}});
  for (const std::string_view model : {"", "openai/../x", "../x", "openai/", "a\\b", "a%2e"}) {
    EXPECT_EQ(where(registry, model), "invalid_request") << model;
  }
}

TEST(Resolve, TakesTheRoutesOwnProviderForABareModel) {
  const auto registry = with({{"openai"}, {"anthropic"}});
  EXPECT_EQ(where(registry, "claude-x", "anthropic"), "anthropic claude-x");
  EXPECT_EQ(where(registry, "some-model", "openai"), "openai some-model");
  EXPECT_EQ(where(registry, "claude-x", "gemini"), "anthropic claude-x") << "not configured";
}

TEST(Resolve, PassesOverTheRoutesOwnProviderWhenItsKeysMayNot) {
  const auto registry = with({{"openai", {"gpt-4o"}}, {"groq", {"llama"}}});
  EXPECT_EQ(where(registry, "llama", "openai"), "groq llama");
}

TEST(Resolve, PrefersAKeyThatListsTheModel) {
  const auto registry = with({{"openai"}, {"groq", {"gpt-oss"}}, {"mine", {}, "my-alias"}});
  EXPECT_EQ(where(registry, "gpt-oss"), "groq gpt-oss");
  EXPECT_EQ(where(registry, "my-alias"), "mine my-alias");
  const auto hub = with({{"groq", {"openai/gpt-oss-120b"}}});
  EXPECT_EQ(where(hub, "openai/gpt-oss-120b"), "groq openai/gpt-oss-120b");
}

TEST(Resolve, KnowsTheFamiliesOfModels) {
  const auto registry =
      with({{"openai"}, {"anthropic"}, {"gemini"}, {"mistral"}, {"xai"}, {"deepseek"}});
  EXPECT_EQ(where(registry, "gpt-4o"), "openai gpt-4o");
  EXPECT_EQ(where(registry, "o3-mini"), "openai o3-mini");
  EXPECT_EQ(where(registry, "claude-opus-4"), "anthropic claude-opus-4");
  EXPECT_EQ(where(registry, "gemini-2.5-pro"), "gemini gemini-2.5-pro");
  EXPECT_EQ(where(registry, "mistral-large"), "mistral mistral-large");
  EXPECT_EQ(where(registry, "grok-4"), "xai grok-4");
  EXPECT_EQ(where(registry, "deepseek-chat"), "deepseek deepseek-chat");
}

TEST(Resolve, TakesTheOnlyProviderForEverything) {
  EXPECT_EQ(where(with({{"groq"}}), "llama"), "groq llama");
  EXPECT_EQ(where(with({{"groq"}, {"demo"}}), "llama"), "groq llama") << "the demo does not count";
  EXPECT_EQ(where(with({{"demo"}}), "chat"), "demo chat");
  EXPECT_EQ(where(with({{"openrouter"}}), "meta-llama/Llama-3"), "openrouter meta-llama/Llama-3");
  EXPECT_EQ(where(with({{"groq"}, {"openai", {"gpt-4o"}}}), "llama"), "groq llama");
}

TEST(Resolve, AsksForAProviderWhereSeveralMightServe) {
  const auto registry = with({{"openai"}, {"groq"}});
  const auto target = resolve(registry, "llama");
  ASSERT_FALSE(target);
  EXPECT_EQ(target.error().code, ErrorCode::kInvalidRequest);
  EXPECT_EQ(target.error().param, "model");
  EXPECT_NE(target.error().message.find("provider/model"), std::string::npos);
  EXPECT_NE(target.error().message.find("openai, groq"), std::string::npos);
}

std::string message(const provider::Registry& registry, std::string_view model,
                    std::string_view default_provider = {}) {
  const auto target = resolve(registry, model, default_provider);
  return target ? "it goes to " + target->endpoint->name : target.error().message;
}

TEST(Resolve, RefusesAKnownProviderThatIsNotConfiguredOnEveryRoute) {
  const auto registry = with({{"openai"}, {"mine"}});
  for (const std::string_view route : {"", "openai", "anthropic"}) {
    EXPECT_EQ(where(registry, "azure/gpt-4o", route), "model_not_found") << route;
    EXPECT_EQ(where(registry, "groq/llama", route), "model_not_found") << route;
  }
  EXPECT_THAT(message(registry, "azure/gpt-4o", "openai"),
              HasSubstr("provider \"azure\" is known, but not served by this version"));
  EXPECT_THAT(message(registry, "groq/llama", "openai"), HasSubstr("or set GROQ_API_KEY"));
  EXPECT_EQ(where(registry, "meta-llama/Llama-3", "openai"), "openai meta-llama/Llama-3");
}

TEST(Resolve, KeepsANameThatAKeyListsAsItIs) {
  const auto own = with({{"openai", {"azure/gpt-4o"}}});
  EXPECT_EQ(where(own, "azure/gpt-4o", "openai"), "openai azure/gpt-4o");
  EXPECT_EQ(where(own, "azure/gpt-4o"), "openai azure/gpt-4o");
  const auto other = with({{"openai"}, {"mine", {"azure/gpt-4o"}}});
  EXPECT_EQ(where(other, "azure/gpt-4o", "openai"), "mine azure/gpt-4o");
}

TEST(Resolve, NamesTheMakerOfAModelThatOnlyItServes) {
  struct Case {
    std::string_view model;
    std::string_view variable;
  };
  for (const Case& each : {Case{"gpt-4o", "OPENAI_API_KEY"}, Case{"o3", "OPENAI_API_KEY"},
                           Case{"o4-mini", "OPENAI_API_KEY"}, Case{"claude-x", "ANTHROPIC_API_KEY"},
                           Case{"gemini-2.5-pro", "GEMINI_API_KEY"}}) {
    for (const char* only : {"demo", "mine", "groq"}) {
      const auto registry = with({{only}});
      EXPECT_EQ(where(registry, each.model), "model_not_found") << each.model << only;
      EXPECT_EQ(where(registry, each.model, "openai"), "model_not_found") << each.model << only;
      EXPECT_THAT(message(registry, each.model), HasSubstr(each.variable)) << only;
    }
  }
  EXPECT_THAT(message(with({{"demo"}}), "gpt-4o"), HasSubstr("demo/chat answers offline"));
  EXPECT_THAT(message(with({{"mine"}}), "gpt-4o"), HasSubstr("write mine/gpt-4o"));
  EXPECT_THAT(message(with({{"mine"}, {"groq"}}), "gpt-4o"), HasSubstr("write provider/gpt-4o"));
  EXPECT_THAT(message(with({{"demo"}, {"mine", {"x"}}}), "gpt-4o"), Not(HasSubstr("mine/gpt-4o")));
  EXPECT_THAT(message(with({}), "gpt-4o"), HasSubstr("OPENAI_API_KEY"));
}

TEST(Resolve, AsksNobodyElseForWhatTheMakersKeysMayNot) {
  const auto registry = with({{"openai", {"gpt-4o"}}, {"groq"}});
  EXPECT_EQ(where(registry, "gpt-5"), "model_not_found");
  EXPECT_THAT(message(registry, "gpt-5"), HasSubstr("no key of provider \"openai\" may use it"));
  EXPECT_EQ(where(with({{"openai", {"gpt-4o"}}, {"mine", {"gpt-5"}}}), "gpt-5"), "mine gpt-5");
}

TEST(Resolve, LetsTheOnlyProviderTakeWhatAnybodyMayServe) {
  for (const std::string_view model : {"gpt-oss-20b", "gpt-oss:20b", "deepseek-r1", "gemma-3",
                                       "mistral-7b", "llama", "o1x", "sonary", "my-gpt-4o"}) {
    EXPECT_EQ(where(with({{"mine"}}), model), "mine " + std::string(model));
    EXPECT_EQ(where(with({{"mine"}, {"demo"}}), model), "mine " + std::string(model));
  }
  EXPECT_THAT(message(with({{"demo"}}), "mistral-large"), HasSubstr("MISTRAL_API_KEY"));
}

TEST(Resolve, NamesTheNearestProvider) {
  const auto registry = with({{"openai", {"gpt-4o"}}, {"groq", {"llama"}}});
  for (const std::string_view model : {"openia/gpt-5", "anthropic/claude", "nobody/x"}) {
    const auto target = resolve(registry, model);
    ASSERT_FALSE(target) << model;
    EXPECT_EQ(target.error().code, ErrorCode::kModelNotFound);
    EXPECT_NE(target.error().message.find("openai, groq"), std::string::npos);
  }
  EXPECT_NE(resolve(registry, "openia/gpt-5").error().message.find("did you mean \"openai\"?"),
            std::string::npos);
  EXPECT_NE(resolve(registry, "anthropic/x").error().message.find("is not configured"),
            std::string::npos);
}

TEST(Resolve, TakesAMisspeltProviderForNoPartOfAModel) {
  EXPECT_EQ(where(with({{"openai"}}), "openia/gpt-5"), "model_not_found");
  EXPECT_EQ(where(with({{"openai"}, {"groq"}}), "openia/gpt-5"), "model_not_found");
  EXPECT_EQ(where(with({{"openai"}, {"groq"}}), "meta-llama/x"), "model_not_found");
}

TEST(Resolve, FailsOnWhatIsNoModel) {
  EXPECT_EQ(where(with({{"openai"}}), ""), "invalid_request");
  EXPECT_EQ(where(with({}), "gpt-4o"), "model_not_found");
  EXPECT_EQ(where(with({{"openai", {"gpt-4o"}}}), "openai/"), "invalid_request");
  EXPECT_LT(resolve(with({{"openai", {"x"}}}), std::string(1'000'000, 'a')).error().message.size(),
            1000U);
}

TEST(Plan, PutsTheFallbacksBehindTheModelAndSkipsWhatIsNotConfigured) {
  const auto registry = with({{"openai"}, {"anthropic"}});
  const std::vector<std::string> fallbacks = {"azure/gpt-4o", "anthropic/claude", "groq/x",
                                              "claude-x"};
  const auto got = plan(registry, {.model = "openai/gpt-4o", .fallbacks = fallbacks});
  ASSERT_TRUE(got);
  ASSERT_EQ(got->targets.size(), 3U);
  EXPECT_EQ(got->targets[0].endpoint->name, "openai");
  EXPECT_EQ(got->targets[0].fallback_index, 0U);
  EXPECT_EQ(got->targets[1].model, "claude");
  EXPECT_EQ(got->targets[1].fallback_index, 2U);
  EXPECT_EQ(got->targets[2].model, "claude-x");
  EXPECT_EQ(got->targets[2].fallback_index, 4U);
  EXPECT_FALSE(got->primary_error);
}

TEST(Plan, RefusesFallbacksThatAreNoNames) {
  const auto registry = with({{"openai"}});
  for (const char* bad : {"", "openai/..", "openai/a%2fb"}) {
    const std::vector<std::string> fallbacks = {"openai/x", bad};
    const auto got = plan(registry, {.model = "openai/gpt-4o", .fallbacks = fallbacks});
    ASSERT_FALSE(got) << bad;
    EXPECT_EQ(got.error().code, ErrorCode::kInvalidRequest);
    EXPECT_EQ(got.error().param, "fallbacks[1]");
  }
}

TEST(Plan, BeginsWithAFallbackWhenTheModelLeadsNowhere) {
  const auto registry = with({{"openai"}, {"groq"}});
  const std::vector<std::string> fallbacks = {"groq/llama"};
  const auto got = plan(registry, {.model = "azure/gpt-4o", .fallbacks = fallbacks});
  ASSERT_TRUE(got);
  ASSERT_EQ(got->targets.size(), 1U);
  EXPECT_EQ(got->targets[0].fallback_index, 1U);
  ASSERT_TRUE(got->primary_error);
  EXPECT_EQ(got->primary_error->code, ErrorCode::kModelNotFound);
}

TEST(Plan, FailsWhenNothingLeadsAnywhere) {
  const auto registry = with({{"openai"}, {"groq"}});
  const std::vector<std::string> lost = {"azure/x"};
  EXPECT_EQ(plan(registry, {.model = "azure/y", .fallbacks = lost}).error().code,
            ErrorCode::kModelNotFound);
  const std::vector<std::string> good = {"groq/llama"};
  EXPECT_EQ(plan(registry, {.model = "", .fallbacks = good}).error().code,
            ErrorCode::kInvalidRequest)
      << "a request without a model is not repaired";
}

TEST(Plan, AsksNobodyTwice) {
  const auto registry = with({{"openai"}, {"gemini"}});
  const std::vector<std::string> fallbacks = {"gpt-4o",          "openai/gpt-4o", "gemini/x",
                                              "gemini/models/x", "openai/x",      "openai/gpt-4o"};
  const auto got = plan(registry, {.model = "openai/gpt-4o", .fallbacks = fallbacks});
  ASSERT_TRUE(got);
  ASSERT_EQ(got->targets.size(), 3U);
  EXPECT_EQ(got->targets[1].fallback_index, 3U);
  EXPECT_EQ(got->targets[2].endpoint->name, "openai");
  EXPECT_EQ(got->targets[2].fallback_index, 5U) << "numbered as the caller did";
}

TEST(Plan, BoundsTheFallbacks) {
  const auto registry = with({{"openai"}});
  std::vector<std::string> fallbacks(limits::kFallbacksMax, "openai/x");
  for (std::size_t i = 0; i < fallbacks.size(); ++i) fallbacks[i] += std::to_string(i);
  const auto at_bound = plan(registry, {.model = "openai/x", .fallbacks = fallbacks});
  ASSERT_TRUE(at_bound);
  EXPECT_EQ(at_bound->targets.size(), limits::kFallbacksMax + 1);
  fallbacks.emplace_back("openai/x");
  const auto beyond = plan(registry, {.model = "openai/x", .fallbacks = fallbacks});
  ASSERT_FALSE(beyond);
  EXPECT_EQ(beyond.error().param, "fallbacks");
}

// Whom a bare model goes to by weights, in order.
class Draw : public testing::Test {
 protected:
  std::vector<std::string> targets(double number, std::vector<std::string> fallbacks = {},
                                   std::string_view model = "gpt-4o") {
    const auto made = plan(registry_, {.model = model,
                                       .fallbacks = fallbacks,
                                       .constraints = {.access = &access_},
                                       .catalog = &catalog::Catalog::built_in(),
                                       .draw = number,
                                       .full = full_});
    if (!made) return {std::string(made.error().name())};
    std::vector<std::string> out;
    for (const Target& target : made->targets) {
      out.push_back(target.endpoint->name + "/" + target.model + " " +
                    std::to_string(target.fallback_index));
    }
    return out;
  }

  std::vector<std::string_view> full_;
  const provider::Registry registry_ = with({{"openai"}, {"openrouter"}, {"mine"}, {"groq"}});
  Access access_{.all_providers = false,
                 .grants = {{.provider = "openai", .weight = 3},
                            {.provider = "openrouter", .models = {"gpt-4o"}, .weight = 1},
                            {.provider = "mine", .models = {"gpt-4o"}},
                            {.provider = "groq", .weight = 9}}};
};

TEST_F(Draw, GoesByWeightAndThenToTheOthers) {
  EXPECT_THAT(targets(0.74), testing::ElementsAre("openai/gpt-4o 0", "openrouter/gpt-4o 1"));
  EXPECT_THAT(targets(0.76), testing::ElementsAre("openrouter/gpt-4o 0", "openai/gpt-4o 1"))
      << "groq takes all, and nothing says that it has this one; mine has no weight";
}

TEST_F(Draw, TakesAPatternForNoMoreThanAStar) {
  auto pattern = Pattern::compile("gpt-.*");
  ASSERT_TRUE(pattern.has_value());
  for (Grant& grant : access_.grants) {
    grant.models = {};
    grant.model_patterns = {*pattern};
  }
  EXPECT_THAT(targets(0.1), testing::ElementsAre("openai/gpt-4o 0"))
      << "the catalog has it of openai alone";
}

TEST_F(Draw, LeavesTheFallbacksOfTheRequestAlone) {
  EXPECT_THAT(targets(0, {"mine/gpt-4o"}),
              testing::ElementsAre("openai/gpt-4o 0", "mine/gpt-4o 1"));
}

TEST_F(Draw, IsForBareModelsOnly) {
  EXPECT_THAT(targets(0, {}, "mine/gpt-4o"), testing::ElementsAre("mine/gpt-4o 0"));
}

TEST_F(Draw, LeavesOutWhatIsNotAllowed) {
  access_.grants[0].blacklisted_models = {"gpt-4o"};
  EXPECT_THAT(targets(0), testing::ElementsAre("openrouter/gpt-4o 0"));
  access_.grants[1].weight.reset();
  EXPECT_THAT(targets(0), testing::ElementsAre("model_blocked")) << "as without weights";
}

TEST_F(Draw, NeverTakesAWeightOfNothingBesideOthers) {
  access_.grants[0].weight = 0;
  EXPECT_THAT(targets(0), testing::ElementsAre("openrouter/gpt-4o 0", "openai/gpt-4o 1"));
  access_.grants[1].weight = 0;
  EXPECT_EQ(targets(0.99).size(), 2U);
}

TEST_F(Draw, LeavesOutWhoIsFullUnlessAllAre) {
  full_ = {"openai"};
  EXPECT_EQ(targets(0, {"groq/x"}).at(0), "openrouter/gpt-4o 0");
  full_ = {"openai", "openrouter"};
  EXPECT_EQ(targets(0, {"groq/x"}).at(0), "openai/gpt-4o 0");
}

TEST(Plan, TellsWhatItLeavesOut) {
  const auto registry = with({{"openai"}, {"anthropic"}, {"mine", {"gpt-4o"}}});
  const Access access{.all_providers = false,
                      .grants = {{.provider = "openai", .weight = 1},
                                 {.provider = "mine", .weight = 1},
                                 {.provider = "anthropic"},
                                 {.provider = "gone", .weight = 1}}};
  const std::vector<std::string> fallbacks = {"mine/gpt-4o", "anthropic/claude-3", "nobody/x"};
  const std::vector<std::string_view> full = {"openai"};
  PlanTrail trail;
  const auto planned = plan(registry, {.model = "gpt-4o",
                                       .fallbacks = fallbacks,
                                       .constraints = {.access = &access},
                                       .catalog = &catalog::Catalog::built_in(),
                                       .full = full,
                                       .trail = &trail});
  ASSERT_TRUE(planned) << planned.error().message;
  ASSERT_EQ(trail.grants.size(), 4U);
  EXPECT_EQ(trail.grants[0].standing, GrantStanding::kFull);
  EXPECT_EQ(trail.grants[1].standing, GrantStanding::kDrawn);
  EXPECT_EQ(trail.grants[2].standing, GrantStanding::kNoWeight);
  EXPECT_EQ(trail.grants[3].standing, GrantStanding::kNotConfigured);
  ASSERT_EQ(trail.left_out.size(), 2U);
  EXPECT_EQ(trail.left_out[0].model, "mine/gpt-4o");
  EXPECT_FALSE(trail.left_out[0].why) << "it was drawn already";
  EXPECT_EQ(trail.left_out[1].model, "nobody/x");
  EXPECT_EQ(trail.left_out[1].why->code, ErrorCode::kModelNotFound);
}

}  // namespace
}  // namespace bifrost::routing
