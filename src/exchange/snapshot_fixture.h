// A snapshot of simulated providers. For tests.
#pragma once

#include "config/environment.h"
#include "exchange/snapshot.h"
#include "upstream/execute_fixture.h"

#include <gtest/gtest.h>

#include <memory>
#include <span>
#include <utility>
#include <vector>

namespace bifrost::exchange {

// The gates outlive the snapshot.
inline std::shared_ptr<Snapshot> simulated_snapshot(
    std::vector<upstream::SimulatedProvider> providers, upstream::Gates& gates,
    std::span<const provider::ProviderSpec> rows = provider::all()) {
  provider::Providers configured;
  for (upstream::SimulatedProvider& each : providers) upstream::add_to(configured, std::move(each));
  auto registry = provider::Registry::build(configured, rows);
  EXPECT_TRUE(registry) << registry.error().message;
  auto snapshot = std::make_shared<Snapshot>();
  snapshot->registry = *std::move(registry);
  snapshot->server = std::make_shared<server::Settings>();
  const config::FakeEnvironment environment;
  auto network = upstream::Network::build(snapshot->registry, {}, gates, environment);
  EXPECT_TRUE(network) << network.error().message;
  snapshot->network = *std::move(network);
  return snapshot;
}

}  // namespace bifrost::exchange
