// The whole file: `config.json`, composed of the sections of the folders that own them.
#pragma once

#include "config/facts.h"
#include "config/secret.h"
#include "exchange/managed_settings.h"
#include "ledger/settings.h"
#include "server/settings.h"
#include "store/audit_settings.h"
#include "store/settings.h"

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace bifrost::app {

enum class SourceOfTruth : std::uint8_t { kSplit, kFile };

}  // namespace bifrost::app

template <>
struct bifrost::config::EnumTexts<bifrost::app::SourceOfTruth> {
  static constexpr std::array<std::string_view, 2> kTexts = {"split", "config.json"};
};

namespace bifrost::app {

// What the schema calls an entry of `providers`, whose name means something.
inline constexpr std::string_view kProviderEntries = "provider";

// What the store keeps too, and what only the file says.
struct Config : exchange::ManagedSettings {
  std::string schema;
  std::int64_t version = 2;
  SourceOfTruth source_of_truth = SourceOfTruth::kSplit;
  server::Settings server;
  std::optional<store::StoreSettings> config_store;  // absent: as if it were there and empty, but
                                                     // nothing has to be kept
  config::Secret encryption_key;
  ledger::Settings ledger;
  config::Secret setup_token;
  store::AuditSettings audit;
  std::optional<governance::AuthSettings> former_auth;

  void describe(this auto& self, auto& visit) {
    visit.field("$schema", self.schema, {.text = "For editors; it is not read."});
    visit.field(
        "version", self.version,
        {.text = "What an empty allow-list means: 2 denies everything, 1 allows everything.",
         .minimum = 1,
         .maximum = 2});
    visit.field(
        "source_of_truth", self.source_of_truth,
        {.text = "What counts where file and database say different things. `split`: what was "
                 "changed through the API, until the file says something else. `config.json`: the "
                 "file, from the next start or reload on, for each list that it has; what an empty "
                 "one does not have is deleted, and a list that is left out stays as the database "
                 "has it."});
    visit.field("client", self.client, {.text = "How the gateway treats its callers."});
    visit.field("server", self.server,
                {.text = "The listener, its connections, and how it stops."});
    visit.field("providers", self.providers,
                {.text = "Providers by name. A name that is not a provider's own needs "
                         "`custom_provider_config`.",
                 .key_form = config::Form::kProviderName,
                 .entries = kProviderEntries});
    visit.field("governance", self.governance,
                {.text = "Who may ask for what, and how much of it."});
    visit.field(
        "config_store", self.config_store,
        {.text = "The database that keeps what is changed through the API.", .restart = true});
    visit.field(
        "encryption_key", self.encryption_key,
        {.text = "What the secrets in the database are sealed with, better 16 bytes or more that "
                 "nobody guesses; also `BIFROST_ENCRYPTION_KEY`. Without it the gateway "
                 "makes a key for itself, in `encryption.key` in the app dir.",
         .restart = true});
    visit.field(
        "ledger", self.ledger,
        {.text = "How usage is written down, in the database of `config_store`.", .ours = true});
    visit.field("framework", self.framework,
                {.text = "Where prices come from, beside those of the program."});
    visit.field("proxy_config", self.proxy,
                {.text = "The proxy of everything that has none of its own.", .ours = true});
    visit.field("setup_token", self.setup_token,
                {.text = "Whoever knows it may make the first administrator through the API; also "
                         "`BIFROST_SETUP_TOKEN`. Without it nobody may."});
    visit.field("audit_logs", self.audit,
                {.text = "The record of what was done through the management API."});
    visit.field("auth_config", self.former_auth,
                {.text = "Former name of `governance.auth_config`."});
    self.describe_unserved(visit);
  }

  friend bool operator==(const Config&, const Config&) = default;

 private:
  void describe_unserved(this auto& /*self*/, auto& visit) {
    visit.unserved("access_profiles", config::Shape::kArray, "Access profiles.");
    visit.unserved("alerting", config::Shape::kObject, "Alerts on budgets.");
    visit.unserved("alerting_config", config::Shape::kObject, "Alerts on budgets, other spelling.");
    visit.unserved("circuit_breaker_config", config::Shape::kObject, "Circuit breakers.");
    visit.unserved("cluster_config", config::Shape::kObject, "Several nodes as one.");
    visit.unserved("env_label", config::Shape::kAny, "Label in the web interface.");
    visit.unserved("feature_flags", config::Shape::kObject, "Feature flags.");
    visit.unserved("guardrails_config", config::Shape::kObject, "Guardrails.");
    visit.unserved("large_payload_optimization", config::Shape::kObject,
                   "Streaming of large bodies.");
    visit.unserved("load_balancer_config", config::Shape::kObject, "Adaptive load balancing.");
    visit.unserved("local_cache", config::Shape::kObject,
                   "Former name of the settings of the semantic cache.");
    visit.unserved("logs_store", config::Shape::kObject, "Database for logs.");
    visit.unserved("mcp", config::Shape::kObject, "Model Context Protocol.");
    visit.unserved("plugins", config::Shape::kArray, "Plugins.");
    visit.unserved("scim_config", config::Shape::kObject, "Single sign-on and provisioning.");
    visit.unserved("skills_registry", config::Shape::kObject, "Skills.");
    visit.unserved("vector_store", config::Shape::kObject, "Database for vectors.");
    visit.unserved("webhooks", config::Shape::kArray, "Webhooks.");
    visit.unserved("websocket", config::Shape::kObject, "WebSocket limits.");
  }
};

}  // namespace bifrost::app
