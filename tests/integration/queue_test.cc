// How many calls are under way at a provider, and what happens to the others.
#include "tests/integration/gateway_fixture.h"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <thread>

namespace bifrost::test {
namespace {

class QueueTest : public GatewayTest {
 protected:
  void start_gate(int concurrency, int buffer, std::string network = {}, std::string client = {}) {
    start({.providers = {{.network = std::move(network),
                          .more = fmt::format(R"("concurrency_and_buffer_size":
                                                 {{"concurrency": {}, "buffer_size": {}}})",
                                              concurrency, buffer)}},
           .client = std::move(client)});
    hold_answers();
  }

  void hold_answers() {
    // A copy: the provider outlives what belongs to the test.
    provider.handle([gate = answer](const ReceivedRequest&) {
      return Script().wait(gate).then(unified().reply());
    });
  }

  Client begin(std::string_view user = "nobody") {
    Client client = connect();
    client.send_request("POST", unified().path, {},
                        unified_request(fmt::format(R"("user": "{}")", user)));
    return client;
  }

  Gate answer;  // of the provider
};

TEST_F(QueueTest, NeverHasMoreUnderWayThanAllowed) {
  constexpr std::size_t kPlaces = 3;
  constexpr std::size_t kCalls = 20;
  start_gate(kPlaces, 100);
  std::vector<Client> clients;
  for (std::size_t i = 0; i < kCalls; ++i) clients.push_back(begin());
  ASSERT_TRUE(metric_reaches("bifrost_queue_length", kCalls - kPlaces));
  EXPECT_TRUE(metric_reaches("bifrost_in_flight", kPlaces));
  for (std::size_t done = 0; done < kCalls; ++done) {
    ASSERT_TRUE(provider.wait_for_requests(std::min(kPlaces + done, kCalls)));
    EXPECT_EQ(provider.request_count(), std::min(kPlaces + done, kCalls));
    answer.open();
    // Places are given back when the answer is through: then the next one comes.
    ASSERT_TRUE(metric_reaches("bifrost_success_requests_total", static_cast<double>(done + 1)));
  }
  for (Client& client : clients) EXPECT_EQ(client.read_response().status, 200);
  EXPECT_TRUE(metric_reaches("bifrost_in_flight", 0));
}

TEST_F(QueueTest, ServesInTheOrderOfAsking) {
  constexpr int kCalls = 10;
  start_gate(1, 100);
  std::vector<Client> clients;
  for (int i = 0; i < kCalls; ++i) {
    clients.push_back(begin(std::to_string(i)));
    if (i == 0) {
      ASSERT_TRUE(provider.wait_for_requests(1));
    } else {
      ASSERT_TRUE(metric_reaches("bifrost_queue_length", i));
    }
  }
  answer.open_for_good();
  ASSERT_TRUE(provider.wait_for_requests(kCalls));
  const auto requests = provider.requests();
  for (std::size_t i = 0; i < requests.size(); ++i) {
    EXPECT_EQ(json_text(requests[i].body, "user"), std::to_string(i));
  }
}

TEST_F(QueueTest, AWaitHasAnEnd) {
  start_gate(1, 100, R"("queue_timeout_in_seconds": "200ms")");
  Client first = begin();
  ASSERT_TRUE(provider.wait_for_requests(1));
  const Response reply = ask();
  EXPECT_EQ(reply.status, 503);
  EXPECT_EQ(json_text(reply.body, "type"), "queue_timeout");
  EXPECT_TRUE(metric_reaches("bifrost_timeouts_total", 1, {{"phase", "queue"}}));
  answer.open();
  EXPECT_EQ(first.read_response().status, 200);
  EXPECT_EQ(provider.request_count(), 1U);
}

TEST_F(QueueTest, RefusesWhatDoesNotFitAtOnce) {
  start_gate(1, 1, {}, R"("drop_excess_requests": true)");
  Client first = begin();
  ASSERT_TRUE(provider.wait_for_requests(1));
  Client second_in_line = begin();
  ASSERT_TRUE(metric_reaches("bifrost_queue_length", 1));
  const Response reply = ask();
  EXPECT_EQ(reply.status, 429);
  EXPECT_EQ(json_text(reply.body, "type"), "queue_full");
  EXPECT_FALSE(reply.headers.get("retry-after").empty());
  answer.open_for_good();
  EXPECT_EQ(first.read_response().status, 200);
  EXPECT_EQ(second_in_line.read_response().status, 200);
}

TEST_F(QueueTest, WaitsBeyondTheBufferUnlessTold) {
  start_gate(1, 1);
  std::vector<Client> clients;
  for (int i = 0; i < 5; ++i) clients.push_back(begin());
  ASSERT_TRUE(metric_reaches("bifrost_queue_length", 4));
  answer.open_for_good();
  for (Client& client : clients) EXPECT_EQ(client.read_response().status, 200);
}

TEST_F(QueueTest, AStreamKeepsItsPlaceToItsEnd) {
  start_gate(1, 10);
  provider.push(unified().held_stream(answer));
  Client stream = connect();
  stream.send_request("POST", unified().path, {}, unified().stream_request);
  EXPECT_EQ(stream.read_head().status, 200);
  Client waiting = begin();
  ASSERT_TRUE(metric_reaches("bifrost_queue_length", 1));
  EXPECT_EQ(provider.request_count(), 1U);
  answer.open_for_good();
  EXPECT_EQ(waiting.read_response().status, 200);
}

TEST_F(QueueTest, AFullQueueIsLeftForAFallback) {
  start({.providers = {{.more = R"("concurrency_and_buffer_size":
                                   {"concurrency": 1, "buffer_size": 1})"},
                       {.name = "anthropic", .url = "${second_url}"}},
         .client = R"("drop_excess_requests": true)"});
  hold_answers();
  second.push(anthropic().reply());
  Client first = begin();
  ASSERT_TRUE(provider.wait_for_requests(1));
  Client waiting = begin();
  ASSERT_TRUE(metric_reaches("bifrost_queue_length", 1));
  const Response reply = post("/v1/chat/completions", unified_request(kFallback));
  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(reply.headers.get("x-bifrost-provider"), "anthropic");
}

// Many at once, on all workers, some of whom leave: nobody gets what is somebody else's.
TEST_F(QueueTest, AnswersGoToWhoAsked) {
  constexpr int kThreads = 8;
  constexpr int kRequests = 40;
  start({.providers = {{.more = R"("concurrency_and_buffer_size":
                                   {"concurrency": 5, "buffer_size": 1000})"}}});
  provider.handle([](const ReceivedRequest& request) {
    const std::string text = fmt::format(
        R"({{"choices":[{{"index":0,"message":{{"content":"for {}"}},"finish_reason":"stop"}}]}})",
        json_text(request.body, "user"));
    return Script::json(200, text);
  });
  std::atomic<int> right = 0;
  const auto work = [&](int thread) {
    for (int i = 0; i < kRequests; ++i) {
      const std::string user = fmt::format("{}-{}", thread, i);
      Client client = begin(user);
      if (i % 5 == 0) continue;  // leaves
      if (json_text(client.read_response().body, "content") == "for " + user) ++right;
    }
  };
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < kThreads; ++i) threads.emplace_back(work, i);
  }
  EXPECT_EQ(right, kThreads * kRequests * 4 / 5);
  EXPECT_TRUE(metric_reaches("bifrost_in_flight", 0));
  EXPECT_TRUE(metric_reaches("bifrost_queue_length", 0));
}

// One provider's trouble is not another's.
TEST_F(QueueTest, AFullProviderDoesNotHoldUpAnother) {
  start({.providers = {{.more = R"("concurrency_and_buffer_size":
                                   {"concurrency": 1, "buffer_size": 5})"},
                       {.name = "anthropic", .url = "${second_url}"}}});
  hold_answers();
  second.push(anthropic().reply());
  Client first = begin();
  Client waiting = begin();
  ASSERT_TRUE(metric_reaches("bifrost_queue_length", 1));
  EXPECT_EQ(ask(anthropic()).status, 200);
}

}  // namespace
}  // namespace bifrost::test
