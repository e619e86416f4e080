// Files as the original's documentation and examples show them: they load, and what is not served
// yet is told.
#include "app/load_config_fixture.h"
#include "config/document.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace bifrost::app {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

Config loaded(std::string_view text) {
  ConfigReport report = inspect_text(text);
  EXPECT_THAT(report.problems, IsEmpty()) << config::render(report.problems);
  return std::move(report.config);
}

// Virtual keys for the keys of several providers, some of which are not served here.
TEST(OriginalFiles, VirtualKeysNameKeysOfProvidersThatAreNotServedYet) {
  const Config config = loaded(R"({
    "$schema": "https://www.getbifrost.ai/schema",
    "client": {"allow_direct_keys": false, "allowed_origins": ["*"], "enable_logging": true,
               "enable_litellm_fallbacks": false, "enforce_governance_header": true,
               "initial_pool_size": 300, "log_retention_days": 365},
    "config_store": {"enabled": true, "type": "sqlite", "config": {"path": "config.db"}},
    "logs_store": {"enabled": true, "type": "sqlite", "config": {"path": "logs.db"}},
    "framework": {"pricing": {"pricing_sync_interval": 86400}},
    "plugins": [{"enabled": true, "name": "governance", "config": {"is_vk_mandatory": true}}],
    "governance": {
      "auth_config": {"admin_username": "root", "admin_password": "env.ADMIN_PASSWORD",
                      "is_enabled": false, "disable_auth_on_inference": true},
      "virtual_keys": [
        {"id": "vk-1", "name": "assistant", "is_active": true, "value": "env.ALICE_KEY",
         "provider_configs": [
           {"provider": "azure", "key_ids": ["key-azure"], "allowed_models": ["*"], "weight": 0.5},
           {"provider": "openai", "key_ids": ["key-openai"], "allowed_models": ["*"],
            "weight": 0.5}],
         "mcp_configs": [{"mcp_client_name": "weather", "tools_to_execute": ["*"]}]}]},
    "providers": {
      "azure": {"keys": [{"id": "key-azure", "name": "a", "value": "env.NOT_SET", "weight": 1,
                          "models": ["gpt-4o"],
                          "azure_key_config": {"endpoint": "https://x.openai.azure.com",
                                               "deployments": {"gpt-4o": "gpt-4o"}}}]},
      "openai": {"keys": [{"id": "key-openai", "name": "o", "value": "env.OPENAI_API_KEY",
                           "weight": 1, "models": ["*"]}]}}})");
  ASSERT_THAT(config.governance.virtual_keys, SizeIs(1));
  EXPECT_THAT(config.governance.virtual_keys[0].provider_configs, SizeIs(2));
  EXPECT_TRUE(config.client.access.enforce_auth_on_inference);
}

std::vector<std::string> warnings_of(std::string_view text) {
  ConfigReport report = inspect_text(text);
  EXPECT_THAT(report.problems, IsEmpty()) << config::render(report.problems);
  return std::move(report.warnings);
}

TEST(OriginalFiles, KeysWithoutANameAreCalledByTheirIdOrTheirPlace) {
  constexpr std::string_view kText = R"({"providers": {"gemini": {"keys": [
      {"name": "gemini-key-2", "value": "a", "models": ["*"]},
      {"value": "b", "models": ["*"]},
      {"name": "", "id": "third", "value": "c", "models": ["*"]},
      {"name": null, "value": "d", "models": ["*"]}]}}})";
  const Config config = loaded(kText);
  const provider::ProviderSettings* gemini = config.providers.find("gemini");
  ASSERT_NE(gemini, nullptr);
  std::vector<std::string> names;
  for (const provider::KeySettings& key : gemini->keys) names.push_back(key.name);
  EXPECT_THAT(names, ElementsAre("gemini-key-2", "gemini-key-3", "third", "gemini-key-4"));
  EXPECT_THAT(
      warnings_of(kText),
      ElementsAre(R"(providers.gemini.keys[1].name: not given, so the key is called )"
                  R"("gemini-key-3"; name it, since its place may change)",
                  R"(providers.gemini.keys[2].name: not given, so the key is called "third")",
                  R"(providers.gemini.keys[3].name: not given, so the key is called )"
                  R"("gemini-key-4"; name it, since its place may change)"));
}

TEST(OriginalFiles, VirtualKeysWithoutANameAreCalledByTheirId) {
  const auto file = [](std::string_view other) {
    return R"({"governance": {"virtual_keys": [{"id": "vk-gpt", "value": "vk-gpt"}, )" +
           std::string(other) + "]}}";
  };
  const std::string good = file(R"({"id": "b", "name": "bob", "value": "sk-bf-b"})");
  EXPECT_EQ(loaded(good).governance.virtual_keys[0].name, "vk-gpt");
  EXPECT_THAT(
      warnings_of(good),
      ElementsAre("governance.virtual_keys[0].name: not given, so the key is called by its id"));
  EXPECT_THAT(problems_of(file(R"({"id": "b", "name": "vk-gpt", "value": "sk-bf-b"})")),
              ElementsAre("governance.virtual_keys[0].name: required, since another key is called "
                          "as this one's id"));
}

