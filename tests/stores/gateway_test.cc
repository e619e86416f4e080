// The gateway over a real PostgreSQL.
#include "tests/integration/gateway_fixture.h"
#include "tests/integration/health.h"
#include "tests/support/postgres.h"

#include <fmt/format.h>

#include <chrono>
#include <csignal>
#include <thread>
#include <vector>

namespace bifrost::test {
namespace {

using ::testing::HasSubstr;

class PostgresGatewayTest : public GatewayTest {
 protected:
  void start_kept() {
    ConfigText config{.client = R"("enforce_auth_on_inference": true)"};
    config.sections = fmt::format(
        R"("encryption_key": "a key for the test", "config_store": {{"enabled": true, "type": "postgres", "config": {{
            "host": "{}", "user": "postgres", "db_name": "postgres", "ssl_mode": "disable"}}}})",
        server_.host());
    start(config);
  }
  Response make(std::string_view name) {
    return connect().request("POST", "/api/governance/virtual-keys",
                             {{"content-type", "application/json"}},
                             fmt::format(R"({{"name": "{}", "allow_all_providers": true}})", name));
  }
  int status_of(std::string_view value) {
    provider.push(unified().reply());
    return connect()
        .request("POST", unified().path, {{"x-bf-vk", value}}, unified().request)
        .status;
  }

  PostgresServer server_;
};

TEST_F(PostgresGatewayTest, KeepsWhatWasMadeAndServesOnWhileItIsAway) {
  start_kept();
  const std::string alice = json_text(make("alice").body, "value");
  gateway->send_signal(SIGKILL);
  EXPECT_TRUE(gateway->exits_with(128 + SIGKILL));
  start_kept();
  EXPECT_EQ(status_of(alice), 200);
  server_.stop();
  EXPECT_EQ(status_of(alice), 200);
  const Response refused = make("bob");
  EXPECT_EQ(refused.status, 503) << refused.body;
  EXPECT_THAT(refused.body, HasSubstr("store_unavailable"));
  EXPECT_TRUE(health_becomes(*gateway, "degraded"));
  server_.start();
  EXPECT_EQ(make("bob").status, 200);
  EXPECT_TRUE(health_becomes(*gateway, "ok"));
}

TEST_F(PostgresGatewayTest, ChangesWaitForASilentServerTogether) {
  start_kept();
  const std::string alice = json_text(make("alice").body, "value");
  server_.pause();
  constexpr int kChanges = 6;
  constexpr auto kBound = std::chrono::seconds(8);  // of the connection
  const auto before = std::chrono::steady_clock::now();
  std::vector<Response> replies(kChanges);
  {
    std::vector<std::jthread> threads;
    for (Response& reply : replies) threads.emplace_back([&] { reply = make("bob"); });
  }
  EXPECT_LT(std::chrono::steady_clock::now() - before, 3 * kBound);
  for (const Response& reply : replies) {
    EXPECT_EQ(reply.status, 503) << reply.body;
    EXPECT_EQ(reply.headers.get("retry-after"), "5");
  }
  EXPECT_EQ(status_of(alice), 200);
  EXPECT_TRUE(health_becomes(*gateway, "degraded"));
  server_.resume();
  EXPECT_TRUE(health_becomes(*gateway, "ok"));
  EXPECT_EQ(make("carol").status, 200);
}

}  // namespace
}  // namespace bifrost::test
