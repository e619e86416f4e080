#include "exchange/process_fixture.h"
#include "pipeline/pipeline.h"
#include "server/request_fixture.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <string>
#include <utility>

namespace bifrost::pipeline {
namespace {

using exchange::SimulatedProcess;
using ::testing::ContainsRegex;

net::Task<void> fail(net::CallScope& scope, SimulatedProcess& process) {
  Pipeline pipeline(process.services, scope.loop(), process.clock, process.worker,
                    process.snapshot);
  server::SimulatedRequest caller(
      scope, {.method = "POST", .target = "/v1/chat/completions?x", .headers = {}});
  pipeline.exception_escaped(caller.request(), "std::bad_alloc");
  EXPECT_TRUE(co_await pipeline.stop(scope));
}

TEST(Serve, CountsARequestThatAnExceptionEnded) {
  SimulatedProcess process;
  process.run([&](net::CallScope& scope) { return fail(scope, process); });
  EXPECT_THAT(
      process.metrics(),
      ContainsRegex("http_requests_total\\{.*path=\"/v1/chat/completions\".*status=\"500\".* 1"));
}

// More than the kernel holds for a caller that reads nothing.
void fill_metrics(telemetry::Shard& shard) {
  for (int i = 0; i < 2000; ++i) {
    const std::string provider = "provider-" + std::to_string(i);
    shard.gauge(telemetry::Metric::kInFlight, {provider}).set(1);
  }
}

net::Task<void> leave_metrics_unread(net::CallScope& scope, SimulatedProcess& process) {
  Pipeline pipeline(process.services, scope.loop(), process.clock, process.worker,
                    process.snapshot);
  server::SimulatedRequest caller(scope, {.method = "GET", .target = "/metrics", .headers = {}});
  const SteadyTime asked = process.clock.now();
  co_await pipeline.handle(caller.request());
  EXPECT_EQ(process.clock.now() - asked, std::chrono::seconds(10));
  EXPECT_EQ(caller.request().out.status(), 200);
  EXPECT_FALSE(caller.request().out.complete());
  EXPECT_EQ(process.services.scrapes_open->in_flight(), 0U);
  EXPECT_TRUE(co_await pipeline.stop(scope));
}

TEST(Serve, EndsAScrapeThatNobodyReads) {
  SimulatedProcess process;
  fill_metrics(process.worker);
  process.run([&](net::CallScope& scope) { return leave_metrics_unread(scope, process); });
}

net::Task<void> ask_by_name(net::CallScope& scope, SimulatedProcess& process, Entrance entrance,
                            int expected_status) {
  Pipeline pipeline(process.services, scope.loop(), process.clock, process.worker, process.snapshot,
                    entrance);
  server::SimulatedRequest caller(
      scope, {.method = "GET", .target = "/health", .headers = {{"host", "evil.com"}}});
  co_await pipeline.handle(caller.request());
  EXPECT_EQ(caller.request().out.status(), expected_status);
  EXPECT_TRUE(co_await pipeline.stop(scope));
}

void expect_status_by_name(Entrance entrance, bool credential_demanded, int status) {
  SimulatedProcess process;
  auto snapshot = std::make_shared<exchange::Snapshot>();
  snapshot->server = std::make_shared<const server::Settings>();
  snapshot->client.access.enforce_auth_on_inference = credential_demanded;
  process.snapshot = std::move(snapshot);
  process.run([&](net::CallScope& scope) { return ask_by_name(scope, process, entrance, status); });
}

TEST(Serve, OnTheLoopbackTheNameMustBeOursWhereNoCredentialIsDemanded) {
  constexpr Entrance kLocal{.on_loopback = true};
  expect_status_by_name(kLocal, false, 403);
  expect_status_by_name(kLocal, true, 200);
  expect_status_by_name({}, false, 200);
}

TEST(Serve, OperatorsDemandNoCredentialSoTheirPortHeedsNamesAnyway) {
  constexpr Entrance kLocal{.routes = Routes::kInfrastructure, .on_loopback = true};
  expect_status_by_name(kLocal, false, 403);
  expect_status_by_name(kLocal, true, 403);
  expect_status_by_name({.routes = Routes::kInfrastructure}, true, 200);
}

}  // namespace
}  // namespace bifrost::pipeline
