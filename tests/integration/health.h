// What `/health` says by and by.
#pragma once

#include "tests/support/client.h"
#include "tests/support/gateway_process.h"

#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <string_view>
#include <thread>

namespace bifrost::test {

// It is 200 all the while: a gateway that has lost a database can serve.
inline testing::AssertionResult health_becomes(const GatewayProcess& gateway,
                                               std::string_view status) {
  const std::string told = std::string(R"("status":")").append(status).append("\"");
  const Deadline deadline = after(kPatience);
  Response reply;
  do {
    reply = Client(gateway.port()).get("/health");
    if (reply.status != 200) break;
    if (reply.body.contains(told)) return testing::AssertionSuccess();
    std::this_thread::yield();
  } while (std::chrono::steady_clock::now() < deadline);
  return testing::AssertionFailure() << reply.status << reply.body;
}

}  // namespace bifrost::test