// Nobody needs the variables of what is switched off.
TEST(OriginalFiles, WhatIsSwitchedOffMayReferToVariablesThatAreNotSet) {
  constexpr std::string_view kWhy = " is not set; nothing needs it as long as this is switched off";
  const auto auth = [](std::string_view section) {
    return warnings_of(R"({"governance": {"auth_config": {"admin_username": "env.NO_NAME",
                           "admin_password": {"ref": "env.NO_PASSWORD", "type": "env"})" +
                       std::string(section) + "}}}");
  };
  const auto expected = ElementsAre(
      "governance.auth_config.admin_username: environment variable NO_NAME" + std::string(kWhy),
      "governance.auth_config.admin_password: environment variable NO_PASSWORD" +
          std::string(kWhy));
  EXPECT_THAT(auth(R"(, "is_enabled": false)"), expected);
  EXPECT_THAT(auth(""), expected);

  constexpr std::string_view kKey = R"("name": "a", "models": ["*"], "value": "env.NO_KEY")";
  const std::string key = key_with(std::string(kKey) + R"(, "enabled": false)");
  EXPECT_THAT(warnings_of(key),
              ElementsAre("providers.openai.keys[0].value: environment variable NO_KEY" +
                          std::string(kWhy)));
  EXPECT_EQ(loaded(key).providers.find("openai")->keys[0].value.reference(), "env.NO_KEY");
  EXPECT_THAT(
      problems_of(key_with(kKey)),
      ElementsAre("providers.openai.keys[0].value: environment variable NO_KEY is not set"));

  EXPECT_THAT(warnings_of(R"({"config_store": {"type": "postgres", "enabled": false, "config": {
                       "host": "h", "user": "u", "db_name": "d", "password": "env.NO_PASS"}}})"),
              ElementsAre("config_store.config.password: environment variable NO_PASS" +
                          std::string(kWhy)));
  // What stands beside it is switched on.
  EXPECT_THAT(problems_of(R"({"governance": {"auth_config": {"is_enabled": false}},
                              "encryption_key": "env.NO_KEY"})"),
              ElementsAre("encryption_key: environment variable NO_KEY is not set"));
}

// What former versions had elsewhere or by other names.
TEST(OriginalFiles, FormerSettingsAreToldOf) {
  EXPECT_THAT(warnings_of(R"({"client": {"enable_local_cache": true},
                      "local_cache": {"dimension": 1, "ttl": 300, "threshold": 0.8},
                      "vector_store": {"enabled": true, "type": "redis",
                                       "config": {"addr": "env.NOT_SET"}}})"),
              ElementsAre("client: not served yet, so without effect: enable_local_cache",
                          "local_cache: this section is not served yet and has no effect",
                          "vector_store: this section is not served yet and has no effect"));
  const Config config = loaded(openai_with(
      R"("meta_config": {}, "network_config": {"retry_backoff_initial_ms": 200, "retry_backoff_max_ms": 2000})"));
  const auto& network = config.providers.find("openai")->network;
  EXPECT_EQ(network.retry_backoff_initial, std::chrono::milliseconds(200));
  EXPECT_EQ(network.retry_backoff_max, std::chrono::milliseconds(2000));
}

