#include "provider/registry.h"

#include "provider/discover.h"
#include "provider/token_row.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>

namespace bifrost::provider {
namespace {

KeySettings key(std::string name, std::string value = "secret") {
  KeySettings settings;
  settings.name = std::move(name);
  settings.value = config::Secret(std::move(value));
  settings.models = {"*"};
  return settings;
}

ProviderSettings with_key() {
  ProviderSettings settings;
  settings.keys.push_back(key("main"));
  return settings;
}

ProviderSettings custom(std::string base_type) {
  ProviderSettings settings = with_key();
  settings.custom.emplace().base_provider_type = std::move(base_type);
  return settings;
}

Result<Registry> build(std::string name, ProviderSettings settings) {
  Providers providers;
  providers.append(std::move(name), std::move(settings));
  return Registry::build(providers);
}

TEST(Registry, KeepsTheOrderOfTheConfiguration) {
  Providers providers;
  for (const char* name : {"openai", "anthropic", "groq"}) providers.append(name, with_key());
  const auto registry = Registry::build(providers);
  ASSERT_TRUE(registry);
  EXPECT_EQ(registry->names(), "openai, anthropic, groq");
  EXPECT_EQ(registry->find("groq")->spec, find("groq"));
  EXPECT_EQ(registry->find("mistral"), nullptr);
}

TEST(Registry, WarnsWhenThereIsNothingInIt) {
  const auto registry = Registry::build(Providers{});
  ASSERT_TRUE(registry);
  EXPECT_EQ(registry->warnings().size(), 1U);
}

TEST(Registry, KeepsItsEndpointsInPlaceWhenMoved) {
  auto registry = build("openai", with_key());
  ASSERT_TRUE(registry);
  const Endpoint* before = registry->find("openai");
  const Registry moved = std::move(*registry);
  EXPECT_EQ(moved.find("openai"), before);
}

TEST(Registry, TakesTheAddressOfTheRowUnlessOneIsConfigured) {
  EXPECT_EQ(build("groq", with_key())->find("groq")->usual_side().base.origin(),
            "https://api.groq.com");
  auto settings = with_key();
  settings.network.base_url = "http://127.0.0.1:9";
  EXPECT_EQ(build("groq", settings)->find("groq")->usual_side().base.origin(),
            "http://127.0.0.1:9");
}

TEST(Registry, LeavesOutWhatIsNotServedYetAndSaysSo) {
  for (const auto& settings : {with_key(), custom("azure")}) {
    const bool is_custom = settings.custom.has_value();
    const auto registry = build(is_custom ? "mine" : "azure", settings);
    ASSERT_TRUE(registry) << registry.error().message;
    EXPECT_TRUE(registry->empty());
    ASSERT_EQ(registry->warnings().size(), 1U);
  }
}

TEST(Registry, MakesACustomProviderOfItsBaseType) {
  auto settings = custom("anthropic");
  settings.network.base_url = "https://proxy.example";
  settings.custom->does_not_send_done_marker = true;
  settings.custom->request_path_overrides.append("chat_completion", "/messages");
  settings.custom->request_path_overrides.append("list_models", "https://other.example/m?x=1");
  const auto registry = build("mine", settings);
  ASSERT_TRUE(registry) << registry.error().message;
  const Endpoint& endpoint = *registry->find("mine");
  EXPECT_EQ(endpoint.spec, find("anthropic"));
  EXPECT_EQ(endpoint.usual_side().base.host, "proxy.example");
  EXPECT_FALSE(endpoint.usual_side().sends_done_marker);
  EXPECT_EQ(endpoint.path_override({llm::Operation::kChat})->target, "/messages");
  EXPECT_EQ(endpoint.path_override({llm::Operation::kListModels})->url->host, "other.example");
  EXPECT_EQ(endpoint.path_override({llm::Operation::kChat, true}), nullptr);
}

TEST(Registry, AllowsEveryOperationUnlessSomeAreListed) {
  auto settings = custom("openai");
  EXPECT_TRUE(build("mine", settings)->find("mine")->allows({llm::Operation::kChat, true}));

  auto& allowed = settings.custom->allowed_requests.emplace();
  EXPECT_FALSE(build("mine", settings)->find("mine")->allows({llm::Operation::kChat}))
      << "empty: none";

  allowed.append("chat_completion", true);
  allowed.append("list_models", false);
  const auto registry = build("mine", settings);
  EXPECT_TRUE(registry->find("mine")->allows({llm::Operation::kChat}));
  EXPECT_FALSE(registry->find("mine")->allows({llm::Operation::kChat, true}));
  EXPECT_FALSE(registry->find("mine")->allows({llm::Operation::kListModels}));
}

TEST(Registry, NeverAllowsWhatTheProviderDoesNotOffer) {
  const auto registry = build("perplexity", with_key());
  const Endpoint& endpoint = *registry->find("perplexity");
  const llm::RequestType type = {llm::Operation::kListModels};
  EXPECT_FALSE(endpoint.allows(type));
  const auto checked = endpoint.check_allowed(type);
  ASSERT_FALSE(checked);
  EXPECT_EQ(checked.error().code, ErrorCode::kUnsupportedOperation);
  EXPECT_EQ(checked.error().retry, Retry::kOtherTarget) << "the way to a fallback stays open";
  EXPECT_FALSE(endpoint.side(type, nullptr, &endpoint.keys[0], "m"));
}

TEST(Registry, NeedsNoKeysWhereTheProviderNeedsNone) {
  EXPECT_TRUE(build("demo", {})->find("demo")->keyless);
  EXPECT_TRUE(build("ollama", {})->find("ollama")->keyless);
  auto settings = custom("openai");
  settings.keys.clear();
  settings.custom->is_key_less = true;
  EXPECT_TRUE(build("mine", settings)->find("mine")->keyless);
  EXPECT_FALSE(build("ollama", with_key())->find("ollama")->keyless);
}

TEST(Registry, ReadsTheServerOfAKey) {
  ProviderSettings settings = with_key();
  settings.keys[0].own.set(VllmKeySettings{.url = "http://gpu:8000", .model_name = "llama"});
  const auto registry = build("vllm", settings);
  ASSERT_TRUE(registry) << registry.error().message;
  const Key& got = registry->find("vllm")->keys.at(0);
  EXPECT_EQ(got.url->port, 8000);
  EXPECT_EQ(got.only_model, "llama");
  EXPECT_EQ(got.id(), "main");
}

TEST(Registry, KnowsTheModelsThatItsKeysName) {
  ProviderSettings settings = with_key();
  settings.keys[0].models = {"models/gemini-2.5-pro", "*"};
  settings.keys[0].aliases.append("fast").model_id = "gemini-2.5-flash";
  const auto registry = build("gemini", settings);
  ASSERT_TRUE(registry) << registry.error().message;
  const Endpoint& endpoint = *registry->find("gemini");
  EXPECT_THAT(endpoint.keys.at(0).named_models(),
              ::testing::ElementsAre("models/gemini-2.5-pro", "fast"));
  EXPECT_THAT(endpoint.named_models(),
              ::testing::IsSupersetOf({"gemini-2.5-pro", "fast", "gemini-2.5-flash"}));
}

TEST(Registry, DoesNotUseAKeyWithoutAValueAndSaysSo) {
  ProviderSettings settings = with_key();
  settings.keys.push_back(key("empty", ""));
  const auto registry = build("openai", settings);
  ASSERT_TRUE(registry);
  EXPECT_EQ(registry->find("openai")->keys.size(), 1U);
  ASSERT_EQ(registry->warnings().size(), 1U);
  EXPECT_NE(registry->warnings()[0].find("providers.openai.keys[1] (empty)"), std::string::npos);
  ProviderSettings local;
  local.keys.push_back(key("local", ""));
  EXPECT_EQ(build("ollama", local)->find("ollama")->keys.size(), 1U);
}

// The dialect of the side that a chat with this model and the first key goes to.
std::string_view format_of(const Endpoint& endpoint, std::string_view model,
                           const dialect::Dialect* inbound = nullptr) {
  const auto side = endpoint.side({llm::Operation::kChat}, inbound, &endpoint.keys.at(0), model);
  return side ? (*side)->dialect().name : side.error().message;
}

TEST(Registry, KnowsWhichKeysNeedATokenAndFromWhere) {
  Providers providers;
  ProviderSettings& settings = providers.append("cloud");
  settings.keys = {key("secret"), key("of the machine", ""), key("plain", "sk-1")};
  const auto registry = Registry::build(providers, rows_with_cloud());
  ASSERT_TRUE(registry) << registry.error().message;
  const std::vector<Key>& keys = registry->find("cloud")->keys;
  ASSERT_EQ(keys.size(), 3U) << "what is fetched needs no value";
  EXPECT_EQ(keys[0].token_urls.at(0).host, kTokenHost);
  EXPECT_EQ(keys[1].token_urls.size(), 1U);
  EXPECT_TRUE(keys[2].token_urls.empty());

  settings.keys = {key("main", "unusable")};
  const auto refused = Registry::build(providers, rows_with_cloud());
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kConfigInvalid);
  EXPECT_EQ(refused.error().message,
            "providers.cloud.keys[0]: value: it is no secret of this cloud");
}

TEST(Registry, SendsKeysThatAskForAnthropicsFormatToThatSide) {
  auto settings = with_key();
  settings.keys[0].use_anthropic_endpoints = true;
  for (const char* name : {"deepseek", "fireworks", "vllm", "sgl"}) {
    auto own = settings;
    own.network.base_url = "http://127.0.0.1:9/x";
    const auto registry = build(name, own);
    ASSERT_TRUE(registry) << registry.error().message;
    EXPECT_EQ(registry->names(), name);
    EXPECT_TRUE(registry->warnings().empty());
    const Endpoint& endpoint = *registry->find(name);
    ASSERT_GE(endpoint.sides.size(), 2U);
    EXPECT_EQ(endpoint.usual_side().dialect().name, "openai_chat");
    EXPECT_EQ(endpoint.sides[1].base.port, 9);
    EXPECT_EQ(format_of(endpoint, "m"), "anthropic");
    EXPECT_EQ(*endpoint.side({llm::Operation::kListModels}, nullptr, &endpoint.keys[0], "m"),
              &endpoint.usual_side())
        << "the other side lists no models";
  }
  const auto registry = build("deepseek", with_key());
  EXPECT_EQ(format_of(*registry->find("deepseek"), "m"), "openai_chat") << "nobody asks for it";
  EXPECT_EQ(format_of(*registry->find("deepseek"), "m", dialect::find("anthropic")), "openai_chat")
      << "a side on request is for keys that ask, whatever the caller speaks";
}

TEST(Registry, PrefersTheSideInTheCallersFormat) {
  static const ProviderSpec kTwoSides = [] {
    ProviderSpec spec = *find("openai");
    spec.sides.push_back({.dialect = dialect::find("anthropic"), .offers = kChatOnly});
    return spec;
  }();
  auto built = build_endpoint("two", kTwoSides, with_key());
  ASSERT_TRUE(built);
  EXPECT_EQ(format_of(built->endpoint, "m", dialect::find("anthropic")), "anthropic");
  EXPECT_EQ(format_of(built->endpoint, "m", dialect::find("openai_chat")), "openai_chat");
  EXPECT_EQ(format_of(built->endpoint, "m", dialect::find("gemini")), "openai_chat");
}

TEST(Registry, LetsAnAliasOverrideItsKeysFormat) {
  auto settings = with_key();
  settings.keys[0].use_anthropic_endpoints = true;
  auto& usual = settings.keys[0].aliases.append("usual");
  usual.use_anthropic_endpoints = false;
  settings.keys[0].aliases.append("as-the-key");
  const auto registry = build("deepseek", settings);
  const Endpoint& endpoint = *registry->find("deepseek");
  EXPECT_EQ(format_of(endpoint, "usual"), "openai_chat");
  EXPECT_EQ(format_of(endpoint, "as-the-key"), "anthropic");
}

TEST(Registry, IgnoresTheFormatWhereThereIsNoOtherAndSaysSo) {
  auto settings = with_key();
  settings.keys[0].use_anthropic_endpoints = true;
  settings.keys[0].aliases.append("fast").use_anthropic_endpoints = true;
  const auto registry = build("groq", settings);
  ASSERT_TRUE(registry);
  ASSERT_EQ(registry->warnings().size(), 2U);
  EXPECT_EQ(registry->warnings()[0],
            "providers.groq.keys[0].use_anthropic_endpoints has no effect: provider groq has no "
            "such endpoints.");
  EXPECT_EQ(format_of(*registry->find("groq"), "fast"), "openai_chat");
}

TEST(Registry, TurnsOffStoring) {
  auto settings = with_key();
  settings.openai.disable_store = true;
  const auto registry = build("openai", settings);
  const dialect::Flavor& flavor = registry->find("openai")->usual_side().flavor;
  ASSERT_EQ(flavor.removed_fields.size(), 1U);
  EXPECT_EQ(flavor.removed_fields[0], "store");
}

TEST(Registry, AProviderWhoseKeysAreYetToComeIsThereAndHasNone) {
  const auto registry = build("openai", {});
  ASSERT_TRUE(registry);
  ASSERT_NE(registry->find("openai"), nullptr);
  EXPECT_FALSE(registry->find("openai")->keyless);
  EXPECT_THAT(registry->find("openai")->keys, testing::IsEmpty());
  EXPECT_THAT(registry->warnings(), testing::Contains(testing::HasSubstr("providers.openai.keys")));
}

TEST(Registry, RefusesWhatCannotWorkAndNamesTheField) {
  struct Case {
    std::string name;
    ProviderSettings settings;
    std::string_view param;
  };
  auto bad_base = with_key();
  bad_base.network.base_url = "https://user:p@x";
  auto bad_key_url = with_key();
  bad_key_url.keys[0].own.set(SglKeySettings{.url = "http://"});
  auto bad_override = custom("openai");
  bad_override.custom->request_path_overrides.append("chat_completion", "nowhere");
  auto bad_header = with_key();
  bad_header.network.extra_headers.append("Content-Length", config::Secret("1"));
  const Case cases[] = {
      {"openia", with_key(), "providers.openia"},
      {"a/b", custom("openai"), "providers.a/b"},
      {"", custom("openai"), "providers."},
      {"openai", bad_base, "providers.openai.network_config.base_url"},
      {"sgl", {}, "providers.sgl.network_config.base_url"},
      {"sgl", with_key(), "providers.sgl.keys[0]"},
      {"sgl", bad_key_url, "providers.sgl.keys[0].url"},
      {"mine", custom("nobody"), "providers.mine.custom_provider_config.base_provider_type"},
      {"openai", custom("groq"), "providers.openai.custom_provider_config.base_provider_type"},
      {"mine", bad_override,
       "providers.mine.custom_provider_config.request_path_overrides.chat_completion"},
      {"openai", bad_header, "providers.openai.network_config.extra_headers.Content-Length"},
  };
  for (const Case& each : cases) {
    const auto registry = build(each.name, each.settings);
    ASSERT_FALSE(registry) << each.param;
    EXPECT_EQ(registry.error().code, ErrorCode::kConfigInvalid);
    EXPECT_EQ(registry.error().param, each.param);
  }
}

TEST(Registry, SuggestsTheNearestName) {
  const auto registry = build("openia", with_key());
  EXPECT_NE(registry.error().message.find("did you mean \"openai\"?"), std::string::npos);
}

TEST(Discover, FindsProvidersByTheirVariables) {
  const config::FakeEnvironment environment(
      {{"ANTHROPIC_API_KEY", "  sk-1\n"}, {"GROQ_API_KEY", "gsk"}, {"OPENAI_API_KEY", " "}});
  const Providers providers = discover(environment);
  const auto registry = Registry::build(providers);
  ASSERT_TRUE(registry) << registry.error().message;
  EXPECT_EQ(registry->names(), "anthropic, groq, demo");
  const Key& found = registry->find("anthropic")->keys.at(0);
  EXPECT_EQ(found.settings.value.reveal(), "sk-1");
  EXPECT_EQ(found.settings.models, std::vector<std::string>{"*"});
}

TEST(Discover, LeavesOutWhatNoHeaderMayCarry) {
  const config::FakeEnvironment environment({{"GROQ_API_KEY", "gsk\r\nx-more: 1"}});
  EXPECT_FALSE(discover(environment).contains("groq"));
}

TEST(Discover, AlwaysHasTheDemo) {
  const Providers providers = discover(config::FakeEnvironment());
  EXPECT_EQ(Registry::build(providers)->names(), "demo");
}

// ---------------------------------------------------------------------------------------------
// Two forms of a conversation

constexpr llm::RequestType kResponses{llm::Operation::kResponses, true};
constexpr llm::RequestType kChat{llm::Operation::kChat, true};

TEST(Registry, ResponsesGoToWhoHasThemAndAsAChatToAllOthers) {
  const auto of = [](const Endpoint& endpoint, llm::RequestType type, std::string_view inbound) {
    const auto side = endpoint.side(type, dialect::find(inbound), &endpoint.keys.at(0), "m");
    EXPECT_TRUE(side) << side.error().message;
    return std::pair((*side)->dialect().name, endpoint.carried(**side, type));
  };
  const auto openai = build("openai", with_key());
  EXPECT_EQ(of(*openai->find("openai"), kResponses, "openai_responses"),
            std::pair(std::string_view("openai_responses"), std::optional(kResponses)));
  EXPECT_EQ(of(*openai->find("openai"), kChat, "openai_chat"),
            std::pair(std::string_view("openai_chat"), std::optional(kChat)));
  EXPECT_EQ(of(*openai->find("openai"), kChat, "anthropic"),
            std::pair(std::string_view("openai_chat"), std::optional(kChat)));
  const auto anthropic = build("anthropic", with_key());
  EXPECT_EQ(of(*anthropic->find("anthropic"), kResponses, "openai_responses"),
            std::pair(std::string_view("anthropic"), std::optional(kChat)));
}

TEST(Registry, WhatAConfigurationAllowsOfThemCounts) {
  const auto allowing = [](std::initializer_list<std::pair<std::string_view, bool>> list) {
    auto settings = custom("openai");
    auto& allowed = settings.custom->allowed_requests.emplace();
    for (const auto& [name, is] : list) allowed.append(std::string(name), is);
    return build("mine", settings);
  };
  const auto sent_as = [](const auto& registry) {
    const Endpoint& endpoint = *registry->find("mine");
    const auto side =
        endpoint.side(kResponses, dialect::find("openai_responses"), &endpoint.keys.at(0), "m");
    return side ? (*side)->dialect().name : std::string_view("nobody");
  };
  EXPECT_EQ(sent_as(allowing({{"chat_completion_stream", true}})), "openai_chat");
  EXPECT_EQ(sent_as(allowing({{"responses_stream", true}, {"chat_completion_stream", true}})),
            "openai_responses");
  EXPECT_EQ(sent_as(allowing({{"responses_stream", false}, {"chat_completion_stream", true}})),
            "nobody");
  EXPECT_EQ(sent_as(allowing({{"chat_completion", true}})), "nobody");
}

}  // namespace
}  // namespace bifrost::provider
