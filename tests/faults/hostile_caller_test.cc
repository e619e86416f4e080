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
};

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
