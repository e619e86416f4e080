#include "app/load_config.h"

#include "app/load_config_fixture.h"
#include "governance/settings/entries.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

namespace bifrost::app {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

// The configuration of a text that must be good.
Config good(std::string_view text) {
  ConfigReport report = inspect_text(text);
  EXPECT_THAT(report.problems, IsEmpty()) << render(report.problems);
  return std::move(report.config);
}

provider::KeySettings good_key(std::string_view members) {
  const Config config = good(key_with(members));
  const provider::ProviderSettings* provider = config.providers.find("openai");
  return provider != nullptr && !provider->keys.empty() ? provider->keys.front()
                                                        : provider::KeySettings{};
}

provider::NetworkSettings good_network(std::string_view members) {
  const Config config = good(openai_with(R"("network_config":{)" + std::string(members) + "}"));
  const provider::ProviderSettings* provider = config.providers.find("openai");
  return provider != nullptr ? provider->network : provider::NetworkSettings{};
}

TEST(Load, EmptyObjectGivesTheDefaults) {
  EXPECT_EQ(good("{}"), Config{});
  EXPECT_EQ(Config{}.client.max_request_body_size_mb, 100);
  EXPECT_THAT(Config{}.client.cors.allowed_origins, ElementsAre("*"));
  EXPECT_EQ(Config{}.server.head_bytes_max, 65536);
  EXPECT_EQ(provider::NetworkSettings{}.request_timeout, 30s);
  EXPECT_EQ(provider::ConcurrencySettings{}.concurrency, 1000);
}

// A list that is there and empty says something, where the file is the source of truth.
TEST(Load, EachListOfTheFileIsKnownByItsKind) {
  governance::for_each_list(
      [](std::string_view kind, std::string_view name, auto /*list*/, auto /*id*/) {
        const ConfigReport report =
            inspect_text(R"({"governance": {")" + std::string(name) + R"(": []}})");
        EXPECT_THAT(report.problems, IsEmpty()) << kind;
        EXPECT_THAT(report.warnings, IsEmpty()) << kind;
        EXPECT_THAT(report.listed, ElementsAre(kind));
      });
}

TEST(Load, AByteOrderMarkIsPassedOver) {
  EXPECT_EQ(good("\xef\xbb\xbf{\"version\":1}").version, 1);
}

TEST(Load, WarnsOfSecretsThatEverybodyMayRead) {
  const provider::ProviderNames names = test_providers();
  const config::FakeEnvironment environment = test_environment();
  const LoadOptions options{.providers = names, .environment = environment};
  const auto warnings_of = [&](std::string_view key, std::filesystem::perms rights) {
    const std::string path = ::testing::TempDir() + "secrets.json";
    std::ofstream(path)
        << R"({"providers": {"openai": {"keys": [{"name": "a", "models": ["*"], "value": ")" << key
        << R"("}]}}})";
    std::filesystem::permissions(path, rights);
    const auto loaded = load_config(path, options);
    EXPECT_TRUE(loaded) << loaded.error().message;
    return loaded ? loaded->warnings : std::vector<std::string>{};
  };
  using std::filesystem::perms;
  const perms own = perms::owner_read | perms::owner_write;
  EXPECT_THAT(warnings_of("sk-secret", own | perms::others_read),
              ::testing::Contains(::testing::HasSubstr("everybody on this machine may read it")));
  EXPECT_THAT(warnings_of("sk-secret", own), ::testing::IsEmpty());
  EXPECT_THAT(warnings_of("env.OPENAI_API_KEY", own | perms::others_read), ::testing::IsEmpty());
}

TEST(Load, NullMeansNotGiven) {
  EXPECT_EQ(good(R"({"version":null,"client":null,"server":{"read_buffer_size":null}})"), Config{});
}

TEST(Load, ProvidersKeepTheirOrder) {
  const Config config = good(R"({"providers":{
      "sgl":{}, "demo":{}, "anthropic":{"keys":[{"name":"k"}]}, "ollama":{}}})");
  std::vector<std::string> names;
  for (const auto& [name, provider] : config.providers) names.push_back(name);
  EXPECT_THAT(names, ElementsAre("sgl", "demo", "anthropic", "ollama"));
}

