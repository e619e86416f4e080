// What all requests of the process share.
#pragma once

#include "config/settings.h"
#include "net/tls.h"
#include "provider/registry.h"
#include "record/key_states.h"
#include "routing/session_keys.h"
#include "server/server.h"
#include "telemetry/registry.h"
#include "upstream/network.h"

#include <atomic>
#include <memory>
#include <mutex>
#include <string>

namespace bifrost::pipeline {

// One configuration with all that was made from it. Immutable; a request holds the one that it
// began with to its end, so a reload never changes a request that is running.
struct Snapshot {
  config::Config config;
  provider::Registry registry;
  upstream::Network network;
  std::shared_ptr<const server::Settings> server;
  std::shared_ptr<const net::TlsContext> tls;  // null: plain HTTP
};

using SnapshotPtr = std::shared_ptr<const Snapshot>;

struct GatewayState {
  telemetry::Registry& metrics;
  telemetry::Shard& shard;  // of what belongs to no worker; changed under scrape_mutex only
  std::string version;
  upstream::Gates gates = {};
  routing::SessionKeys session_keys = routing::SessionKeys();
  server::ConnectionCount connections = {};
  record::KeyStates key_states{metrics.add_shard()};
  std::atomic<bool> draining{false};  // /health says so
  std::mutex scrape_mutex = {};

  // The metrics of all workers with what is read off at this moment. Callable from any thread.
  [[nodiscard]] std::string scrape();
  void count_reload(bool good);
};

}  // namespace bifrost::pipeline
