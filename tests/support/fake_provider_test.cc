// The fake provider against the raw client: each proves the other.
#include "tests/support/fake_provider.h"

#include "tests/support/client.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace bifrost::test {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

// A wait that is meant to run out.
constexpr std::chrono::milliseconds kShort = 50ms;

const std::vector<std::string> kThreeEvents = {sse_event("one"), sse_event("two", "delta"),
                                               sse_event("[DONE]")};

TEST(FakeProvider, RepliesAndRemembersTheRequest) {
  FakeProvider provider;
  provider.push(Script::json(200, R"({"ok":true})"));
  Client client(provider.port());
  const Response reply =
      client.request("POST", "/v1/chat/completions?x=1", {{"Authorization", "Bearer k"}}, "hello");

  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(reply.headers.get("content-type"), "application/json");
  EXPECT_EQ(reply.body, R"({"ok":true})");
  EXPECT_EQ(reply.end, End::kComplete);
  ASSERT_EQ(provider.request_count(), 1U);
  const ReceivedRequest seen = provider.requests()[0];
  EXPECT_EQ(seen.method, "POST");
  EXPECT_EQ(seen.target, "/v1/chat/completions?x=1");
  EXPECT_EQ(seen.headers.get("authorization"), "Bearer k");
  EXPECT_EQ(seen.body, "hello");
  EXPECT_THAT(provider.problems(), IsEmpty());
}

TEST(FakeProvider, TakesScriptsInOrderThenAsksTheHandler) {
  FakeProvider provider;
  provider.push(Script::json(429, "first"));
  provider.push(Script::json(503, "second"));
  provider.handle([](const ReceivedRequest& request) { return Script::json(200, request.body); });
  Client client(provider.port());
  EXPECT_EQ(client.post("/", "a").status, 429);
  EXPECT_EQ(client.post("/", "b").status, 503);
  EXPECT_EQ(client.post("/", "c").body, "c");
  EXPECT_EQ(provider.connection_count(), 1U);  // all on one connection
}

TEST(FakeProvider, NotesARequestThatNobodyScripted) {
  FakeProvider provider;
  EXPECT_EQ(Client(provider.port()).get("/x").status, 500);
  EXPECT_THAT(provider.problems(), ElementsAre("no script for GET /x"));
}

TEST(FakeProvider, NotesWhatIsNotHttp) {
  const std::string_view cases[] = {
      "GET / HTTP/1.0\r\nhost: x\r\n\r\n",
      "GET /\r\nhost: x\r\n\r\n",
      "GET / HTTP/1.1\r\n\r\n",
      "GET / HTTP/1.1\r\nhost : x\r\n\r\n",
      "POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 1\r\ncontent-length: 1\r\n\r\na",
      "POST / HTTP/1.1\r\nhost: x\r\ncontent-length: +1\r\n\r\na",
      "POST / HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n",
  };
  for (const std::string_view bytes : cases) {
    FakeProvider provider;
    provider.handle([](const ReceivedRequest&) { return Script::json(200, ""); });
    Client client(provider.port());
    EXPECT_TRUE(client.send(bytes));
    static_cast<void>(client.read_response());
    EXPECT_EQ(provider.problems().size(), 1U) << bytes;
  }
}

TEST(FakeProvider, ReadsAChunkedRequest) {
  FakeProvider provider;
  provider.push(Script::json(200, ""));
  Client client(provider.port());
  client.send_request("POST", "/", {{"transfer-encoding", "chunked"}},
                      chunk_text("hello ") + chunk_text("world") + chunk_text(""));
  EXPECT_EQ(client.read_response().status, 200);
  EXPECT_EQ(provider.requests()[0].body, "hello world");
}

TEST(FakeProvider, AnswersPipelinedRequestsInOrder) {
  FakeProvider provider;
  provider.handle([](const ReceivedRequest& request) { return Script::json(200, request.target); });
  Client client(provider.port());
  EXPECT_TRUE(client.send("GET /a HTTP/1.1\r\nhost: x\r\n\r\nGET /b HTTP/1.1\r\nhost: x\r\n\r\n"));
  EXPECT_EQ(client.read_response().body, "/a");
  EXPECT_EQ(client.read_response().body, "/b");
}

