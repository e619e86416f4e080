// The whole file: `config.json`. Each section has a header of its own, which says what it means.
#pragma once

#include "config/client_settings.h"
#include "config/facts.h"
#include "config/ordered_map.h"
#include "config/provider_settings.h"
#include "config/server_settings.h"

#include <cstdint>
#include <string>

namespace bifrost::config {

struct Config {
  std::string schema;
  std::int64_t version = 2;
  ClientSettings client;
  ServerSettings server;
  OrderedMap<ProviderSettings> providers;

  void describe(this auto& self, auto& visit) {
    visit.field("$schema", self.schema, {.text = "For editors; it is not read."});
    visit.field(
        "version", self.version,
        {.text = "What an empty allow-list means: 2 denies everything, 1 allows everything.",
         .minimum = 1,
         .maximum = 2});
    visit.field("client", self.client, {.text = "How the gateway treats its callers."});
    visit.field("server", self.server,
                {.text = "The listener, its connections, and how it stops."});
    visit.field("providers", self.providers,
                {.text = "Providers by name. A name that is not a provider's own needs "
                         "`custom_provider_config`.",
                 .key_form = Form::kProviderName});
    self.describe_unserved(visit);
  }

  friend bool operator==(const Config&, const Config&) = default;

 private:
  void describe_unserved(this auto& /*self*/, auto& visit) {
    visit.unserved("access_profiles", Shape::kArray, "Access profiles.");
    visit.unserved("alerting", Shape::kObject, "Alerts on budgets.");
    visit.unserved("alerting_config", Shape::kObject, "Alerts on budgets, other spelling.");
    visit.unserved("audit_logs", Shape::kObject, "Audit log.");
    visit.unserved("auth_config", Shape::kObject, "Administrator's credentials.");
    visit.unserved("circuit_breaker_config", Shape::kObject, "Circuit breakers.");
    visit.unserved("cluster_config", Shape::kObject, "Several nodes as one.");
    visit.unserved("config_store", Shape::kObject, "Database for the configuration.");
    visit.unserved("encryption_key", Shape::kAny, "Key for secrets in databases.");
    visit.unserved("env_label", Shape::kAny, "Label in the web interface.");
    visit.unserved("feature_flags", Shape::kObject, "Feature flags.");
    visit.unserved("framework", Shape::kObject, "Prices and the model catalogue.");
    visit.unserved("governance", Shape::kObject,
                   "Virtual keys, budgets, rate limits, routing rules.");
    visit.unserved("guardrails_config", Shape::kObject, "Guardrails.");
    visit.unserved("large_payload_optimization", Shape::kObject, "Streaming of large bodies.");
    visit.unserved("load_balancer_config", Shape::kObject, "Adaptive load balancing.");
    visit.unserved("logs_store", Shape::kObject, "Database for logs.");
    visit.unserved("mcp", Shape::kObject, "Model Context Protocol.");
    visit.unserved("plugins", Shape::kArray, "Plugins.");
    visit.unserved("scim_config", Shape::kObject, "Single sign-on and provisioning.");
    visit.unserved("setup_token", Shape::kAny, "Secret for the first administrator.");
    visit.unserved("skills_registry", Shape::kObject, "Skills.");
    visit.unserved("source_of_truth", Shape::kString, "Which of file and database counts.");
    visit.unserved("vector_store", Shape::kObject, "Database for vectors.");
    visit.unserved("webhooks", Shape::kArray, "Webhooks.");
    visit.unserved("websocket", Shape::kObject, "WebSocket limits.");
  }
};

}  // namespace bifrost::config
