#include "client/link_fixture.h"
#include "net/loop_fixture.h"

#include <gtest/gtest.h>

#include <chrono>
#include <string>

namespace bifrost::client {
namespace {

using namespace std::chrono_literals;
using net::CallScope;
using net::Task;

constexpr std::string_view kOk = "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok";
constexpr std::string_view kChunked = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n";

// Lets the loop look at its sockets.
Task<void> turn(CallScope& scope) { EXPECT_TRUE(co_await net::sleep_for(scope, 1ms)); }

Task<void> reused(CallScope& scope) {
  Link link(scope);
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(co_await link.status_of(kOk), 200);
    EXPECT_FALSE(link.connection().reusable());  // its body has not been read
    EXPECT_EQ(co_await link.body(), "ok");
    co_await turn(scope);
    EXPECT_TRUE(link.connection().reusable());
  }
}

TEST(Connection, TakesOneRequestAfterTheOther) { net::run_in_fake_time(reused); }

Task<void> interim(CallScope& scope) {
  Link link(scope);
  EXPECT_EQ(co_await link.status_of("HTTP/1.1 103 Early Hints\r\nlink: x\r\n\r\n"
                                    "HTTP/1.1 204 No Content\r\n\r\n"),
            204);
  EXPECT_EQ(co_await link.body(), "");
  EXPECT_TRUE(link.connection().reusable());
}

TEST(Connection, SkipsInterimAnswers) { net::run_in_fake_time(interim); }

Task<void> old_servers(CallScope& scope) {
  Link closing(scope);
  EXPECT_EQ(co_await closing.status_of("HTTP/1.0 200 OK\r\ncontent-length: 2\r\n\r\nok"), 200);
  EXPECT_EQ(co_await closing.body(), "ok");
  EXPECT_FALSE(closing.connection().reusable());
  Link keeping(scope);
  EXPECT_EQ(co_await keeping.status_of("HTTP/1.0 200 OK\r\nconnection: keep-alive\r\n"
                                       "content-length: 2\r\n\r\nok"),
            200);
  EXPECT_EQ(co_await keeping.body(), "ok");
  EXPECT_TRUE(keeping.connection().reusable());
}

TEST(Connection, IsNotKeptWithHttp10UnlessTheServerSaysSo) { net::run_in_fake_time(old_servers); }

Task<void> until_close(CallScope& scope) {
  Link link(scope);
  EXPECT_EQ(co_await link.status_of("HTTP/1.1 200 OK\r\n\r\nall that "), 200);
  co_await link.serve("there is");
  link.close();
  EXPECT_EQ(co_await link.body(), "all that there is");
  EXPECT_FALSE(link.connection().reusable());
}

TEST(Connection, ReadsABodyThatOnlyTheEndOfTheConnectionEnds) {
  net::run_in_fake_time(until_close);
}

Task<void> chunked_body(CallScope& scope) {
  Link link(scope);
  EXPECT_EQ(co_await link.status_of(std::string(kChunked) + "3\r\none\r\n3\r\nt"), 200);
  co_await link.serve("wo\r\n0\r\n\r\n");
  EXPECT_EQ(co_await link.body(), "onetwo");
  EXPECT_TRUE(link.connection().reusable());
}

TEST(Connection, ReadsChunksHoweverTheyAreCut) { net::run_in_fake_time(chunked_body); }

Task<void> cut_bodies(CallScope& scope) {
  for (const std::string& answer :
       {std::string(kChunked) + "3\r\none\r\n5\r\ntw", std::string(kChunked) + "3\r\none\r\n",
        std::string("HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nok")}) {
    Link link(scope);
    EXPECT_EQ(co_await link.status_of(answer), 200);
    link.close();
    EXPECT_EQ(co_await link.body(), "upstream_cut_short");
    EXPECT_FALSE(link.connection().reusable());
  }
}

TEST(Connection, SaysThatABodyWasCut) { net::run_in_fake_time(cut_bodies); }

Task<void> malformed_chunk(CallScope& scope) {
  Link link(scope);
  EXPECT_EQ(co_await link.status_of(std::string(kChunked) + "zz\r\n"), 200);
  EXPECT_EQ(co_await link.body(), "upstream_protocol");
  EXPECT_FALSE(link.connection().reusable());
}

TEST(Connection, SaysThatAChunkIsMalformed) { net::run_in_fake_time(malformed_chunk); }

Task<void> no_answer(CallScope& scope) {
  Link silent(scope);
  silent.close();
  auto head = co_await silent.exchange();
  EXPECT_FALSE(head);
  EXPECT_FALSE(silent.connection().answered());
  Link cut(scope);
  co_await cut.serve("HTTP/1.1 2");
  cut.close();
  head = co_await cut.exchange();
  EXPECT_FALSE(head);
  EXPECT_TRUE(cut.connection().answered());
}

TEST(Connection, TellsNoAnswerFromHalfOfOne) { net::run_in_fake_time(no_answer); }

// ---------------------------------------------------------------------------------------------
// Bytes that no request asked for

Task<void> more_than_announced(CallScope& scope) {
  for (const std::string& answer :
       {std::string(kOk) + std::string(kOk),
        std::string(kChunked) + "2\r\nok\r\n0\r\n\r\n" + std::string(kOk),
        "HTTP/1.1 204 No Content\r\n\r\n" + std::string(kOk)}) {
    Link link(scope);
    EXPECT_NE(co_await link.status_of(answer), 0);
    co_await link.body();
    EXPECT_FALSE(link.connection().reusable());
  }
}

TEST(Connection, IsNotKeptWithBytesBehindTheAnswer) { net::run_in_fake_time(more_than_announced); }

Task<void> late_bytes(CallScope& scope) {
  Link link(scope);
  EXPECT_EQ(co_await link.status_of(kOk), 200);
  EXPECT_EQ(co_await link.body(), "ok");
  EXPECT_TRUE(link.connection().reusable());
  co_await link.serve("HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\nevil");
  co_await turn(scope);
  EXPECT_FALSE(link.connection().reusable());
}

TEST(Connection, IsNotKeptWhenBytesComeWhileItIsIdle) { net::run_in_fake_time(late_bytes); }

Task<void> closed_while_idle(CallScope& scope) {
  Link link(scope);
  EXPECT_EQ(co_await link.status_of(kOk), 200);
  EXPECT_EQ(co_await link.body(), "ok");
  link.close();
  co_await turn(scope);
  EXPECT_FALSE(link.connection().reusable());
}

TEST(Connection, IsNotKeptOnceTheServerHasClosed) { net::run_in_fake_time(closed_while_idle); }

// ---------------------------------------------------------------------------------------------
// Calls that are given up

// Gives the call up while it waits.
class Canceller {
 public:
  Canceller(CallScope& scope, CallScope& call) : tasks_(scope.loop()) {
    tasks_.spawn("cancel", [&call](CallScope& own) { return cancel(own, call); });
  }
  Task<void> done(CallScope& scope) { EXPECT_TRUE(co_await tasks_.drained(scope)); }

