#include "tests/integration/gateway_fixture.h"

#include "json/document.h"

#include <fmt/format.h>

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <optional>
#include <thread>
#include <utility>

namespace bifrost::test {

void GatewayTest::TearDown() {
  if (!gateway) return;
  const std::string log = gateway->log();
  for (const std::string_view text : {"assertion failed", "Sanitizer", "runtime error"}) {
    EXPECT_THAT(log, testing::Not(testing::HasSubstr(text)));
  }
  const std::optional<int> exit_code = gateway->wait_for_exit(0ms);
  for (const int crash : {SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT}) {
    EXPECT_NE(exit_code, 128 + crash) << log;
  }
}

void GatewayTest::start(const ConfigText& config, std::vector<std::string> arguments) {
  start_with({.config = config_text(config), .arguments = std::move(arguments)});
}

void GatewayTest::start_with(GatewayOptions options) {
  options.values.emplace("provider_url", provider.url());
  options.values.emplace("second_url", second.url());
  options.values.insert(values.begin(), values.end());
  gateway = std::make_unique<GatewayProcess>(std::move(options));
  const testing::AssertionResult listening = gateway->wait_until_listening();
  if (listening) return;
  ADD_FAILURE() << listening.message();
  std::exit(1);  // no test makes sense without a gateway
}

void GatewayTest::start_with_fallback(std::string network) {
  start({.providers = {{.network = std::move(network)},
                       {.name = "anthropic", .url = "${second_url}"}}});
}

Response GatewayTest::post(std::string_view target, std::string_view body) const {
  return connect().post(target, body);
}

Response GatewayTest::ask(const WireSample& sample) const {
  return post(sample.path, sample.request);
}

Response GatewayTest::ask_stream(const WireSample& sample) const {
  return post(sample.stream_path, sample.stream_request);
}

testing::AssertionResult GatewayTest::metric_reaches(std::string_view name, double value,
                                                     const MetricsText::Labels& labels) {
  const Deadline deadline = after(kPatience);
  double seen = 0;
  do {
    seen = gateway->metrics().sum(name, labels);
    if (seen == value) return testing::AssertionSuccess();
    std::this_thread::yield();
  } while (std::chrono::steady_clock::now() < deadline);
  return testing::AssertionFailure() << name << " is " << seen << " instead of " << value;
}

void GatewayTest::expect_resident_below(std::size_t bytes) const {
  if (GatewayProcess::resident_is_held()) EXPECT_LT(gateway->resident_bytes(), bytes);
}

namespace {

std::string find_text(json::Value value, std::string_view key) {
  const json::Value member = value[key];
  if (member.is_string()) return member.string_or("");
  if (member.is_number()) return std::string(member.raw());
  for (const json::Value child : value.children()) {
    if (std::string found = find_text(child, key); !found.empty()) return found;
  }
  return {};
}

}  // namespace

std::string json_text(std::string_view body, std::string_view key) {
  const auto document = json::Document::parse(body);
  return document ? find_text(document->root(), key) : std::string();
}

}  // namespace bifrost::test
