// One address that asks for more than its share, beside others.
#include "tests/integration/gateway_fixture.h"

#include <fmt/format.h>

#include <csignal>
#include <vector>

namespace bifrost::test {
namespace {

using ::testing::HasSubstr;

// The test itself, which looks at metrics, comes from 127.0.0.1 and has no limits.
class AddressLimitsTest : public GatewayTest {
 protected:
  static ConfigText limited(std::string_view limits, std::string_view exempt = "127.0.0.1") {
    return {.server = fmt::format(R"("per_address": {{{}{}"exempt": ["{}"]}})", limits,
                                  limits.empty() ? "" : ", ", exempt)};
  }
  void start_limited(std::string_view limits, std::string_view exempt = "127.0.0.1") {
    start(limited(limits, exempt), {"--workers", "2"});
  }
  void reload(std::string_view limits) {
    gateway->write_config(config_text(limited(limits)));
    gateway->send_signal(SIGHUP);
    ASSERT_TRUE(gateway->wait_for_log("reloaded"));
  }
  [[nodiscard]] Client from(std::uint8_t number) const { return connect({.own_number = number}); }
  [[nodiscard]] static Response ask_over(Client& client, const WireSample& sample = unified()) {
    return client.post(sample.path, sample.request);
  }
  void answer_times(int count) {
    for (int i = 0; i < count; ++i) provider.push(unified().reply());
  }
  [[nodiscard]] testing::AssertionResult refused_reaches(std::string_view reason, double count) {
    return metric_reaches("bifrost_refused_total", count, {{"reason", std::string(reason)}});
  }
};

TEST_F(AddressLimitsTest, AnAddressHasSoManyConnectionsAndOthersTheirs) {
  start_limited(R"("max_connections": 3)");
  std::vector<Client> greedy;
  for (int i = 0; i < 3; ++i) {
    greedy.push_back(from(2));
    EXPECT_EQ(greedy.back().get("/health").status, 200);
  }
  // Whichever worker takes it.
  for (int i = 0; i < 10; ++i) {
    Client beyond = from(2);
    const Response refusal = beyond.read_response();
    EXPECT_EQ(refusal.status, 429);
    EXPECT_EQ(refusal.headers.get("retry-after"), "1");
    EXPECT_TRUE(beyond.closed_by_peer());
  }
  EXPECT_TRUE(refused_reaches("address_connections", 10));
  EXPECT_TRUE(gateway->wait_for_log("address=127.0.0.2"));
  answer_times(2);
  Client other = from(3);
  EXPECT_EQ(ask_over(other).status, 200);
  EXPECT_EQ(ask_over(greedy.front()).status, 200) << "those that are there go on";
  // When one has gone, another may come.
  greedy.pop_back();
  ASSERT_TRUE(metric_reaches("bifrost_connections", 4, {{"kind", "client"}}));
  EXPECT_EQ(from(2).get("/health").status, 200);
}

TEST_F(AddressLimitsTest, AnAddressHasSoManyRequestsOverWhateverConnections) {
  start_limited(R"("requests_per_second": 0.01, "burst": 4)");
  answer_times(6);
  Client kept = from(2);
  for (int i = 0; i < 2; ++i) EXPECT_EQ(ask_over(kept).status, 200);
  for (int i = 0; i < 2; ++i) {
    Client fresh = from(2);
    EXPECT_EQ(ask_over(fresh).status, 200);
  }
  const Response openai_style = ask_over(kept);
  EXPECT_EQ(openai_style.status, 429);
  EXPECT_EQ(json_text(openai_style.body, "type"), "rate_limited");
  EXPECT_THAT(openai_style.body, HasSubstr("server.per_address.requests_per_second"));
  const auto seconds = openai_style.headers.get("retry-after");
  EXPECT_TRUE(seconds == "100" || seconds == "99" || seconds == "98") << seconds;
  Client fresh = from(2);
  const Response anthropic_style = ask_over(fresh, anthropic());
  EXPECT_EQ(anthropic_style.status, 429);
  EXPECT_EQ(json_text(anthropic_style.body, "type"), "error");
  EXPECT_THAT(anthropic_style.body, HasSubstr("rate_limit_error"));
  // What does not exist is asked for as often.
  EXPECT_EQ(fresh.get("/nothing").status, 429);
  EXPECT_EQ(fresh.request("OPTIONS", "/v1/chat/completions").status, 429);
  EXPECT_TRUE(refused_reaches("address_rate", 4));
  // Probes are not counted, and others have requests of their own.
  EXPECT_EQ(fresh.get("/health").status, 200);
  Client other = from(3);
  EXPECT_EQ(ask_over(other).status, 200);
  EXPECT_EQ(ask().status, 200) << "exempt";
  EXPECT_EQ(provider.request_count(), 6U);
}

TEST_F(AddressLimitsTest, AReloadHoldsForConnectionsThatAreThere) {
  start_limited("");
  answer_times(5);
  Client client = from(2);
  for (int i = 0; i < 2; ++i) EXPECT_EQ(ask_over(client).status, 200);
  reload(R"("max_connections": 1, "requests_per_second": 0.01)");
  // Each worker takes it up for itself.
  const Deadline deadline = after(kPatience);
  int status = 200;
  while (status == 200 && std::chrono::steady_clock::now() < deadline) {
    status = client.get("/nothing").status == 429 ? 429 : 200;
  }
  EXPECT_EQ(status, 429);
  EXPECT_EQ(ask_over(client).status, 429);
}

}  // namespace
}  // namespace bifrost::test