 private:
  static Task<void> cancel(CallScope& own, CallScope& call) {
    EXPECT_TRUE(co_await net::sleep_for(own, 1ms));
    call.cancel(net::kLeft);
  }
  net::TaskGroup tasks_;
};

Task<void> cancelled_while_writing(CallScope& scope) {
  Link link(scope);
  CallScope call(scope.loop());
  Canceller canceller(scope, call);
  const std::string body(1'000'000, 'x');
  auto head = co_await link.connection().exchange(call, "POST", kGet, body);
  EXPECT_TRUE(!head && head.error().code == ErrorCode::kClientGone);
  EXPECT_FALSE(link.connection().reusable());
  co_await canceller.done(scope);
}

TEST(Connection, EndsACallThatIsGivenUpWhileItWrites) {
  net::run_in_fake_time(cancelled_while_writing);
}

Task<void> cancelled_while_waiting(CallScope& scope) {
  Link link(scope);
  CallScope call(scope.loop());
  Canceller canceller(scope, call);
  auto head = co_await link.connection().exchange(call, "GET", kGet, {});
  EXPECT_TRUE(!head && head.error().code == ErrorCode::kClientGone);
  EXPECT_FALSE(link.connection().reusable());
  co_await canceller.done(scope);
}

TEST(Connection, EndsACallThatIsGivenUpBeforeTheAnswer) {
  net::run_in_fake_time(cancelled_while_waiting);
}

Task<void> cancelled_in_the_body(CallScope& scope) {
  Link link(scope);
  CallScope call(scope.loop());
  EXPECT_EQ(co_await link.status_of("HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n"), 200);
  Canceller canceller(scope, call);
  auto piece = co_await link.connection().read_body(call);
  EXPECT_TRUE(!piece && piece.error().code == ErrorCode::kClientGone);
  EXPECT_FALSE(link.connection().reusable());
  co_await canceller.done(scope);
}

TEST(Connection, EndsACallThatIsGivenUpInTheBody) { net::run_in_fake_time(cancelled_in_the_body); }

}  // namespace
}  // namespace bifrost::client
