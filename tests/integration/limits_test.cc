// Bounds on what callers send and on how slowly they do it.
#include "tests/integration/gateway_fixture.h"

#include <fmt/format.h>

#include <algorithm>

namespace bifrost::test {
namespace {

constexpr std::size_t kMiB = 1024 * 1024;

class LimitsTest : public GatewayTest {
 protected:
  // A chat request of exactly that many bytes.
  static std::string request_of(std::size_t bytes) {
    const std::string empty = unified_request(R"("user": "")");
    return unified_request(fmt::format(R"("user": "{}")", std::string(bytes - empty.size(), 'x')));
  }

  // The head of a GET with exactly that many bytes, blank line and all.
  static std::string head_of(std::size_t bytes) {
    const std::string empty = "GET /health HTTP/1.1\r\nhost: x\r\nx-pad: \r\n\r\n";
    return fmt::format("GET /health HTTP/1.1\r\nhost: x\r\nx-pad: {}\r\n\r\n",
                       std::string(bytes - empty.size(), 'x'));
  }
};

// ---------------------------------------------------------------------------------------------
// Sizes

TEST_F(LimitsTest, ABodyMayBeAsLargeAsTheLimit) {
  start({.client = R"("max_request_body_size_mb": 1)"});
  provider.push(unified().reply());
  EXPECT_EQ(post(unified().path, request_of(kMiB)).status, 200);
  const Response over = post(unified().path, request_of(kMiB + 1));
  EXPECT_EQ(over.status, 413);
  EXPECT_EQ(json_text(over.body, "type"), "body_too_large");
  EXPECT_EQ(provider.request_count(), 1U);
}

TEST_F(LimitsTest, AChunkedBodyMayBeAsLargeAsTheLimit) {
  start({.client = R"("max_request_body_size_mb": 1)"});
  provider.push(unified().reply());
  for (const std::size_t bytes : {kMiB, kMiB + 1}) {
    const std::string body = request_of(bytes);
    std::string chunks;
    for (std::size_t at = 0; at < body.size(); at += 10'000) {
      chunks += chunk_text(std::string_view(body).substr(at, 10'000));
    }
    Client client = connect();
    const Response reply = client.request(
        "POST", unified().path, {{"transfer-encoding", "chunked"}}, chunks + chunk_text(""));
    EXPECT_EQ(reply.status, bytes == kMiB ? 200 : 413);
  }
}

TEST_F(LimitsTest, ATooLargeBodyIsRefusedBeforeItIsSent) {
  start({.client = R"("max_request_body_size_mb": 1)"});
  Client client = connect();
  client.send(
      "POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\nexpect: 100-continue\r\n"
      "content-length: 1048577\r\n\r\n");
  const Response reply = client.read_response();
  EXPECT_EQ(reply.status, 413);
  EXPECT_TRUE(reply.interim.empty());
  EXPECT_TRUE(client.closed_by_peer());
}

// Hanging up on somebody who still sends would be a reset, and could destroy the answer.
TEST_F(LimitsTest, ACallerThatIsRefusedMayFinishSending) {
  start({.client = R"("max_request_body_size_mb": 1)"});
  Client client = connect();
  EXPECT_TRUE(client.send_request("POST", unified().path, {}, request_of(16 * kMiB)));
  const Response reply = client.read_response();
  EXPECT_EQ(reply.status, 413);
  EXPECT_EQ(reply.headers.get("connection"), "close");
  client.finish_sending();
  EXPECT_TRUE(client.closed_by_peer());
}

TEST_F(LimitsTest, AHeadMayBeAsLargeAsTheLimit) {
  start({.server = R"("read_buffer_size": 4096)"});
  Client fits = connect();
  fits.send(head_of(4096));
  EXPECT_EQ(fits.read_response().status, 200);
  Client over = connect();
  over.send(head_of(4097));
  const Response reply = over.read_response();
  EXPECT_EQ(reply.status, 431);
  EXPECT_EQ(json_text(reply.body, "type"), "header_too_large");
  EXPECT_TRUE(over.closed_by_peer());
}

TEST_F(LimitsTest, AHeadWithoutEndIsRefusedAtTheLimit) {
  start({.server = R"("read_buffer_size": 4096)"});
  Client client = connect();
  client.send("GET /" + std::string(64 * 1024, 'a'));
  EXPECT_EQ(client.read_response().status, 431);
}

TEST_F(LimitsTest, TooManyConnectionsAreToldToComeAgain) {
  start({.server = R"("max_connections": 2)"});
  Client first = connect();
  EXPECT_EQ(first.get("/health").status, 200);
  Client other = connect();
  EXPECT_EQ(other.get("/health").status, 200);
  Client third = connect();
  EXPECT_EQ(third.get("/health").status, 503);
  first.close();
  // The place is free as soon as the gateway has seen that.
  Response reply;
  const Deadline deadline = after(kPatience);
  do {
    reply = connect().get("/health");
  } while (reply.status != 200 && std::chrono::steady_clock::now() < deadline);
  EXPECT_EQ(reply.status, 200);
}

// ---------------------------------------------------------------------------------------------
// Slowness

TEST_F(LimitsTest, ASlowHeadIsRefused) {
  start({.server = R"("header_timeout_in_seconds": "200ms")"});
  Client client = connect();
  client.send("GET /health HTTP/1.1\r\nhost:");
  const Response reply = client.read_response();
  EXPECT_EQ(reply.status, 408);
  EXPECT_TRUE(client.closed_by_peer());
}

TEST_F(LimitsTest, ASlowBodyIsRefused) {
  start({.server = R"("body_timeout_in_seconds": "200ms")"});
  Client client = connect();
  client.send("POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\ncontent-length: 10\r\n\r\n{");
  const Response reply = client.read_response();
  EXPECT_EQ(reply.status, 408);
  EXPECT_EQ(json_text(reply.body, "type"), "request_timeout");
  EXPECT_TRUE(client.closed_by_peer());
}

// Nobody knows where the next request would begin: what comes late must not become one.
TEST_F(LimitsTest, WhatFollowsABodyThatWasGivenUpIsNoRequest) {
  start({.server = R"("body_timeout_in_seconds": "200ms")"});
  Client client = connect();
  client.send("POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\ncontent-length: 10\r\n\r\n12345");
  EXPECT_EQ(client.read_response().status, 408);
  client.send("1234567890GET /health HTTP/1.1\r\nhost: x\r\n\r\n");
  EXPECT_EQ(client.read_response().status, 0);
}

TEST_F(LimitsTest, AnIdleConnectionIsClosedWithoutAWord) {
  start({.server = R"("idle_timeout_in_seconds": 1)"});
  Client fresh = connect();
  EXPECT_TRUE(fresh.closed_by_peer());
  Client used = connect();
  EXPECT_EQ(used.get("/health").status, 200);
  EXPECT_TRUE(used.closed_by_peer());
}

TEST_F(LimitsTest, AnAnswerThatTakesLongIsNotIdleness) {
  start({.server = R"("idle_timeout_in_seconds": 1, "header_timeout_in_seconds": 1,
                      "body_timeout_in_seconds": 1)"});
  Gate gate;
  provider.push(Script().wait(gate).then(unified().reply()));
  Client client = connect();
  client.send_request("POST", unified().path, {}, unified().request);
  ASSERT_TRUE(provider.wait_for_requests(1));
  Client idle = connect();  // one that is closed says that the time has passed
  EXPECT_TRUE(idle.closed_by_peer());
  gate.open();
  EXPECT_EQ(client.read_response().status, 200);
}

TEST_F(LimitsTest, ACallerThatDoesNotReadIsLeft) {
  start({.server = R"("write_timeout_in_seconds": "300ms")"});
  std::vector<std::string> events = unified().events;
  const std::string large = sse_event(R"({"choices":[{"index":0,"delta":{"content":")" +
                                      std::string(kMiB, 'x') + R"("}}]})");
  for (int i = 0; i < 50; ++i) events.insert(events.begin() + 1, large);
  provider.push(Script::events(events));
  Client client = connect({.receive_buffer_bytes = 4096});
  client.send_request("POST", unified().path, {}, unified().stream_request);
  EXPECT_TRUE(provider.wait_for_abort());
  EXPECT_TRUE(metric_reaches("bifrost_client_gone_total", 1));
}

