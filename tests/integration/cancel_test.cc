// A caller that leaves ends its call in every phase, and its place is the next one's.
#include "tests/integration/gateway_fixture.h"

#include <fmt/format.h>

#include <ostream>

namespace bifrost::test {
namespace {

constexpr std::string_view kOnePlace =
    R"("concurrency_and_buffer_size": {"concurrency": 1, "buffer_size": 10})";

// The last one only says that nothing more is sent, which looks like the first one from here (see
// server/session.h).
enum class Leaving : std::uint8_t { kClose, kReset, kFinishSending };

std::string_view name_of(Leaving leaving) {
  switch (leaving) {
    case Leaving::kClose:
      return "Closes";
    case Leaving::kReset:
      return "Resets";
    case Leaving::kFinishSending:
      return "FinishesSending";
  }
  return "";
}

// Streamed or not, politely or not.
struct Caller {
  bool streams;
  Leaving leaving;
};

void PrintTo(const Caller& value, std::ostream* out) {
  *out << (value.streams ? "stream" : "whole");
}

class CancelTest : public GatewayTest, public testing::WithParamInterface<Caller> {
 protected:
  void start_small(std::string network = {}) {
    start({.providers = {{.network = std::move(network), .more = std::string(kOnePlace)}}});
  }

  Client begin() {
    Client client = connect();
    client.send_request("POST", unified().path, {},
                        GetParam().streams ? unified().stream_request : unified().request);
    return client;
  }

  static void leave(Client& client) {
    switch (GetParam().leaving) {
      case Leaving::kClose:
        return client.close();
      case Leaving::kReset:
        return client.reset();
      case Leaving::kFinishSending:
        return client.finish_sending();
    }
  }

