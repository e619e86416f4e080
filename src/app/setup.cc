#include "app/setup.h"

#include "app/load_config.h"
#include "app/setup_token.h"
#include "base/strings.h"
#include "base/try.h"
#include "governance/build_routing.h"
#include "governance/build_rules.h"
#include "net/address.h"
#include "provider/discover.h"

#include <cstdint>
#include <map>
#include <memory>
#include <string_view>
#include <utility>

namespace bifrost::app {
namespace {

constexpr std::uint16_t kDnsPort = 53;

// Grants and limits of a provider that is not there: a typing error, or one that is yet to come.
void warn_of_unknown(const governance::GovernanceSettings& governance,
                     const provider::Registry& registry, std::vector<std::string>& warnings) {
  std::map<std::string_view, std::string> unknown;  // by name: who speaks of it first
  const auto look = [&](const std::string& name, std::string_view what, const std::string& who) {
    if (name.empty() || registry.find(name) != nullptr) return;
    unknown.try_emplace(name, std::string(what) + " " + quoted(who));
  };
  for (const auto& key : governance.virtual_keys) {
    for (const auto& entry : key.provider_configs) look(entry.provider, "virtual key", key.name);
  }
  for (const auto& model : governance.model_configs) look(model.provider, "model config", model.id);
  for (const auto& limit : governance.providers) look(limit.name, "providers entry", limit.name);
  for (const auto& rule : governance.routing_rules) {
    for (const auto& target : rule.targets) look(target.provider, "routing rule", rule.name);
    for (const auto& fallback : rule.fallbacks) look(fallback.provider, "routing rule", rule.name);
  }
  for (const auto& [name, who] : unknown) {
    warnings.push_back("governance: there is no provider " + quoted(name) + ", of which " + who +
                       " speaks; there are " + registry.names());
  }
}

}  // namespace

Result<Setup> read_setup(const std::string& path, const config::Environment& environment) {
  Setup setup;
  if (path.empty()) {
    setup.config.providers = provider::discover(environment);
    if (const std::string problem = setup_token_problem(setup.config, environment);
        !problem.empty()) {
      return gateway_error(ErrorCode::kConfigInvalid, "setup_token: " + problem);
    }
    return setup;
  }
  const provider::ProviderNames names = provider::provider_names();
  BF_TRY(LoadedConfig loaded, load_config(path, {.providers = names, .environment = environment}));
  setup.config = std::move(loaded.config);
  if (setup.config.source_of_truth == SourceOfTruth::kFile) setup.ruled = std::move(loaded.listed);
  setup.warnings = std::move(loaded.warnings);
  return setup;
}

Result<exchange::SnapshotPtr> make_snapshot(const Config& config, Lasting lasting,
                                            const config::Environment& environment, WallTime now,
                                            std::vector<std::string>& warnings) {
  auto snapshot = std::make_shared<exchange::Snapshot>();
  BF_TRY(snapshot->registry, provider::Registry::build(config.providers));
  for (const std::string& warning : snapshot->registry.warnings()) {
    warnings.push_back(warning);
  }
  snapshot->client = config.client;
  snapshot->ledger = config.ledger;
  snapshot->catalog = std::move(lasting.catalog);
  snapshot->operators =
      governance::Operators(config.governance, setup_token_of(config, environment));
  snapshot->audit = config.audit;
  snapshot->server = std::make_shared<const server::Settings>(config.server);
  if (const auto& tls = config.server.tls) {
    BF_TRY(snapshot->tls, net::TlsContext::server(
                              {.certificate_file = tls->cert_file, .key_file = tls->key_file}));
  }
  for (const std::string& server : config.server.dns.servers) {
    BF_TRY(const net::Address address, net::Address::from_text(server, kDnsPort));
    snapshot->dns_servers.push_back(address);
  }
  BF_TRY(server::AddressLimits limits, server::AddressLimits::from(config.server.per_address));
  snapshot->address_limits = std::make_shared<const server::AddressLimits>(std::move(limits));
  BF_TRY(snapshot->network,
         upstream::Network::build(
             snapshot->registry,
             {.drop_excess = config.client.drop_excess_requests, .proxy = config.proxy},
             lasting.gates, environment));
  warn_of_unknown(config.governance, snapshot->registry, warnings);
  snapshot->routing = governance::build_routing(config.governance, warnings);
  snapshot->rules = lasting.rules.build(config.governance, now);
  return exchange::SnapshotPtr(std::move(snapshot));
}

}  // namespace bifrost::app
