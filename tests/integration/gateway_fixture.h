// A gateway between a client and two scripted providers.
//
//   TEST_F(GatewayTest, …) {
//     start({.providers = {{.network = R"("max_retries": 1)"}}});
//     provider.push(unified().reply());
//     EXPECT_EQ(ask().status, 200);
//   }
//
// In configurations `${provider_url}` and `${second_url}` stand for the providers.
#pragma once

#include "tests/integration/config_text.h"
#include "tests/integration/wire_samples.h"
#include "tests/support/client.h"
#include "tests/support/fake_provider.h"
#include "tests/support/gateway_process.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace bifrost::test {

class GatewayTest : public testing::Test {
 protected:
  // Whatever else a test looks at: the gateway has neither crashed nor complained of itself.
  void TearDown() override;

  void start(const ConfigText& config = {}, std::vector<std::string> arguments = {});
  // For what `config_text` cannot say.
  void start_with(GatewayOptions options);
  // The default configuration with more members in the provider's network_config.
  void start_with_network(std::string network) {
    start({.providers = {{.network = std::move(network)}}});
  }
  // Two providers: the openai one, and an anthropic one to fall back to.
  void start_with_fallback(std::string network = {});

  [[nodiscard]] Client connect(ClientOptions options = {}) const {
    return Client(gateway->port(), std::move(options));
  }
  // A chat over a connection of its own.
  [[nodiscard]] Response ask(const WireSample& sample = unified()) const;
  [[nodiscard]] Response ask_stream(const WireSample& sample = unified()) const;
  [[nodiscard]] Response post(std::string_view target, std::string_view body) const;

  // True when the metric comes to `value`: it is written after the caller has its answer.
  [[nodiscard]] testing::AssertionResult metric_reaches(std::string_view name, double value,
                                                        const MetricsText::Labels& labels = {});
  // What is asked has to be free of effects: it is asked again and again.
  template <class Condition>
  [[nodiscard]] static bool comes_true(Condition condition) {
    const Deadline deadline = after(kPatience);
    while (!condition() && std::chrono::steady_clock::now() < deadline) std::this_thread::yield();
    return condition();
  }
  // Says nothing where resident memory is not what the gateway holds.
  void expect_resident_below(std::size_t bytes) const;

  FakeProvider provider;
  FakeProvider second;
  std::map<std::string, std::string> values;  // more names in the configuration
  std::unique_ptr<GatewayProcess> gateway;
};

// The string behind `"key":` in a body of JSON, at any depth; empty when there is none.
std::string json_text(std::string_view body, std::string_view key);

}  // namespace bifrost::test
