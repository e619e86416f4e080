// Callers that send slowly, never end, or break off.
#include "tests/integration/gateway_fixture.h"

#include <fmt/format.h>

namespace bifrost::test {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class HostileCallerTest : public GatewayTest {
 protected:
  // The beginning of a chat that stops in its body.
  static std::string half_request() {
    return fmt::format("POST {} HTTP/1.1\r\nhost: x\r\ncontent-length: 1000\r\n\r\n{{",
                       unified().path);
  }
  void expect_body_refused(std::string_view setting) {
    Client client = connect();
    client.send(half_request());
    const Response reply = client.read_response();
    EXPECT_EQ(reply.status, 408);
    EXPECT_EQ(json_text(reply.body, "type"), "request_timeout");
    EXPECT_THAT(reply.body, HasSubstr(setting));
    EXPECT_TRUE(client.closed_by_peer());
  }
};

// Silence would end these bodies after a minute.
TEST_F(HostileCallerTest, ABodyThatTricklesIsRefused) {
  start({.server = R"("body_grace_in_seconds": "100ms", "body_bytes_per_second_min": 1000000)"});
  expect_body_refused("server.body_bytes_per_second_min");
}

TEST_F(HostileCallerTest, ABodyThatTakesTooLongIsRefused) {
  start({.server = R"("body_total_timeout_in_seconds": "100ms")"});
  expect_body_refused("server.body_total_timeout_in_seconds");
}

// Nearly nothing but chunk sizes and extensions: no limit of the body's own bytes ends it.
TEST_F(HostileCallerTest, ABodyOfFramingIsRefused) {
  start();
  Client client = connect();
  client.send(
      "POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n");
  const std::string chunk = "1;" + std::string(1000, 'x') + "\r\n \r\n";
  for (int i = 0; i < 100; ++i) client.send(chunk);
  EXPECT_EQ(client.read_response().status, 400);
}

TEST_F(HostileCallerTest, AResetInsideABodyIsNobodysFaultButTheCallers) {
  constexpr int kCallers = 20;
  start();
  for (int i = 0; i < kCallers; ++i) {
    Client client = connect();
    client.send(half_request());
    client.reset();
  }
  EXPECT_EQ(connect().get("/health").status, 200);
  EXPECT_TRUE(metric_reaches("bifrost_connections", 1, {{"kind", "client"}}));  // the scrape's own
  EXPECT_TRUE(metric_reaches("bifrost_error_requests_total",
                             gateway->metrics().sum("bifrost_client_gone_total")));
  EXPECT_EQ(gateway->metrics().sum("bifrost_error_requests_total",
                                   {{"error_type", "provider_connection_failed"}}),
            0);
  EXPECT_EQ(gateway->metrics().sum("bifrost_upstream_requests_total"), 0);
  EXPECT_THAT(gateway->log(), Not(HasSubstr("failed")));
}

}  // namespace
}  // namespace bifrost::test