TEST(FakeProvider, StreamsEventByEventAtThePaceOfTheTest) {
  FakeProvider provider;
  Gate first;
  Gate between;
  provider.push(Script::events(kThreeEvents, {.before_first = first, .between = between}));
  Client client(provider.port());
  client.send_request("GET", "/");
  EXPECT_TRUE(first.wait_until_reached());
  EXPECT_EQ(client.read_head().status, 200);
  client.wait_at_most(kShort);
  EXPECT_FALSE(client.next_event().has_value());  // the head is out, nothing else
  EXPECT_EQ(client.end(), End::kTimeout);
}

TEST(FakeProvider, StreamsAllEventsOnceTheGatesAreOpen) {
  FakeProvider provider;
  Gate gate;
  provider.push(Script::events(kThreeEvents, {.between = gate}));
  Client client(provider.port());
  client.send_request("GET", "/");
  EXPECT_EQ(client.read_head().headers.get("content-type"), "text/event-stream");
  EXPECT_EQ(client.next_event().value().data, "one");
  EXPECT_TRUE(gate.wait_until_reached(1));
  gate.open();
  const Event second = client.next_event().value();
  EXPECT_EQ(second.name, "delta");
  EXPECT_EQ(second.data, "two");
  EXPECT_EQ(second.raw, "event: delta\ndata: two");
  EXPECT_TRUE(gate.wait_until_reached(2));
  EXPECT_EQ(client.end(), End::kOpen);
  gate.open();
  EXPECT_EQ(client.next_event().value().data, "[DONE]");
  EXPECT_FALSE(client.next_event().has_value());
  EXPECT_EQ(client.end(), End::kComplete);
}

TEST(FakeProvider, StreamsUntilItClosesWhenTheBodyIsNotChunked) {
  FakeProvider provider;
  provider.push(Script::events(kThreeEvents, {.chunked = false}));
  const Response reply = Client(provider.port()).get("/");
  EXPECT_EQ(reply.body, kThreeEvents[0] + kThreeEvents[1] + kThreeEvents[2]);
  EXPECT_EQ(reply.end, End::kComplete);
}

TEST(FakeProvider, CutsAfterAnEvent) {
  FakeProvider provider;
  provider.push(Script::events(kThreeEvents, {.cut_after_events = 2}));
  const Response reply = Client(provider.port()).get("/");
  EXPECT_EQ(reply.body, kThreeEvents[0] + kThreeEvents[1]);
  EXPECT_EQ(reply.end, End::kCut);
}

TEST(FakeProvider, CutsAtAByte) {
  FakeProvider provider;
  const std::string body = "0123456789";
  const std::size_t all = head_text("HTTP/1.1 200 OK", {{"content-length", "10"}}).size() + 10;
  provider.push(Script::reply(200, {}, body).cut_at_byte(all - 3));
  EXPECT_EQ(Client(provider.port()).get("/").body, "0123456");
  provider.push(Script::reply(200, {}, body).cut_at_byte(5));
  const Response none = Client(provider.port()).get("/");
  EXPECT_EQ(none.status, 0);
  EXPECT_EQ(none.end, End::kCut);
}

TEST(FakeProvider, EndsWithoutAnAnswer) {
  FakeProvider provider;
  const std::pair<Ending, End> cases[] = {
      {Ending::kClose, End::kCut}, {Ending::kCut, End::kCut}, {Ending::kReset, End::kReset}};
  for (const auto& [ending, end] : cases) {
    provider.push(Script::nothing(ending));
    EXPECT_EQ(Client(provider.port()).get("/").end, end);
  }
  EXPECT_EQ(provider.abort_count(), 0U);
}

TEST(FakeProvider, ResetsInTheMiddleOfAStream) {
  FakeProvider provider;
  Gate gate;
  provider.push(Script::events(
      kThreeEvents, {.before_end = gate, .cut_after_events = 1, .ending = Ending::kReset}));
  Client client(provider.port());
  client.send_request("GET", "/");
  client.read_head();
  EXPECT_EQ(client.next_event().value().data, "one");
  gate.open();
  EXPECT_FALSE(client.next_event().has_value());
  EXPECT_EQ(client.end(), End::kReset);
}

