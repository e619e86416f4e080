#include "server/responder.h"

#include "net/loop_fixture.h"
#include "net/pair_fixture.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <optional>
#include <span>
#include <string>

namespace bifrost::server {
namespace {

using namespace std::chrono_literals;
using net::CallScope;
using net::Task;
using State = Responder::State;

http::Headers plain() { return {{"content-type", "text/plain"}}; }

// More than the kernel takes, so that a write waits for a reader.
const std::string& big() {
  static const std::string kText(1'000'000, 'x');
  return kText;
}

// Leaves a peer that does not read as soon as it is noticed.
const Settings kImpatient{.write_timeout = 1ms};
const Settings kPatient;

// Everything that the far end got once the near one has closed.
Task<std::string> received(CallScope& scope, net::StreamPair& pair) {
  pair.near.reset();
  co_return co_await net::read_to_end(scope, *pair.far);
}

std::optional<ErrorCode> code_of(const Result<void>& result) {
  if (result) return std::nullopt;
  return result.error().code;
}

// Nothing that is called now has an effect.
Task<void> expect_final(CallScope& scope, Responder& out, ErrorCode why) {
  const State state = out.state();
  EXPECT_EQ(code_of(co_await out.send(scope, 200, plain(), "late")), why);
  out.begin(200, plain());
  EXPECT_EQ(code_of(co_await out.write(scope, "late")), why);
  EXPECT_FALSE(out.write_now("late"));
  EXPECT_EQ(code_of(co_await out.invite(scope)), why);
  EXPECT_EQ(code_of(co_await out.end(scope)), why);
  EXPECT_EQ(out.state(), state);
}

Task<void> whole_answer(CallScope& scope) {
  net::StreamPair pair = net::stream_pair(scope.loop());
  Responder out(*pair.near, kPatient, {});
  EXPECT_EQ(out.state(), State::kFresh);
  EXPECT_TRUE(co_await out.send(scope, 404, plain(), "not here"));
  EXPECT_TRUE(out.complete());
  EXPECT_EQ(out.status(), 404);
  EXPECT_EQ(out.body_bytes(), 8U);
  co_await expect_final(scope, out, ErrorCode::kInternal);
  EXPECT_EQ(co_await received(scope, pair),
            "HTTP/1.1 404 Not Found\r\ncontent-type: text/plain\r\ncontent-length: 8\r\n\r\n"
            "not here");
}

TEST(Responder, SendsAWholeAnswerAndNothingAfterIt) { net::run_in_fake_time(whole_answer); }

// The near end writes while the far one has read nothing yet.
Task<void> answer_big(CallScope& scope, Responder& out, bool& almost_taken) {
  EXPECT_TRUE(
      co_await out.send(scope, 200, plain(), big(), [&almost_taken] { almost_taken = true; }));
}

Task<void> tells_of_the_last_byte(CallScope& scope) {
  net::StreamPair pair = net::stream_pair(scope.loop());
  Responder out(*pair.near, kPatient, {});
  bool almost_taken = false;
  net::TaskGroup writer(scope.loop());
  writer.spawn("answer", [&](CallScope& own) { return answer_big(own, out, almost_taken); });
  EXPECT_TRUE(co_await net::sleep_for(scope, 1ms));
  EXPECT_FALSE(almost_taken) << "nobody has read";
  co_await net::read_until(scope, *pair.far, "\r\n\r\n");
  std::string buffer(4096, '\0');
  for (std::size_t left = big().size(); left > 1;) {
    auto got =
        co_await pair.far->read(scope, std::span(buffer).first(std::min(left - 1, buffer.size())));
    EXPECT_TRUE(got);
    if (!got) break;
    left -= *got;
  }
  EXPECT_TRUE(almost_taken) << "before the last byte is there";
  EXPECT_TRUE(co_await writer.drained(scope));
  EXPECT_TRUE(out.complete());
}

TEST(Responder, TellsWhenAllButTheLastByteIsTaken) {
  net::run_in_fake_time(tells_of_the_last_byte);
}

Task<void> stream(CallScope& scope) {
  net::StreamPair pair = net::stream_pair(scope.loop());
  Responder out(*pair.near, kPatient, {});
  out.begin(200, {});
  EXPECT_EQ(out.state(), State::kStream);
  EXPECT_TRUE(co_await out.write(scope, "one"));
  EXPECT_TRUE(co_await out.write(scope, ""));
  EXPECT_TRUE(out.write_now("!"));
  EXPECT_TRUE(co_await out.write(scope, "eleven more"));
  EXPECT_EQ(code_of(co_await out.send(scope, 200, plain(), "whole")), ErrorCode::kInternal);
  EXPECT_EQ(code_of(co_await out.invite(scope)), ErrorCode::kInternal);
  EXPECT_EQ(out.state(), State::kStream);
  EXPECT_TRUE(co_await out.end(scope));
  EXPECT_TRUE(out.complete());
  EXPECT_TRUE(out.keep_alive());
  EXPECT_EQ(out.body_bytes(), 15U);
  co_await expect_final(scope, out, ErrorCode::kInternal);
  EXPECT_EQ(co_await received(scope, pair),
            "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n"
            "3\r\none\r\n1\r\n!\r\nb\r\neleven more\r\n0\r\n\r\n");
}

TEST(Responder, WritesEveryPieceOfAStreamAsOneChunk) { net::run_in_fake_time(stream); }

Task<void> nothing_before_begin(CallScope& scope) {
  net::StreamPair pair = net::stream_pair(scope.loop());
  Responder out(*pair.near, kPatient, {});
  EXPECT_EQ(code_of(co_await out.write(scope, "early")), ErrorCode::kInternal);
  EXPECT_EQ(code_of(co_await out.end(scope)), ErrorCode::kInternal);
  EXPECT_FALSE(out.write_now("early"));
  EXPECT_EQ(out.state(), State::kFresh);
  EXPECT_EQ(co_await received(scope, pair), "");
}

TEST(Responder, WritesNoPieceOfAStreamThatWasNotBegun) {
  net::run_in_fake_time(nothing_before_begin);
}

Task<void> old_version(CallScope& scope) {
  net::StreamPair pair = net::stream_pair(scope.loop());
  Responder out(*pair.near, kPatient, {.http11 = false});
  out.begin(200, {});
  EXPECT_TRUE(co_await out.write(scope, "one"));
  EXPECT_TRUE(co_await out.end(scope));
  EXPECT_FALSE(out.keep_alive());
  EXPECT_EQ(co_await received(scope, pair), "HTTP/1.1 200 OK\r\nconnection: close\r\n\r\none");
}

TEST(Responder, EndsAStreamToAnOldCallerByClosing) { net::run_in_fake_time(old_version); }

Task<void> without_body(CallScope& scope) {
  net::StreamPair pair = net::stream_pair(scope.loop());
  Responder head(*pair.near, kPatient, {.head_only = true});
  EXPECT_TRUE(co_await head.send(scope, 200, {}, "four"));
  Responder empty(*pair.near, kPatient, {});
  EXPECT_TRUE(co_await empty.send(scope, 204, {}, "four"));
  Responder streamed(*pair.near, kPatient, {});
  streamed.begin(204, {});
  EXPECT_TRUE(co_await streamed.write(scope, "four"));
  EXPECT_TRUE(co_await streamed.end(scope));
  Responder head_of_stream(*pair.near, kPatient, {.head_only = true});
  head_of_stream.begin(200, {});
  EXPECT_TRUE(co_await head_of_stream.write(scope, "four"));
  EXPECT_TRUE(co_await head_of_stream.end(scope));
  EXPECT_EQ(co_await received(scope, pair),
            "HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\n"
            "HTTP/1.1 204 No Content\r\n\r\n"
            "HTTP/1.1 204 No Content\r\n\r\n"
            "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n");
}

TEST(Responder, WritesNoBytesOfABodyThatMayNotBe) { net::run_in_fake_time(without_body); }

Task<void> invitation(CallScope& scope) {
  net::StreamPair pair = net::stream_pair(scope.loop());
  Responder out(*pair.near, kPatient, {});
  EXPECT_TRUE(co_await out.invite(scope));
  EXPECT_EQ(out.state(), State::kFresh);
  out.close_after();
  EXPECT_TRUE(co_await out.send(scope, 200, {}, ""));
  EXPECT_EQ(co_await received(scope, pair),
            "HTTP/1.1 100 Continue\r\n\r\n"
            "HTTP/1.1 200 OK\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
}

TEST(Responder, InvitesABodyBeforeTheAnswer) { net::run_in_fake_time(invitation); }

// ---------------------------------------------------------------------------------------------
// Writes that fail

// The peer reads after all, as much as there is: now there would be room for more.
Task<std::string> make_room(CallScope& scope, net::Stream& far) {
  static constexpr CallScope::Expiry kNoMore{ErrorCode::kInternal, Origin::kGateway, Retry::kNo,
                                             "no more"};
  const CallScope::Deadline patience(scope, 5ms, kNoMore);
  co_return co_await net::read_to_end(scope, far);
}

Task<void> broken_whole_answer(CallScope& scope) {
  net::StreamPair pair = net::stream_pair(scope.loop());
  Responder out(*pair.near, kImpatient, {});
  EXPECT_EQ(code_of(co_await out.send(scope, 200, {}, big())), ErrorCode::kClientGone);
  EXPECT_EQ(out.state(), State::kBroken);
  std::string all = co_await make_room(scope, *pair.far);
  co_await expect_final(scope, out, ErrorCode::kClientGone);
  all += co_await received(scope, pair);
  const std::string whole = "HTTP/1.1 200 OK\r\ncontent-length: 1000000\r\n\r\n" + big();
  EXPECT_LT(all.size(), whole.size());
  EXPECT_TRUE(whole.starts_with(all));
}

TEST(Responder, WritesNothingMoreAfterAWholeAnswerThatFailed) {
  net::run_in_fake_time(broken_whole_answer);
}

Task<void> broken_stream(CallScope& scope) {
  net::StreamPair pair = net::stream_pair(scope.loop());
  Responder out(*pair.near, kImpatient, {});
  out.begin(200, {});
  EXPECT_TRUE(co_await out.write(scope, "one"));
  EXPECT_EQ(code_of(co_await out.write(scope, big())), ErrorCode::kClientGone);
  EXPECT_EQ(out.state(), State::kBroken);
  std::string all = co_await make_room(scope, *pair.far);
  co_await expect_final(scope, out, ErrorCode::kClientGone);
  all += co_await received(scope, pair);
  EXPECT_TRUE(all.ends_with('x'));
}

TEST(Responder, WritesNothingMoreAfterAPieceThatFailed) { net::run_in_fake_time(broken_stream); }

Task<void> broken_invitation(CallScope& scope) {
  net::StreamPair pair = net::stream_pair(scope.loop());
  while (pair.near->write_now(big())) {
  }
  Responder out(*pair.near, kImpatient, {});
  EXPECT_EQ(code_of(co_await out.invite(scope)), ErrorCode::kClientGone);
  co_await make_room(scope, *pair.far);
  co_await expect_final(scope, out, ErrorCode::kClientGone);
}

TEST(Responder, WritesNothingMoreAfterAnInvitationThatFailed) {
  net::run_in_fake_time(broken_invitation);
}

Task<void> peer_has_left(CallScope& scope) {
  net::StreamPair pair = net::stream_pair(scope.loop());
  pair.far.reset();
  Responder out(*pair.near, kPatient, {});
  EXPECT_EQ(code_of(co_await out.send(scope, 200, {}, "lost")), ErrorCode::kClientGone);
  co_await expect_final(scope, out, ErrorCode::kClientGone);
}

TEST(Responder, IsBrokenWhenThePeerHasLeft) { net::run_in_fake_time(peer_has_left); }

// ---------------------------------------------------------------------------------------------
// Slow peers

// Reads so much in every millisecond, up to the end.
Task<void> read_slowly(CallScope& scope, net::Stream& far, std::size_t bytes) {
  std::string buffer(bytes, '\0');
  while (true) {
    auto got = co_await far.read(scope, buffer);
    if (!got || *got == 0) co_return;
    EXPECT_TRUE(co_await net::sleep_for(scope, 1ms));
  }
}

// How writing `bytes` to such a peer ends.
Task<std::optional<ErrorCode>> write_to_slow_peer(CallScope& scope, const Settings& settings,
                                                  std::size_t bytes, std::size_t read_bytes) {
  net::StreamPair pair = net::stream_pair(scope.loop());
  net::TaskGroup reader(scope.loop());
  reader.spawn("read", [&](CallScope& own) { return read_slowly(own, *pair.far, read_bytes); });
  Responder out(*pair.near, settings, {});
  const auto code = code_of(co_await out.send(scope, 200, {}, std::string(bytes, 'x')));
  pair.near.reset();
  EXPECT_TRUE(co_await reader.drained(scope));
  co_return code;
}

Task<void> slow_peer(CallScope& scope) {
  const SteadyTime begun = scope.loop().now();
  EXPECT_EQ(co_await write_to_slow_peer(scope, {.write_timeout = 50ms}, 2'000'000, 4096),
            std::nullopt);
  EXPECT_GT(scope.loop().now() - begun, 400ms);
}

TEST(Responder, WritesAsLongAsASlowPeerReads) { net::run_in_fake_time(slow_peer); }

// The kernel asks for more only once much of what it holds has been read.
Task<void> very_slow_peer(CallScope& scope) {
  EXPECT_EQ(co_await write_to_slow_peer(scope, {.write_timeout = 50ms}, 100'000, 500),
            std::nullopt);
}

TEST(Responder, TakesAPeerThatReadsLessThanTheKernelHoldsForSlow) {
  net::run_in_fake_time(very_slow_peer);
}

// ---------------------------------------------------------------------------------------------
// While a write waits

Task<void> write_big(CallScope& scope, Responder& out) {
  EXPECT_TRUE(co_await out.write(scope, big()));
}

Task<void> busy(CallScope& scope) {
  net::StreamPair pair = net::stream_pair(scope.loop());
  Responder out(*pair.near, kPatient, {});
  out.begin(200, {});
  net::TaskGroup writer(scope.loop());
  writer.spawn("write", [&](CallScope& own) { return write_big(own, out); });
  std::string all = co_await net::read_until(scope, *pair.far, "xx");  // it is in the middle
  EXPECT_FALSE(out.write_now("alive"));
  EXPECT_EQ(code_of(co_await out.write(scope, "other")), ErrorCode::kInternal);
  EXPECT_EQ(code_of(co_await out.end(scope)), ErrorCode::kInternal);
  EXPECT_EQ(out.state(), State::kStream);
  all += co_await make_room(scope, *pair.far);
  EXPECT_TRUE(co_await writer.drained(scope));
  EXPECT_TRUE(co_await out.end(scope));
  all += co_await received(scope, pair);
  EXPECT_EQ(all, "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nf4240\r\n" + big() +
                     "\r\n0\r\n\r\n");
}

TEST(Responder, RefusesASecondWriterWhileOneWaits) { net::run_in_fake_time(busy); }

Task<void> sign_of_life_left_out(CallScope& scope) {
  net::StreamPair pair = net::stream_pair(scope.loop());
  std::size_t earlier = 0;
  while (pair.near->write_now(std::string(1000, 'e'))) ++earlier;
  Responder out(*pair.near, kPatient, {});
  out.begin(200, {});
  for (int i = 0; i < 3; ++i) EXPECT_FALSE(out.write_now("alive"));
  EXPECT_EQ(out.body_bytes(), 0U);
  std::string all = co_await make_room(scope, *pair.far);
  EXPECT_TRUE(co_await out.write(scope, "one"));
  EXPECT_TRUE(co_await out.end(scope));
  all += co_await received(scope, pair);
  EXPECT_EQ(all.substr(earlier * 1000),
            "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n3\r\none\r\n0\r\n\r\n");
}

TEST(Responder, LeavesSignsOfLifeOutWhileThePeerIsSlow) {
  net::run_in_fake_time(sign_of_life_left_out);
}

}  // namespace
}  // namespace bifrost::server
