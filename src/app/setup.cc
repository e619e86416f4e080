#include "app/setup.h"

#include "base/try.h"
#include "config/load.h"
#include "provider/discover.h"
#include "provider/provider.h"

#include <memory>
#include <string_view>
#include <utility>

namespace bifrost::app {
namespace {

struct ProviderNames {
  std::vector<std::string_view> known;
  std::vector<std::string_view> keyless;
};

ProviderNames provider_names() {
  ProviderNames names;
  for (const provider::ProviderSpec& spec : provider::all()) {
    names.known.push_back(spec.name);
    if (spec.key_rule != provider::KeyRule::kRequired) names.keyless.push_back(spec.name);
  }
  return names;
}

std::shared_ptr<const server::Settings> server_settings(const config::ServerSettings& settings) {
  return std::make_shared<const server::Settings>(
      server::Settings{.head_bytes_max = static_cast<std::size_t>(settings.read_buffer_size),
                       .header_timeout = settings.header_timeout,
                       .body_timeout = settings.body_timeout,
                       .idle_timeout = settings.idle_timeout,
                       .write_timeout = settings.write_timeout,
                       .connections_max = static_cast<std::size_t>(settings.max_connections)});
}

}  // namespace

Result<Setup> read_setup(const std::string& path, const config::Environment& environment) {
  Setup setup;
  if (path.empty()) {
    setup.config.providers = provider::discover(environment);
    return setup;
  }
  const ProviderNames names = provider_names();
  BF_TRY(config::Loaded loaded, config::load_file(path, {.known_providers = names.known,
                                                         .unserved_providers = provider::unserved(),
                                                         .environment = environment,
                                                         .keyless_providers = names.keyless}));
  setup.config = std::move(loaded.config);
  setup.warnings = std::move(loaded.warnings);
  return setup;
}

Result<exchange::SnapshotPtr> make_snapshot(Setup& setup, upstream::Gates& gates,
                                            const config::Environment& environment) {
  auto snapshot = std::make_shared<exchange::Snapshot>();
  BF_TRY(snapshot->registry, provider::Registry::build(setup.config));
  for (const std::string& warning : snapshot->registry.warnings()) {
    setup.warnings.push_back(warning);
  }
  snapshot->server = server_settings(setup.config.server);
  if (const auto& tls = setup.config.server.tls) {
    BF_TRY(snapshot->tls, net::TlsContext::server(
                              {.certificate_file = tls->cert_file, .key_file = tls->key_file}));
  }
  BF_TRY(snapshot->network,
         upstream::Network::build(snapshot->registry, setup.config.client.drop_excess_requests,
                                  gates, environment));
  snapshot->config = setup.config;
  return exchange::SnapshotPtr(std::move(snapshot));
}

}  // namespace bifrost::app
