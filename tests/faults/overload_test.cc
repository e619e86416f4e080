// A gateway that is short of something refuses what it can do without, and operators still reach
// it.
#include "tests/integration/gateway_fixture.h"

#include <fmt/format.h>

#include <csignal>

namespace bifrost::test {
namespace {

using ::testing::HasSubstr;

class OverloadFaultTest : public GatewayTest {
 protected:
  // With a megabyte to use, memory is as short as it can be from the start.
  static constexpr std::string_view kNoMemory =
      R"("overload": {"memory_limit_mb": 1, "memory_share": 0.9)";

  static ConfigText short_of_memory(std::string_view more = "", std::string_view server = "") {
    return {.server = fmt::format("{}{}{}}}{}{}", kNoMemory, more.empty() ? "" : ", ", more,
                                  server.empty() ? "" : ", ", server)};
  }
  // Until the action is taken.
  void start_short_of_memory(std::string_view action, std::string_view more = "",
                             std::string_view server = "") {
    start(short_of_memory(more, server));
    ASSERT_TRUE(metric_reaches("bifrost_overload_action", 1, {{"action", std::string(action)}}));
  }
  [[nodiscard]] double refused(std::string_view reason) const {
    return gateway->metrics().sum("bifrost_refused_total", {{"reason", std::string(reason)}});
  }
  // At the operators' port, where it is no caller that asks.
  [[nodiscard]] double metric(std::string_view name, const MetricsText::Labels& labels) const {
    return MetricsText(Client(admin_port_).get("/metrics").body).sum(name, labels);
  }
  [[nodiscard]] double pressure(std::string_view monitor) const {
    return metric("bifrost_overload_pressure", {{"monitor", std::string(monitor)}});
  }

