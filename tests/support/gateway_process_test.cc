// The harness against a shell that stands in for the gateway.
#include "tests/support/gateway_process.h"

#include "tests/support/fake_provider.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <signal.h>
#include <string>

namespace bifrost::test {
namespace {

using ::testing::HasSubstr;

// Runs `script` with sh in place of the gateway.
GatewayOptions shell(std::string script) {
  return {.arguments = {},
          .binary = "/bin/sh",
          .usual_arguments = {"-c", std::move(script), "sh", "${dir}"}};
}

TEST(GatewayProcess, FindsThePortInTheLog) {
  GatewayProcess gateway(
      shell("echo 'x info server: listening address=127.0.0.1:4711 workers=2' "
            ">&2; read never"));
  EXPECT_TRUE(gateway.wait_until_listening());
  EXPECT_EQ(gateway.port(), 4711);
  EXPECT_EQ(gateway.url(), "http://127.0.0.1:4711");
}

TEST(GatewayProcess, TellsTheLogOfOneThatDoesNotStart) {
  GatewayProcess gateway(shell("echo 'no such setting' >&2; exit 3"));
  const testing::AssertionResult listening = gateway.wait_until_listening();
  EXPECT_FALSE(listening);
  EXPECT_THAT(listening.message(), HasSubstr("no such setting"));
  EXPECT_TRUE(gateway.exits_with(3));
  EXPECT_FALSE(gateway.exits_with(0));
}

TEST(GatewayProcess, SubstitutesValuesInTheConfig) {
  GatewayOptions options = shell("cat \"$1/config.json\"; echo \"$NAME\"");
  options.config = R"({"url":"${provider_url}","again":"${provider_url}","kept":"${other}"})";
  options.values = {{"provider_url", "http://127.0.0.1:1"}};
  options.environment = {{"NAME", "at ${provider_url}"}};
  GatewayProcess gateway(std::move(options));
  EXPECT_TRUE(gateway.exits_with(0));
  EXPECT_TRUE(gateway.wait_for_log(
      R"({"url":"http://127.0.0.1:1","again":"http://127.0.0.1:1","kept":"${other}"})"));
  EXPECT_TRUE(gateway.wait_for_log("at http://127.0.0.1:1\n"));
}

TEST(GatewayProcess, HandsOnSignals) {
  GatewayProcess polite(
      shell("trap 'echo bye; exit 5' TERM; echo ready; while :; do sleep 0.01; done"));
  ASSERT_TRUE(polite.wait_for_log("ready"));
  polite.send_signal(SIGTERM);
  EXPECT_TRUE(polite.exits_with(5));
  EXPECT_TRUE(polite.wait_for_log("bye"));

  GatewayProcess rude(shell("echo ready; kill -KILL $$"));
  EXPECT_TRUE(rude.exits_with(128 + SIGKILL));
}

TEST(GatewayProcess, SaysThatItStillRuns) {
  GatewayProcess gateway(shell("echo ready; while :; do sleep 0.01; done"));
  ASSERT_TRUE(gateway.wait_for_log("ready"));
  EXPECT_FALSE(gateway.wait_for_exit(20ms).has_value());
  EXPECT_GT(gateway.resident_bytes(), 0U);
  EXPECT_GE(gateway.open_files(), 3U);
}

TEST(GatewayProcess, RemovesItsFolder) {
  std::filesystem::path folder;
  {
    const GatewayProcess gateway(shell("exit 0"));
    folder = gateway.directory();
    EXPECT_TRUE(std::filesystem::exists(folder / "config.json"));
  }
  EXPECT_FALSE(std::filesystem::exists(folder));
}

TEST(GatewayProcess, ScrapesItsMetrics) {
  FakeProvider endpoint;
  endpoint.push(Script::reply(200, {}, "bifrost_streams_open 3\n"));
  GatewayProcess gateway(
      shell(fmt::format("echo 'listening address=127.0.0.1:{}'", endpoint.port())));
  ASSERT_TRUE(gateway.wait_until_listening());
  EXPECT_EQ(gateway.metrics().sum("bifrost_streams_open"), 3);
  EXPECT_EQ(endpoint.requests()[0].target, "/metrics");
}

}  // namespace
}  // namespace bifrost::test
