// The access line: one for each request, or for a share of them.
#include "tests/integration/gateway_fixture.h"

#include <fmt/format.h>

#include <csignal>

namespace bifrost::test {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class AccessLogTest : public GatewayTest {
 protected:
  void start_logging(double share) {
    start_with({.config = fmt::format(
                    R"({{"server": {{"drain_delay_in_seconds": 0, "access_log_share": {}}},)"
                    R"("providers": {{"openai": {{"network_config": {{"base_url": "{}"}},)"
                    R"("keys": [{{"name": "main", "value": "sk-secret", "models": ["*"]}}]}}}}}})",
                    share, provider.url())});
  }
};

constexpr std::string_view kTwoLines =
    R"({"model": "openai/gpt\n-4o", "messages": [{"role": "user", "content": "confidential"}]})";
constexpr std::string_view kChat =
    R"({"model": "openai/gpt-4o", "messages": [{"role": "user", "content": "confidential"}]})";

TEST_F(AccessLogTest, SaysWhoServedWhatAndNoContents) {
  start_logging(1);
  provider.push(openai().reply());
  EXPECT_EQ(post("/v1/chat/completions?key=hidden", std::string(kChat)).status, 200);
  ASSERT_TRUE(gateway->wait_for_log("access: request"));
  EXPECT_EQ(post("/v1/chat/completions", kTwoLines).status, 400);
  EXPECT_EQ(connect().get("/nowhere").status, 404);
  ASSERT_TRUE(gateway->wait_for_log("path=/nowhere"));
  const std::string log = gateway->log();
  for (const std::string_view part :
       {"method=POST", "path=/v1/chat/completions ", "status=200", "provider=openai", "key=main",
        "streamed=0", "request_id=", "input_tokens=", "error=route_not_found"}) {
    EXPECT_THAT(log, HasSubstr(part));
  }
  EXPECT_THAT(log, Not(HasSubstr("confidential")));
  EXPECT_THAT(log, Not(HasSubstr("sk-secret")));
  EXPECT_THAT(log, Not(HasSubstr("hidden")));
  EXPECT_THAT(log, Not(HasSubstr("gpt\n"))) << "a caller writes no lines of its own";
}

TEST_F(AccessLogTest, ALongPathTakesLittleOfALine) {
  start({.client = R"("dump_errors_in_console_logs": true)", .server = R"("access_log_share": 1)"});
  const Response refused = connect().get("/nowhere/" + std::string(4000, 'x'));
  EXPECT_EQ(refused.status, 404);
  const std::string long_part(257, 'x');
  EXPECT_THAT(refused.body, Not(HasSubstr(long_part)));
  ASSERT_TRUE(gateway->wait_for_log("access: request"));
  EXPECT_THAT(gateway->log(), HasSubstr("request: failed"));
  EXPECT_THAT(gateway->log(), Not(HasSubstr(long_part)));
}

// More lines than a pipe and the bound of what waits take together.
TEST_F(AccessLogTest, AReaderThatStallsStopsNobody) {
  start_logging(1);
  gateway->stop_reading_log();
  Client client = connect();
  const std::string path = "/nowhere/" + std::string(1000, 'x');
  for (int i = 0; i < 3000; ++i) ASSERT_EQ(client.get(path).status, 404) << i;
  EXPECT_GT(gateway->metrics().sum("bifrost_log_lines_dropped_total"), 0);
  gateway->send_signal(SIGTERM);
  EXPECT_TRUE(gateway->exits_with(0));
}

TEST_F(AccessLogTest, IsOffUnlessAskedFor) {
  start_logging(0);
  provider.push(openai().reply());
  EXPECT_EQ(post("/v1/chat/completions", std::string(kChat)).status, 200);
  EXPECT_TRUE(metric_reaches("http_requests_total", 1, {{"path", "/v1/chat/completions"}}));
  EXPECT_THAT(gateway->log(), Not(HasSubstr("access: request")));
}

}  // namespace
}  // namespace bifrost::test