TEST(Load, DurationsAreTextOrANumberOfTheirUnit) {
  const provider::NetworkSettings network = good_network(
      R"("default_request_timeout_in_seconds":7,"stream_idle_timeout_in_seconds":"1m30s",
         "retry_backoff_initial":150,"retry_backoff_max":"2s","total_timeout_in_seconds":0,
         "connect_timeout_in_seconds":"250ms","keep_alive_timeout_in_seconds":2.0)");
  EXPECT_EQ(network.request_timeout, 7s);
  EXPECT_EQ(network.stream_idle_timeout, 90s);
  EXPECT_EQ(network.retry_backoff_initial, 150ms);
  EXPECT_EQ(network.retry_backoff_max, 2s);
  EXPECT_EQ(network.total_timeout, 0s);
  EXPECT_EQ(network.connect_timeout, 250ms);
  EXPECT_EQ(network.keep_alive_timeout, 2s);
}

TEST(Load, SecretsComeInAllTheirForms) {
  const std::string from_env = std::string(kHush) + " of OPENAI_API_KEY";
  const auto value = [](std::string_view json) {
    return good_key(R"("name":"a","models":["*"],"value":)" + std::string(json)).value;
  };
  EXPECT_EQ(value(R"("sk-plain")").reveal(), "sk-plain");
  EXPECT_EQ(value(R"("")").reveal(), "");
  EXPECT_EQ(value(R"("env.OPENAI_API_KEY")").reveal(), from_env);
  EXPECT_EQ(value(R"("env.OPENAI_API_KEY")").reference(), "env.OPENAI_API_KEY");
  EXPECT_EQ(value(R"({"value":"sk-plain"})").reveal(), "sk-plain");
  EXPECT_EQ(value(R"({"value":"env.OPENAI_API_KEY"})").reveal(), from_env);
  EXPECT_EQ(value(R"({"ref":"env.OPENAI_API_KEY"})").reveal(), from_env);
  EXPECT_EQ(value(R"({"ref":"OPENAI_API_KEY","type":"env"})").reveal(), from_env);
  EXPECT_EQ(value(R"({"env_var":"OPENAI_API_KEY"})").reveal(), from_env);
  EXPECT_EQ(value(R"({"value":"old","env_var":"env.OPENAI_API_KEY","from_env":true})").reveal(),
            from_env);
  EXPECT_EQ(value(R"({"value":"sk-plain","env_var":"","from_env":false})").reveal(), "sk-plain");
  EXPECT_EQ(value(R"({"value":"env.as-it-is","type":"plain_text"})").reveal(), "env.as-it-is");
}

TEST(Load, UrlsMayStandInTheEnvironment) {
  EXPECT_EQ(good_network(R"("base_url":"env.INNER_URL")").base_url, "http://10.1.2.3:8080/v1");
  EXPECT_EQ(good_network(R"("base_url":{"env_var":"INNER_URL"})").base_url,
            "http://10.1.2.3:8080/v1");
  EXPECT_EQ(good_network(R"("base_url":"")").base_url, "");
}

TEST(Load, AliasesAreTextOrObject) {
  const provider::KeySettings key = good_key(
      R"("name":"a","models":["*"],"aliases":{"x":"wire-x","y":{"model_id":"wire-y","model_name":"y"}})");
  ASSERT_EQ(key.aliases.size(), 2U);
  EXPECT_EQ(key.aliases.find("x")->model_id, "wire-x");
  EXPECT_EQ(key.aliases.find("y")->model_id, "wire-y");
  EXPECT_EQ(key.aliases.find("y")->model_name, "y");
}

TEST(Load, EmptyAllowListDeniesInVersion2AndAllowsInVersion1) {
  const auto models = [](std::string_view version, std::string_view list) {
    const Config config = good(R"({"version":)" + std::string(version) +
                               R"(,"providers":{"openai":{"keys":[{"name":"a","models":)" +
                               std::string(list) + "}]}}}");
    return config.providers.find("openai")->keys.front().models;
  };
  EXPECT_THAT(models("1", "[]"), ElementsAre("*"));
  EXPECT_THAT(models("2", "[]"), IsEmpty());
  EXPECT_THAT(models("1", R"(["m"])"), ElementsAre("m"));
  EXPECT_THAT(models("2", R"(["m","*"])"), ElementsAre("*"));
}

TEST(Load, KeyThatServesNothingIsWarnedAbout) {
  EXPECT_THAT(inspect_text(key_with(R"("name":"a")")).warnings,
              ElementsAre("providers.openai.keys[0].models: empty, so the key may be used for no "
                          "model; [\"*\"] allows all"));
}