TEST(FakeProvider, LiesAboutTheLength) {
  FakeProvider provider;
  provider.push(Script::reply(200, {}, "12345").with_length(9));
  const Response too_long = Client(provider.port()).get("/");
  EXPECT_EQ(too_long.body, "12345");
  EXPECT_EQ(too_long.end, End::kCut);

  provider.push(Script::reply(200, {}, "12345").with_length(3));
  Client client(provider.port());
  EXPECT_EQ(client.get("/").body, "123");
  EXPECT_FALSE(client.closed_by_peer());  // "45" follows
}

TEST(FakeProvider, SendsOddChunks) {
  FakeProvider provider;
  provider.push(Script::chunked(200, {}, "0123456789", {1, 3}));
  Client client(provider.port());
  client.send_request("GET", "/");
  client.read_head();
  std::string body;
  while (const auto piece = client.read_piece()) body += *piece;
  EXPECT_EQ(body, "0123456789");
  EXPECT_EQ(client.end(), End::kComplete);
}

TEST(FakeProvider, WritesByteForByte) {
  FakeProvider provider;
  provider.push(Script::events(kThreeEvents).in_pieces_of(1));
  const Response reply = Client(provider.port()).get("/");
  EXPECT_EQ(reply.body, kThreeEvents[0] + kThreeEvents[1] + kThreeEvents[2]);
  EXPECT_EQ(reply.end, End::kComplete);
}

TEST(FakeProvider, SendsWhateverBytesItIsTold) {
  FakeProvider provider;
  provider.push(Script().raw("HTTP/1.1 100 Continue\r\n\r\n").then(Script::json(200, "late")));
  const Response reply = Client(provider.port()).get("/");
  EXPECT_THAT(reply.interim, ElementsAre(100));
  EXPECT_EQ(reply.body, "late");
  provider.push(Script().raw("SSH-2.0-hello\r\n\r\n").end(Ending::kClose));
  EXPECT_EQ(Client(provider.port()).get("/").end, End::kMalformed);
}

TEST(FakeProvider, SendsRetryHints) {
  FakeProvider provider;
  provider.push(Script::reply(429, {{"retry-after", "2"}, {"retry-after-ms", "1500"}}, "{}"));
  const Response reply = Client(provider.port()).get("/");
  EXPECT_EQ(reply.status, 429);
  EXPECT_EQ(reply.headers.get("retry-after-ms"), "1500");
}

TEST(FakeProvider, NoticesThatThePeerLeavesDuringAStream) {
  FakeProvider provider;
  Gate gate;
  for (const bool abruptly : {false, true}) {
    provider.push(Script::events(kThreeEvents, {.between = gate}));
    Client client(provider.port());
    client.send_request("GET", "/");
    client.read_head();
    EXPECT_TRUE(client.next_event().has_value());
    abruptly ? client.reset() : client.close();
    EXPECT_TRUE(provider.wait_for_aborts(abruptly ? 2 : 1));
  }
  EXPECT_TRUE(provider.wait_for_open_connections(0));
}

TEST(FakeProvider, NoticesThatThePeerLeavesDuringSilence) {
  FakeProvider provider;
  provider.push(Script::nothing(Ending::kSilence));
  Client client(provider.port(), {.timeout = kShort});
  EXPECT_EQ(client.get("/").end, End::kTimeout);
  ASSERT_TRUE(provider.wait_for_requests(1));
  EXPECT_FALSE(provider.wait_for_abort(0ms));
  client.close();
  EXPECT_TRUE(provider.wait_for_abort());
}

TEST(FakeProvider, DoesNotCallAnEndBetweenRequestsAnAbort) {
  FakeProvider provider;
  provider.push(Script::json(200, ""));
  {
    Client client(provider.port());
    client.get("/");
  }
  EXPECT_TRUE(provider.wait_for_open_connections(0));
  EXPECT_EQ(provider.abort_count(), 0U);
}

TEST(FakeProvider, StallsBeforeEachPhaseOfARequest) {
  using Hold = void (FakeProvider::*)(Gate);
  for (const Hold hold :
       {&FakeProvider::hold_accepts, &FakeProvider::hold_reads, &FakeProvider::hold_bodies}) {
    FakeProvider provider;
    provider.push(Script::json(200, "at last"));
    Gate gate;
    (provider.*hold)(gate);
    Client client(provider.port());
    client.send_request("POST", "/", {}, "body");
    EXPECT_TRUE(gate.wait_until_reached());
    EXPECT_EQ(provider.request_count(), 0U);
    gate.open();
    EXPECT_EQ(client.read_response().body, "at last");
  }
}

