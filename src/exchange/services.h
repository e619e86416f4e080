// What all requests of the process share: one of it, made before the workers and gone after them.
#pragma once

#include "record/key_states.h"
#include "routing/session_keys.h"
#include "server/server.h"
#include "telemetry/registry.h"
#include "upstream/network.h"
#include "upstream/request_budget.h"

#include <atomic>
#include <mutex>
#include <string>

namespace bifrost::exchange {

struct Services {
  telemetry::Registry& metrics;
  telemetry::Shard& shard;  // of what belongs to no worker; changed under scrape_mutex only
  std::string version;
  upstream::Gates gates = {};
  routing::SessionKeys session_keys = routing::SessionKeys();
  upstream::RetryBudgets retry_budgets = {};
  server::ConnectionCount connections = {};
  record::KeyStates key_states{metrics.add_shard()};
  std::atomic<bool> draining{false};  // /health says so
  std::mutex scrape_mutex = {};

  // The metrics of all workers with what is read off at this moment. Callable from any thread.
  [[nodiscard]] std::string scrape();
  void count_reload(bool good);
};

}  // namespace bifrost::exchange