TEST(Load, AllowedRequestsTellsAbsentFromEmpty) {
  const auto allowed = [](std::string_view more) {
    const Config config = good(
        R"({"providers":{"mine":{"custom_provider_config":{"base_provider_type":"openai","is_key_less":true)" +
        std::string(more) + "}}}}");
    return config.providers.find("mine")->custom->allowed_requests;
  };
  EXPECT_FALSE(allowed("").has_value());
  ASSERT_TRUE(allowed(R"(,"allowed_requests":{})").has_value());
  EXPECT_TRUE(allowed(R"(,"allowed_requests":{})")->empty());
  EXPECT_EQ(*allowed(R"(,"allowed_requests":{"embedding":true})")->find("embedding"), true);
}

TEST(Load, SectionsThatAreNotServedWarnOnceEach) {
  const ConfigReport report = inspect_text(R"({
      "guardrails_config":{"a":[{"id":"1"}]}, "plugins":[], "webhooks":[{"secret":"env.NOT_LOOKED_AT"}],
      "feature_flags":{}, "env_label":{"value":"x"}, "$schema":"https://example.com/s"})");
  EXPECT_THAT(report.problems, IsEmpty());
  EXPECT_THAT(report.warnings,
              testing::UnorderedElementsAre(
                  "guardrails_config: this section is not served yet and has no effect",
                  "plugins: this section is not served yet and has no effect",
                  "webhooks: this section is not served yet and has no effect",
                  "feature_flags: this section is not served yet and has no effect",
                  "env_label: this section is not served yet and has no effect"));
}

TEST(Load, SettingsWithoutEffectAreNamedInOneWarning) {
  const ConfigReport report = inspect_text(
      R"({"client":{"enable_logging":true,"log_retention_days":30,"drop_excess_requests":true}})");
  EXPECT_THAT(report.problems, IsEmpty());
  EXPECT_THAT(
      report.warnings,
      ElementsAre("client: not served yet, so without effect: enable_logging, log_retention_days"));
  EXPECT_TRUE(report.config.client.drop_excess_requests);
}

TEST(Load, UnservedProvidersAreLeftOutWithoutALook) {
  const ConfigReport report = inspect_text(R"({"providers":{
      "azure":{"keys":[{"name":"a","value":"env.NOT_SET","azure_key_config":{"endpoint":"x"}}]},
      "mine":{"custom_provider_config":{"base_provider_type":"bedrock"}},
      "demo":{}}})");
  EXPECT_THAT(report.problems, IsEmpty());
  EXPECT_THAT(
      report.warnings,
      ElementsAre("providers.azure: this provider is not served yet, so this section has no effect",
                  "providers.mine: the base provider \"bedrock\" is not served yet, so this "
                  "section has no effect"));
  EXPECT_EQ(report.config.providers.size(), 1U);
  EXPECT_TRUE(report.config.providers.contains("demo"));
}

TEST(Load, FormerNamesAreTakenWithAWarning) {
  const ConfigReport report = inspect_text(R"({"client":{"enforce_governance_header":true}})");
  EXPECT_THAT(report.problems, IsEmpty());
  EXPECT_THAT(report.warnings,
              ElementsAre("client.enforce_governance_header: deprecated; the setting is "
                          "now called \"enforce_auth_on_inference\""));
  EXPECT_TRUE(report.config.client.access.enforce_auth_on_inference);
}

TEST(Load, CurrentNameGoesBeforeAFormerOne) {
  const ConfigReport report = inspect_text(
      R"({"client":{"enforce_governance_header":true,"enforce_auth_on_inference":false}})");
  EXPECT_FALSE(report.config.client.access.enforce_auth_on_inference);
}

TEST(Load, FailsWithOneLinePerProblem) {
  const provider::ProviderNames names = test_providers();
  const config::FakeEnvironment environment;
  const auto loaded = parse_config(R"({"version":3,"clinet":{}})",
                                   {.providers = names, .environment = environment});
  ASSERT_FALSE(loaded);
  EXPECT_EQ(loaded.error().code, ErrorCode::kConfigInvalid);
  EXPECT_EQ(loaded.error().message,
            "version: 3 is out of bounds: it must be between 1 and 2\n"
            "clinet: unknown key; did you mean \"client\"?");
}

TEST(Load, FileThatIsNotThereIsNamed) {
  const provider::ProviderNames names = test_providers();
  const config::FakeEnvironment environment;
  const LoadOptions options{.providers = names, .environment = environment};
  const auto loaded = load_config("examples/no-such-file.json", options);
  ASSERT_FALSE(loaded);
  EXPECT_EQ(loaded.error().message,
            "cannot read examples/no-such-file.json: No such file or directory");
  EXPECT_FALSE(load_config("examples", options));
}

TEST(Load, AFileWithoutProvidersGetsNone) { EXPECT_TRUE(good("{}").providers.empty()); }

}  // namespace
}  // namespace bifrost::app