  // The call is over, was counted, and the next one gets through.
  void expect_freed(std::string_view phase) {
    EXPECT_TRUE(metric_reaches("bifrost_client_gone_total", 1, {{"phase", std::string(phase)}}));
    EXPECT_TRUE(metric_reaches("bifrost_in_flight", 0));
    EXPECT_TRUE(metric_reaches("bifrost_queue_length", 0));
    provider.push(unified().reply());
    EXPECT_EQ(ask().status, 200);
  }
};

INSTANTIATE_TEST_SUITE_P(
    Callers, CancelTest,
    testing::Values(Caller{false, Leaving::kClose}, Caller{false, Leaving::kReset},
                    Caller{false, Leaving::kFinishSending}, Caller{true, Leaving::kClose},
                    Caller{true, Leaving::kReset}, Caller{true, Leaving::kFinishSending}),
    [](const auto& test) {
      return fmt::format("{}{}", test.param.streams ? "Stream" : "Whole",
                         name_of(test.param.leaving));
    });

TEST_P(CancelTest, InTheQueue) {
  start_small();
  Gate answer;
  provider.push(Script().wait(answer).then(unified().reply()));
  Client first = connect();
  first.send_request("POST", unified().path, {}, unified().request);
  ASSERT_TRUE(provider.wait_for_requests(1));

  Client waiting = begin();
  ASSERT_TRUE(metric_reaches("bifrost_queue_length", 1));
  leave(waiting);
  EXPECT_TRUE(metric_reaches("bifrost_queue_length", 0));
  answer.open();
  EXPECT_EQ(first.read_response().status, 200);
  expect_freed("waiting");
  EXPECT_EQ(provider.request_count(), 2U);  // the one that left was never sent
  EXPECT_EQ(provider.abort_count(), 0U);
}

TEST_P(CancelTest, WhileConnecting) {
  const UnreachablePort unreachable;
  start({.providers = {{.url = fmt::format("http://127.0.0.1:{}", unreachable.port())}}});
  Client client = begin();
  ASSERT_TRUE(metric_reaches("bifrost_in_flight", 1));
  leave(client);
  EXPECT_TRUE(metric_reaches("bifrost_client_gone_total", 1, {{"phase", "waiting"}}));
  EXPECT_TRUE(metric_reaches("bifrost_in_flight", 0));
}

TEST_P(CancelTest, DuringTheTlsHandshake) {
  FakeProvider tls_provider({.tls = true});
  const Gate never;
  tls_provider.hold_accepts(never);
  values["tls_url"] = tls_provider.url();
  start({.providers = {{.url = "${tls_url}", .network = R"("insecure_skip_verify": true)"}}});
  Client client = begin();
  ASSERT_TRUE(never.wait_until_reached());
  leave(client);
  EXPECT_TRUE(metric_reaches("bifrost_client_gone_total", 1, {{"phase", "waiting"}}));
  EXPECT_TRUE(tls_provider.wait_for_open_connections(0));
}

TEST_P(CancelTest, WhileSendingTheRequest) {
  start_small();
  Gate body;
  provider.hold_bodies(body);
  Client client = connect();
  const std::string large(8 * 1024 * 1024, 'x');
  client.send_request(
      "POST", unified().path, {},
      unified_request(fmt::format(R"("stream": {}, "x_pad": "{}")", GetParam().streams, large)));
  ASSERT_TRUE(body.wait_until_reached());
  leave(client);
  EXPECT_TRUE(metric_reaches("bifrost_client_gone_total", 1, {{"phase", "waiting"}}));
  EXPECT_TRUE(metric_reaches("bifrost_in_flight", 0));
  body.open();  // behind what the kernel still holds, the provider sees the end
  EXPECT_TRUE(provider.wait_for_open_connections(0));
}

TEST_P(CancelTest, WaitingForTheHead) {
  start_small();
  provider.push(Script().wait(Gate()));
  Client client = begin();
  ASSERT_TRUE(provider.wait_for_requests(1));
  leave(client);
  EXPECT_TRUE(provider.wait_for_abort());
  expect_freed("waiting");
}

TEST_P(CancelTest, WaitingForTheRestOfTheAnswer) {
  start_small();
  const Gate rest;
  provider.push(GetParam().streams ? unified().stream({.before_first = rest})
                                   : Script()
                                         .head(200, {{"content-type", "application/json"},
                                                     {"content-length", "1000"}})
                                         .raw("{")
                                         .wait(rest));
  Client client = begin();
  ASSERT_TRUE(rest.wait_until_reached());
  leave(client);
  EXPECT_TRUE(provider.wait_for_abort());
  expect_freed("waiting");
}

TEST_P(CancelTest, InThePauseBeforeARetry) {
  start_small(R"("max_retries": 3, "retry_backoff_initial": 60000, "retry_backoff_max": 60000)");
  provider.push(Script::json(503, openai_error("busy")));
  Client client = begin();
  ASSERT_TRUE(metric_reaches("bifrost_upstream_requests_total", 1));
  leave(client);
  expect_freed("waiting");
  EXPECT_EQ(provider.request_count(), 2U);
}

TEST_P(CancelTest, InTheMiddleOfItsRequest) {
  start_small();
  Client client = connect();
  client.send(
      fmt::format("POST {} HTTP/1.1\r\nhost: x\r\ncontent-length: 1000\r\n\r\n{{", unified().path));
  ASSERT_TRUE(metric_reaches("bifrost_active_requests", 1, {{"method", "POST"}}));
  leave(client);
  EXPECT_TRUE(metric_reaches("bifrost_active_requests", 0, {{"method", "POST"}}));
  EXPECT_EQ(provider.connection_count(), 0U);
}

// The rest is about streams alone.

class CancelStreamTest : public CancelTest {};
INSTANTIATE_TEST_SUITE_P(Callers, CancelStreamTest,
                         testing::Values(Caller{true, Leaving::kClose},
                                         Caller{true, Leaving::kReset},
                                         Caller{true, Leaving::kFinishSending}),
                         [](const auto& test) { return std::string(name_of(test.param.leaving)); });

TEST_P(CancelStreamTest, BetweenTwoEvents) {
  start_small();
  Gate between;
  between.open(1);
  provider.push(unified().stream({.between = between}));
  Client client = begin();
  EXPECT_EQ(client.read_head().status, 200);
  EXPECT_TRUE(client.next_event().has_value());
  EXPECT_TRUE(client.next_event().has_value());
  EXPECT_TRUE(metric_reaches("bifrost_streams_open", 1));
  leave(client);
  EXPECT_TRUE(provider.wait_for_abort());
  EXPECT_TRUE(metric_reaches("bifrost_streams_open", 0));
  expect_freed("answering");
}

TEST_P(CancelStreamTest, WhileTheProviderIsFasterThanTheCaller) {
  start_small();
  std::vector<std::string> events = unified().events;
  const std::string large =
      R"({"choices":[{"index":0,"delta":{"content":")" + std::string(256 * 1024, 'x') + R"("}}]})";
  for (int i = 0; i < 200; ++i) events.insert(events.begin() + 1, sse_event(large));
  provider.push(Script::events(events));
  Client client = connect({.receive_buffer_bytes = 4096});
  client.send_request("POST", unified().path, {}, unified().stream_request);
  EXPECT_EQ(client.read_head().status, 200);
  EXPECT_TRUE(client.next_event().has_value());
  leave(client);
  EXPECT_TRUE(provider.wait_for_abort());
  expect_freed("answering");
}

TEST_P(CancelStreamTest, LeavesNoFilesOpen) {
  constexpr int kCallers = 30;
  start();
  EXPECT_EQ(connect().get("/health").status, 200);
  ASSERT_TRUE(metric_reaches("bifrost_active_requests", 1));  // the scrape itself
  const std::size_t before = gateway->open_files();
  const Gate never;
  for (int i = 0; i < kCallers; ++i) provider.push(unified().held_stream(never));
  std::vector<Client> clients;
  for (int i = 0; i < kCallers; ++i) {
    clients.push_back(begin());
    EXPECT_EQ(clients.back().read_head().status, 200);
  }
  for (Client& client : clients) leave(client);
  EXPECT_TRUE(provider.wait_for_aborts(kCallers));
  EXPECT_TRUE(metric_reaches("bifrost_client_gone_total", kCallers));
  const Deadline deadline = after(kPatience);
  while (gateway->open_files() > before && std::chrono::steady_clock::now() < deadline) {
  }
  EXPECT_LE(gateway->open_files(), before);
}

TEST_P(CancelStreamTest, OfATranslatedStream) {
  start({.providers = {{.name = "anthropic"}}});
  Gate between;
  between.open(2);
  provider.push(anthropic().stream({.between = between}));
  Client client = connect();
  client.send_request("POST", unified().path, {},
                      R"({"model": "anthropic/claude-test", "stream": true,)"
                      R"( "messages": [{"role": "user", "content": "Hi"}]})");
  EXPECT_EQ(client.read_head().status, 200);
  EXPECT_TRUE(client.next_event().has_value());
  leave(client);
  EXPECT_TRUE(provider.wait_for_abort());
  EXPECT_TRUE(metric_reaches("bifrost_client_gone_total", 1, {{"phase", "answering"}}));
}

}  // namespace
}  // namespace bifrost::test