// What needs no provider fills a connection just as well.
TEST_F(LimitsTest, ACallerThatPipelinesAndDoesNotReadIsLeft) {
  start({.server = R"("write_timeout_in_seconds": "200ms")"});
  Client client = connect({.receive_buffer_bytes = 4096});
  std::string requests;
  for (int i = 0; i < 2000; ++i) requests += "GET /metrics HTTP/1.1\r\nhost: x\r\n\r\n";
  client.send(requests);
  EXPECT_TRUE(metric_reaches("bifrost_client_gone_total", 1));
  // What comes is a row of good answers up to the cut.
  Response reply = client.read_response();
  while (reply.end == End::kComplete && reply.status == 200) reply = client.read_response();
  EXPECT_TRUE(reply.end == End::kCut || reply.end == End::kReset) << static_cast<int>(reply.end);
}

// A slow caller slows its provider, and what is in between stays small.
TEST_F(LimitsTest, ASlowCallerSlowsTheProvider) {
  constexpr std::size_t kEvents = 256;
  constexpr std::size_t kEventBytes = 256 * 1024;  // 64 MiB together
  start();
  std::vector<std::string> events = unified().events;
  const std::string large = sse_event(R"({"choices":[{"index":0,"delta":{"content":")" +
                                      std::string(kEventBytes, 'x') + R"("}}]})");
  events.insert(events.begin() + 1, kEvents, large);
  const Gate all_sent;
  provider.push(Script::events(events, {.before_end = all_sent}));
  const std::size_t before = gateway->resident_bytes();
  Client client = connect({.receive_buffer_bytes = 4096});
  client.send_request("POST", unified().path, {}, unified().stream_request);
  EXPECT_EQ(client.read_head().status, 200);
  EXPECT_TRUE(client.next_event().has_value());
  EXPECT_TRUE(client.next_event().has_value());
  // The provider stands still: it cannot have sent everything while nobody reads.
  EXPECT_FALSE(all_sent.wait_until_reached(1, 300ms));
  expect_resident_below(before + 32 * kMiB);
  Gate open = all_sent;
  open.open_for_good();
  std::size_t bytes = 0;
  while (const auto piece = client.read_piece()) bytes += piece->size();
  EXPECT_EQ(client.end(), End::kComplete);
  EXPECT_GT(bytes, (kEvents - 1) * kEventBytes);
}

}  // namespace
}  // namespace bifrost::test