// Every member that the section has there.
TEST(OriginalFiles, AllOfTheSectionGovernanceIsKnown) {
  const Config config = loaded(R"({
    "providers": {"openai": {"keys": [{"name": "o", "value": "sk-1", "models": ["*"]}]}},
    "governance": {
      "budgets": [
        {"id": "b-vk", "max_limit": 10, "reset_duration": "1M", "current_usage": 1.5,
         "last_reset": "2026-01-01T00:00:00Z", "virtual_key_id": "vk", "calendar_aligned": true},
        {"id": "b-config", "max_limit": 1, "reset_duration": "1Q", "provider_config_id": 7,
         "reset_config": {"quarter_start_month": 2}},
        {"id": "b-team", "max_limit": 5, "reset_duration": "1d", "team_id": "t",
         "override_amount": 2, "override_mode": "cycles", "override_cycles_remaining": 1,
         "override_cycles_total": 2, "override_anchor_reset": "2026-01-01T00:00:00Z"},
        {"id": "b-customer", "max_limit": 5, "reset_duration": "1w", "customer_id": "c",
         "override_amount": 1, "override_mode": "forever"},
        {"id": "b-model", "max_limit": 5, "reset_duration": "1h", "model_config_id": "m"},
        {"id": "b-provider", "max_limit": 5, "reset_duration": "1Y"}],
      "rate_limits": [
        {"id": "r", "token_max_limit": 100, "token_reset_duration": "1m",
         "token_current_usage": 1, "token_last_reset": "2026-01-01T00:00:00Z",
         "request_max_limit": 5, "request_reset_duration": "5m", "request_current_usage": 1,
         "request_last_reset": "2026-01-01T00:00:00Z", "calendar_aligned": false}],
      "customers": [{"id": "c", "name": "acme", "rate_limit_id": "r", "calendar_aligned": true,
                     "virtual_key_count": 3}],
      "teams": [{"id": "t", "name": "red", "source_id": "g", "customer_id": "c",
                 "rate_limit_id": "r", "business_unit_id": "u", "profile": {}, "config": {},
                 "claims": {}, "virtual_key_count": 1}],
      "business_units": [{"id": "u", "name": "unit", "team_ids": ["t"]}],
      "roles": [{"name": "viewer", "dac": "own-data",
                 "permissions": [{"resource": "Logs", "operation": "View"}]}],
      "virtual_keys": [
        {"id": "vk", "name": "alice", "description": "d", "value": "sk-bf-alice",
         "is_active": true, "expires_at": "2099-01-01T00:00:00Z", "calendar_aligned": true,
         "team_id": "t", "is_access_profile_managed": false, "rate_limit_id": "r",
         "provider_configs": [
           {"id": 7, "virtual_key_id": "vk", "provider": "openai", "weight": null,
            "allowed_models": ["*"], "blacklisted_models": ["o1"], "rate_limit_id": "r",
            "key_ids": ["*"]}],
         "mcp_configs": [{"id": 1, "virtual_key_id": "vk", "mcp_client_id": 3,
                          "tools_to_execute": []}]}],
      "routing_rules": [
        {"id": "rule", "name": "rule", "description": "d", "enabled": true,
         "cel_expression": "model == 'x'", "chain_rule": false,
         "targets": [{"provider": "openai", "model": "gpt-4o", "weight": 1}],
         "fallbacks": ["openai/gpt-4o-mini"], "scope": "team", "scope_id": "t", "priority": 1,
         "query": {"combinator": "and", "rules": []}}],
      "pricing_overrides": [
        {"id": "p", "name": "p", "scope_kind": "virtual_key", "match_type": "wildcard",
         "pattern": "gpt-4*", "request_types": ["chat_completion"], "virtual_key_id": "vk",
         "pricing_patch": "{\"input_cost_per_token\": 1e-06}", "config_hash": "x"}],
      "auth_config": {"admin_username": "root", "admin_password": "env.ADMIN_PASSWORD",
                      "is_enabled": true, "disable_auth_on_inference": true},
      "complexity_analyzer_config": {
        "tier_boundaries": {"simple_medium": 0.2, "medium_complex": 0.5, "complex_reasoning": 0.8},
        "keywords": {}},
      "model_configs": [{"id": "m", "model_name": "gpt-4o", "provider": "openai",
                         "scope": "virtual_key", "scope_id": "vk", "calendar_aligned": true,
                         "rate_limit_id": "r"}],
      "providers": [{"name": "openai", "id": 1, "description": "d", "budget_id": "b-provider",
                     "rate_limit_id": "r", "send_back_raw_request": false,
                     "network_config": {}, "concurrency_and_buffer_size": {}}],
      "projects": [{"name": "p", "access_rule": "union"}]}})");
  EXPECT_THAT(config.governance.budgets, SizeIs(6));
  EXPECT_THAT(config.governance.routing_rules, SizeIs(1));
  EXPECT_THAT(config.governance.model_configs, SizeIs(1));
}

// Version 1 of the file: a list that is empty, or not there, allows everything.
TEST(OriginalFiles, EmptyListsOfVirtualKeysMeanWhatTheirVersionSays) {
  const auto entry = [](std::string_view version, std::string_view lists) {
    return loaded(R"({"version": )" + std::string(version) + R"(, "governance": {"virtual_keys": [
                      {"id": "k", "name": "k", "value": "sk-bf-k", "provider_configs": [
                        {"provider": "openai")" +
                  std::string(lists) + "}]}]}}")
        .governance.virtual_keys[0]
        .provider_configs[0];
  };
  constexpr std::string_view kEmpty = R"(, "allowed_models": [], "key_ids": [])";
  for (const std::string_view lists : {std::string_view(), kEmpty}) {
    EXPECT_THAT(entry("1", lists).allowed_models, ElementsAre("*"));
    EXPECT_THAT(entry("1", lists).key_ids, ElementsAre("*"));
    EXPECT_THAT(entry("2", lists).allowed_models, IsEmpty());
    EXPECT_THAT(entry("2", lists).key_ids, IsEmpty());
  }
  EXPECT_THAT(entry("1", kEmpty).blacklisted_models, IsEmpty()) << "nothing is denied";
  EXPECT_THAT(entry("1", R"(, "allowed_models": ["m"])").allowed_models, ElementsAre("m"));
}

}  // namespace
}  // namespace bifrost::app