TEST(FakeProvider, StallsBeforeTheHead) {
  FakeProvider provider;
  Gate gate;
  provider.push(Script().wait(gate).then(Script::json(200, "late")));
  Client client(provider.port());
  client.send_request("GET", "/");
  EXPECT_TRUE(provider.wait_for_requests(1));
  EXPECT_TRUE(gate.wait_until_reached());
  gate.open();
  EXPECT_EQ(client.read_response().body, "late");
}

TEST(FakeProvider, AnswersBeforeTheBodyHasArrived) {
  FakeProvider provider({.answer_before_body = true});
  provider.push(Script::json(401, "no"));
  Client client(provider.port());
  client.send("POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 1000000\r\n\r\nbegin");
  EXPECT_EQ(client.read_response().status, 401);
  EXPECT_TRUE(client.closed_by_peer());
}

TEST(FakeProvider, ClosesIdleConnectionsOnly) {
  FakeProvider provider;
  Gate gate;
  provider.push(Script::json(200, ""));
  Client idle(provider.port());
  idle.get("/");
  provider.push(Script().wait(gate).then(Script::json(200, "alive")));
  Client busy(provider.port());
  busy.send_request("GET", "/");
  EXPECT_TRUE(gate.wait_until_reached());
  EXPECT_TRUE(provider.close_idle_connections(1));
  EXPECT_TRUE(provider.wait_for_open_connections(1));
  EXPECT_TRUE(idle.closed_by_peer());
  gate.open();
  EXPECT_EQ(busy.read_response().body, "alive");
}

TEST(FakeProvider, RefusesConnectionsOnceItStoppedListening) {
  FakeProvider provider;
  provider.handle([](const ReceivedRequest&) { return Script::json(200, "still here"); });
  Client client(provider.port());
  EXPECT_EQ(client.get("/").status, 200);
  provider.stop_listening();
  EXPECT_FALSE(Client(provider.port()).is_connected());
  EXPECT_EQ(client.get("/").body, "still here");
}

TEST(FakeProvider, SpeaksTlsToWhoTrustsItsCertificate) {
  FakeProvider provider({.tls = true});
  EXPECT_THAT(provider.url(), HasSubstr("https://127.0.0.1:"));
  provider.handle([](const ReceivedRequest& request) { return Script::json(200, request.body); });
  Client client(provider.port(), {.tls = true, .trusted_certificate = provider.certificate()});
  const std::string large(1'000'000, 'x');
  EXPECT_EQ(client.post("/", large).body, large);

  const std::string other = make_certificate().certificate;
  EXPECT_FALSE(Client(provider.port(), {.tls = true, .trusted_certificate = other}).is_connected());
}

TEST(FakeProvider, CutsTlsWithoutAGoodbye) {
  FakeProvider provider({.tls = true});
  provider.push(Script::events(kThreeEvents, {.cut_after_events = 1}));
  Client cut(provider.port(), {.tls = true});
  const Response reply = cut.get("/");
  EXPECT_EQ(reply.body, kThreeEvents[0]);
  EXPECT_EQ(reply.end, End::kReset);

  provider.push(Script::nothing(Ending::kClose));
  EXPECT_EQ(Client(provider.port(), {.tls = true}).get("/").end, End::kCut);
}

TEST(FakeProvider, FeelsAClientThatDoesNotRead) {
  FakeProvider provider;
  Gate written;
  const std::string large(16 * 1024 * 1024, 'x');
  Script script = Script::reply(200, {}, large);
  provider.push(script.wait(written));
  Client client(provider.port(), {.receive_buffer_bytes = 4096});
  client.send_request("GET", "/");
  EXPECT_TRUE(provider.wait_for_requests(1));
  EXPECT_FALSE(written.wait_until_reached(1, kShort));  // it is stuck in the write
  EXPECT_EQ(client.read_response().body.size(), large.size());
  EXPECT_TRUE(written.wait_until_reached());
}

TEST(Ports, RefuseOrLeaveTheCallerWaiting) {
  EXPECT_FALSE(Client(refusing_port()).is_connected());
  const UnreachablePort unreachable;
  const Descriptor socket = begin_connect_to_loopback(unreachable.port());
  EXPECT_FALSE(is_connected_within(socket, kShort));
}

}  // namespace
}  // namespace bifrost::test