  const std::uint16_t admin_port_ = port_to_tell();
};

TEST_F(OverloadFaultTest, ShortOfMemoryItRefusesRequestsInTheDialectOfTheirCaller) {
  start_short_of_memory("refuse");
  EXPECT_EQ(gateway->metrics().sum("bifrost_overload_pressure", {{"monitor", "memory"}}), 1);
  const Response openai = ask();
  EXPECT_EQ(openai.status, 503);
  EXPECT_EQ(json_text(openai.body, "type"), "busy");
  EXPECT_TRUE(openai.headers.contains("retry-after"));
  const Response anthropic_style = ask(anthropic());
  EXPECT_EQ(anthropic_style.status, 503);
  EXPECT_EQ(json_text(anthropic_style.body, "type"), "error");
  EXPECT_TRUE(anthropic_style.headers.contains("retry-after"));
  EXPECT_EQ(provider.request_count(), 0U);
  EXPECT_EQ(refused("pressure"), 2);
  // Operators see it all the same.
  EXPECT_EQ(connect().get("/health").status, 200);
}

TEST_F(OverloadFaultTest, RequestsThatCanWaitAreRefusedFirst) {
  start_short_of_memory("refuse_low_priority", R"("refuse_at": 2, "stop_keep_alive_at": 2)");
  EXPECT_EQ(connect().get("/v1/models").status, 503);
  const WireSample& sample = unified();
  const http::Headers low = {{"content-type", "application/json"}, {"x-bf-priority", "low"}};
  EXPECT_EQ(connect().request("POST", sample.path, low, sample.request).status, 503);
  EXPECT_EQ(provider.request_count(), 0U);
  provider.push(sample.reply());
  EXPECT_EQ(ask().status, 200);
}

TEST_F(OverloadFaultTest, LargeBodiesAreRefusedBeforeTheyAreSent) {
  start_short_of_memory("refuse_large_bodies", R"("refuse_at": 2, "large_body_kb": 4)");
  Client client = connect();
  client.send(
      fmt::format("POST {} HTTP/1.1\r\nhost: x\r\nexpect: 100-continue\r\n"
                  "content-length: 5000\r\n\r\n",
                  unified().path));
  const Response reply = client.read_response();
  EXPECT_EQ(reply.status, 503);
  EXPECT_TRUE(reply.interim.empty());
  EXPECT_THAT(reply.body, HasSubstr("4 KiB"));
  EXPECT_EQ(refused("large_body"), 1);
  // One that does not say its size is cut off there.
  Client chunked = connect();
  chunked.send(
      fmt::format("POST {} HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n"
                  "1388\r\n{}\r\n",
                  unified().path, std::string(5000, 'x')));
  EXPECT_EQ(chunked.read_response().status, 503);
  EXPECT_EQ(refused("large_body"), 2);
  provider.push(unified().reply());
  EXPECT_EQ(ask().status, 200);
}

TEST_F(OverloadFaultTest, AnAnswerEndsItsConnectionAndIdleOnesAreClosed) {
  start(ConfigText{.server = R"("overload": {"close_idle_at": 2})"});
  Client idle = connect();
  ASSERT_EQ(idle.get("/health").headers.get("connection"), "");
  gateway->write_config(config_text(short_of_memory()));
  gateway->send_signal(SIGHUP);
  EXPECT_TRUE(idle.closed_by_peer());
  EXPECT_EQ(connect().get("/health").headers.get("connection"), "close");
}

TEST_F(OverloadFaultTest, ItServesAgainWhenTheShortageIsOver) {
  start_short_of_memory("refuse");
  EXPECT_EQ(ask().status, 503);
  gateway->write_config(config_text({}));
  gateway->send_signal(SIGHUP);
  ASSERT_TRUE(gateway->wait_for_log("action ends"));
  ASSERT_TRUE(metric_reaches("bifrost_overload_action", 0));
  provider.push(unified().reply());
  EXPECT_EQ(ask().status, 200);
}

// One is with the provider, and as many wait for it as may: nobody comes on top of them.
TEST_F(OverloadFaultTest, ItRefusesRequestsWhileTooManyWait) {
  constexpr int kWaiting = 4;
  start({.providers = {{.more = R"("concurrency_and_buffer_size":
                                   {"concurrency": 1, "buffer_size": 100})"}},
         .server = fmt::format(R"("admin_port": {}, "max_connections": 20,
                                  "overload": {{"max_waiting_requests": {}}})",
                               admin_port_, kWaiting)});
  Gate answer;
  provider.handle([&](const ReceivedRequest& /*request*/) {
    return Script().wait(answer).then(unified().reply());
  });
  std::vector<Client> callers;
  callers.reserve(1 + kWaiting);
  for (int i = 0; i < 1 + kWaiting; ++i) {
    callers.push_back(connect());
    callers.back().send_request("POST", unified().path, {}, unified().request);
  }
  ASSERT_TRUE(comes_true([&] { return pressure("queues") == 1; }));
  EXPECT_TRUE(comes_true([&] { return pressure("connections") == (1.0 + kWaiting) / 20; }));
  EXPECT_GT(pressure("descriptors"), 0);
  const Response refused = ask();
  EXPECT_EQ(refused.status, 503);
  EXPECT_EQ(json_text(refused.body, "type"), "busy");
  EXPECT_TRUE(refused.headers.contains("retry-after"));
  answer.open_for_good();
  for (Client& caller : callers) EXPECT_EQ(caller.read_response().status, 200);
  EXPECT_TRUE(comes_true([&] { return metric("bifrost_overload_action", {}) == 0; }));
  EXPECT_EQ(ask().status, 200);
  EXPECT_EQ(provider.request_count(), 2U + kWaiting);
}

// The usual port has no place left; the operators' port has its own, and serves nobody else.
TEST_F(OverloadFaultTest, OperatorsHaveAPortAndPlacesOfTheirOwn) {
  start(short_of_memory("", fmt::format(R"("admin_port": {}, "max_connections": 1)", admin_port_)));
  const auto comes_to = [&](std::string_view name, const MetricsText::Labels& labels,
                            double wanted) {
    return comes_true([&] { return metric(name, labels) == wanted; });
  };
  const MetricsText::Labels callers = {{"kind", "client"}};
  ASSERT_TRUE(comes_to("bifrost_overload_action", {{"action", "refuse"}}, 1));
  ASSERT_TRUE(comes_to("bifrost_connections", callers,
                       0));  // whoever looked whether it has started is gone
  Client only = connect();
  ASSERT_TRUE(only.send("GET /health HTTP/1.1\r\nhost: x\r\n"));
  ASSERT_TRUE(comes_to("bifrost_connections", callers, 1));
  const auto crowded = [&] { return connect().get("/health").status == 503; };
  EXPECT_TRUE(crowded());
  EXPECT_EQ(Client(admin_port_).get("/health").status, 200);
  EXPECT_EQ(Client(admin_port_).get("/api/version").status, 200);
  EXPECT_EQ(Client(admin_port_).get("/v1/models").status, 404);
  EXPECT_EQ(Client(admin_port_).post(unified().path, unified().request).status, 404);
}

}  // namespace
}  // namespace bifrost::test
