#include "exchange/process_fixture.h"
#include "pipeline/pipeline.h"
#include "server/request_fixture.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

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

}  // namespace
}  // namespace bifrost::pipeline
