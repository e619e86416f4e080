// The way down: nothing that runs is cut, unless time is up or a second signal comes.
#include "tests/integration/gateway_fixture.h"

#include <fmt/format.h>

#include <csignal>

namespace bifrost::test {
namespace {

using ::testing::HasSubstr;

class ShutdownTest : public GatewayTest {
 protected:
  // A stream whose first content has arrived; the rest waits at the gate.
  Client open_stream(const Gate& rest) {
    provider.push(openai().held_stream(rest));
    Client client = connect();
    client.send_request("POST", openai().path, {}, unified().stream_request);
    EXPECT_EQ(client.read_head().status, 200);
    return client;
  }
};

TEST_F(ShutdownTest, EndsAtOnceWhenNothingRuns) {
  start();
  gateway->send_signal(SIGTERM);
  EXPECT_TRUE(gateway->exits_with(0));
  EXPECT_THAT(gateway->log(), HasSubstr("stopped cut=0"));
}

TEST_F(ShutdownTest, TakesAnInterruptFromTheKeyboardAsWell) {
  start();
  gateway->send_signal(SIGINT);
  EXPECT_TRUE(gateway->exits_with(0));
}

TEST_F(ShutdownTest, LetsTwoHundredStreamsFinish) {
  constexpr std::size_t kStreams = 200;
  start();
  Gate rest;
  std::vector<Client> clients;
  for (std::size_t i = 0; i < kStreams; ++i) clients.push_back(open_stream(rest));
  EXPECT_TRUE(metric_reaches("bifrost_streams_open", kStreams));

  gateway->send_signal(SIGTERM);
  ASSERT_TRUE(gateway->wait_for_log("draining"));
  rest.open_for_good();
  for (Client& client : clients) {
    std::string seen;
    while (const auto event = client.next_event()) seen += event->raw + "\n\n";
    EXPECT_EQ(seen, openai().stream_text());
    EXPECT_EQ(client.end(), End::kComplete);
    EXPECT_TRUE(client.closed_by_peer());
  }
  EXPECT_TRUE(gateway->exits_with(0));
  EXPECT_THAT(gateway->log(), HasSubstr("stopped cut=0"));
}

TEST_F(ShutdownTest, LetsWaitingRequestsFinish) {
  start({.providers = {{.more = R"("concurrency_and_buffer_size":
                                   {"concurrency": 1, "buffer_size": 10})"}}});
  Gate answer;
  provider.handle(
      [answer](const ReceivedRequest&) { return Script().wait(answer).then(unified().reply()); });
  std::vector<Client> clients;
  for (int i = 0; i < 3; ++i) {
    clients.push_back(connect());
    clients.back().send_request("POST", unified().path, {}, unified().request);
  }
  EXPECT_TRUE(metric_reaches("bifrost_queue_length", 2));
  gateway->send_signal(SIGTERM);
  ASSERT_TRUE(gateway->wait_for_log("draining"));
  answer.open_for_good();
  for (Client& client : clients) {
    const Response reply = client.read_response();
    EXPECT_EQ(reply.status, 200);
    EXPECT_EQ(reply.headers.get("connection"), "close");
  }
  EXPECT_TRUE(gateway->exits_with(0));
}

TEST_F(ShutdownTest, FailsItsHealthWhileItStillAccepts) {
  start({.drain_delay_s = 600});
  Client idle = connect();
  EXPECT_EQ(idle.get("/health").status, 200);
  gateway->send_signal(SIGTERM);
  ASSERT_TRUE(gateway->wait_for_log("going down"));

  const Response health = connect().get("/health");  // a new connection
  EXPECT_EQ(health.status, 503);
  EXPECT_EQ(idle.get("/health").status, 503);
  EXPECT_EQ(connect().get("/livez").status, 200);  // nothing to start it anew for
  provider.push(unified().reply());
  EXPECT_EQ(ask().status, 200);

  gateway->send_signal(SIGTERM);  // nobody has to wait for the delay
  EXPECT_TRUE(gateway->exits_with(0));
}

TEST_F(ShutdownTest, ClosesIdleConnectionsAndListensNoMore) {
  start();
  Client used = connect();
  EXPECT_EQ(used.get("/health").status, 200);
  Client silent = connect();
  Gate rest;
  Client stream = open_stream(rest);  // keeps the process up
  gateway->send_signal(SIGTERM);
  EXPECT_TRUE(used.closed_by_peer());
  EXPECT_TRUE(silent.closed_by_peer());
  const Deadline deadline = after(kPatience);
  while (connect().is_connected() && std::chrono::steady_clock::now() < deadline) {
  }
  EXPECT_FALSE(connect().is_connected());
  rest.open_for_good();
  while (stream.next_event()) {
  }
  EXPECT_EQ(stream.end(), End::kComplete);
  EXPECT_TRUE(gateway->exits_with(0));
}

TEST_F(ShutdownTest, ASecondSignalCutsAndSaysHowMany) {
  start();
  Gate rest;
  std::vector<Client> clients;
  for (int i = 0; i < 3; ++i) clients.push_back(open_stream(rest));
  gateway->send_signal(SIGTERM);
  ASSERT_TRUE(gateway->wait_for_log("draining"));
  gateway->send_signal(SIGTERM);
  EXPECT_TRUE(gateway->exits_with(0));
  EXPECT_THAT(gateway->log(), HasSubstr("requests were cut cut=3"));
  for (Client& client : clients) {
    while (client.next_event()) {
    }
    EXPECT_NE(client.end(), End::kComplete);
  }
}

TEST_F(ShutdownTest, CutsWhenTimeIsUp) {
  start({.server = R"("drain_timeout_in_seconds": "300ms")"});
  Gate rest;
  Client client = open_stream(rest);
  gateway->send_signal(SIGTERM);
  EXPECT_TRUE(gateway->exits_with(0));
  EXPECT_THAT(gateway->log(), HasSubstr("requests were cut cut=1"));
  EXPECT_TRUE(provider.wait_for_abort());
}

}  // namespace
}  // namespace bifrost::test
