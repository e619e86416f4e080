#include "server/server.h"

#include "net/descriptor_fixture.h"
#include "net/loop_fixture.h"
#include "net/pair_fixture.h"
#include "server/handler_fixture.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>
#include <limits>
#include <memory>
#include <string>
#include <utility>

namespace bifrost::server {
namespace {

using namespace std::chrono_literals;
using net::CallScope;
using net::Task;
using ::testing::HasSubstr;
using ::testing::StartsWith;

constexpr std::string_view kGet = "GET / HTTP/1.1\r\nhost: x\r\n\r\n";
constexpr std::string_view kOk = "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok";
constexpr std::string_view kLastOk =
    "HTTP/1.1 200 OK\r\ncontent-length: 2\r\nconnection: close\r\n\r\nok";

Task<void> answer_ok(Request& request) {
  ignore(co_await request.out.send(request.scope, 200, {}, "ok"), "the test looks at the bytes");
}

// Answers once it is let go.
class Held {
 public:
  Task<void> handle(Request& request) {
    ++waiting;
    while (!open_) {
      auto slept = co_await net::sleep_for(request.scope, 1ms);
      if (!slept) co_return;
    }
    co_await answer_ok(request);
  }
  void let_go() { open_ = true; }
  int waiting = 0;

 private:
  bool open_ = false;
};

// A handler that fails wherever it can.
class FailingHandler final : public Handler {
 public:
  Task<void> handle(Request& /*request*/) override {
    fail();
    co_return;
  }
  void exception_escaped(Request& /*request*/, std::string_view /*what*/) override { fail(); }
  [[nodiscard]] std::string protocol_error_body(const Error& /*error*/) const override {
    fail();
    return {};
  }

 private:
  static void fail() { EXPECT_EQ(std::string().at(1), 'x'); }
};

// A server under test.
class Listening {
 public:
  Listening(CallScope& scope, Handler& handler, Settings settings = {})
      : scope_(scope), server_(scope.loop(), listen(scope.loop()), handler, callers_) {
    server_.configure(
        std::make_shared<const Settings>(settings), nullptr,
        std::make_shared<const AddressLimits>(*AddressLimits::from(settings.per_address)));
    server_.start();
  }

  Task<std::unique_ptr<net::Stream>> connect() {
    auto stream = co_await net::Stream::connect(scope_, server_.address());
    EXPECT_TRUE(stream);
    co_return *std::move(stream);
  }
  // To be awaited before the end of the test.
  Task<void> gone() {
    server_.stop_accepting();
    server_.drain();
    EXPECT_TRUE(co_await server_.drained(scope_));
    EXPECT_EQ(callers_.connections.open(), 0U);
  }
  // Lets the loop turn until the condition holds.
  template <class Condition>
  Task<void> until(Condition condition) {
    while (!condition()) EXPECT_TRUE(co_await net::sleep_for(scope_, 1ms));
  }

  [[nodiscard]] std::uint64_t refused(overload::Reason reason) const {
    return refusals_.count(reason);
  }
  [[nodiscard]] Server& server() { return server_; }
  [[nodiscard]] std::size_t open() const { return callers_.connections.open(); }

 private:
  static std::unique_ptr<net::Listener> listen(net::Loop& loop) {
    return *net::Listener::open(loop, *net::Address::from_literal("127.0.0.1", 0));
  }

  CallScope& scope_;
  overload::Refusals refusals_;
  Callers callers_{refusals_};
  Server server_;
};

Task<void> serves(CallScope& scope) {
  FunctionHandler handler(answer_ok);
  Listening listening(scope, handler);
  auto one = co_await listening.connect();
  auto other = co_await listening.connect();
  for (net::Stream* stream : {one.get(), other.get(), one.get()}) {
    EXPECT_TRUE(co_await stream->write(scope, kGet));
    EXPECT_EQ(co_await net::read_until(scope, *stream, "ok"), kOk);
  }
  EXPECT_EQ(listening.open(), 2U);
  one.reset();
  co_await listening.until([&] { return listening.open() == 1; });
  co_await listening.gone();
}

TEST(Server, ServesConnectionsAndCountsThem) { net::run_on_loop(serves); }

Task<void> full(CallScope& scope) {
  FunctionHandler handler(answer_ok);
  Listening listening(scope, handler, {.connections_max = 2});
  auto one = co_await listening.connect();
  auto other = co_await listening.connect();
  auto third = co_await listening.connect();
  EXPECT_THAT(co_await net::read_to_end(scope, *third), StartsWith("HTTP/1.1 503 "));
  EXPECT_EQ(listening.refused(overload::Reason::kConnections), 1U);
  EXPECT_EQ(listening.open(), 2U);
  one.reset();
  co_await listening.until([&] { return listening.open() == 1; });
  auto fourth = co_await listening.connect();
  EXPECT_TRUE(co_await fourth->write(scope, kGet));
  EXPECT_EQ(co_await net::read_until(scope, *fourth, "ok"), kOk);
  co_await listening.gone();
}

TEST(Server, TakesNoMoreConnectionsThanItMay) { net::run_on_loop(full); }

TEST(ConnectionCount, HasNoMorePlacesThanThereAreDescriptorsFor) {
  ConnectionCount count;
  count.set_places_max(1);
  EXPECT_EQ(count.places(10), 1U);
  const auto only = count.enter(10);
  EXPECT_TRUE(only);
  EXPECT_FALSE(count.enter(10));
}

Task<void> no_descriptor(CallScope& scope) {
  FunctionHandler handler(answer_ok);
  Listening listening(scope, handler);
  auto before = co_await listening.connect();
  co_await listening.until([&] { return listening.open() == 1; });
  // The caller's own end has the last one.
  scope.loop().set_descriptors_max(net::NoMoreFiles::lowest_free_descriptor() + 1);
  auto refused = co_await listening.connect();
  EXPECT_THAT(co_await net::read_to_end(scope, *refused), StartsWith("HTTP/1.1 503 "));
  EXPECT_EQ(listening.refused(overload::Reason::kDescriptors), 1U);
  scope.loop().set_descriptors_max(std::numeric_limits<int>::max());
  auto after = co_await listening.connect();
  for (net::Stream* stream : {before.get(), after.get()}) {
    EXPECT_TRUE(co_await stream->write(scope, kGet));
    EXPECT_EQ(co_await net::read_until(scope, *stream, "ok"), kOk);
  }
  co_await listening.gone();
}

TEST(Server, TellsCallersForWhomThereIsNoDescriptor) { net::run_on_loop(no_descriptor); }

Task<void> too_many_of_an_address(CallScope& scope) {
  FunctionHandler handler(answer_ok);
  Listening listening(scope, handler, {.per_address = {.connections_max = 1}});
  auto one = co_await listening.connect();
  auto other = co_await listening.connect();
  EXPECT_THAT(co_await net::read_to_end(scope, *other), StartsWith("HTTP/1.1 429 "));
  EXPECT_EQ(listening.open(), 1U);
  EXPECT_EQ(listening.refused(overload::Reason::kAddressConnections), 1U);
  one.reset();
  co_await listening.until([&] { return listening.open() == 0; });
  auto next = co_await listening.connect();
  EXPECT_TRUE(co_await next->write(scope, kGet));
  EXPECT_EQ(co_await net::read_until(scope, *next, "ok"), kOk);
  co_await listening.gone();
}

TEST(Server, TakesNoMoreConnectionsOfAnAddressThanItMayHave) {
  net::run_on_loop(too_many_of_an_address);
}

// The handler asks for each request whether it may be served, and knows whose it is.
Task<void> requests_of_an_address(CallScope& scope) {
  FunctionHandler handler([](Request& request) -> Task<void> {
    const bool may = request.share->take_request().has_value();
    ignore(co_await request.out.send(request.scope, may ? 200 : 429, {}, request.network),
           "the test looks at the bytes");
  });
  Listening listening(scope, handler, {.per_address = {.requests_per_second = 0.01, .burst = 2}});
  for (const std::string_view status : {"200", "200", "429"}) {
    auto stream = co_await listening.connect();
    EXPECT_TRUE(co_await stream->write(scope, kGet));
    EXPECT_THAT(co_await net::read_until(scope, *stream, "127.0.0.1"), HasSubstr(status));
  }
  EXPECT_EQ(listening.refused(overload::Reason::kAddressRate), 1U);
  co_await listening.gone();
}

TEST(Server, CountsRequestsOfAnAddressOverItsConnections) {
  net::run_on_loop(requests_of_an_address);
}

// A server with two callers: one whose first request of two is held, one that is silent.
struct TwoCallers {
  explicit TwoCallers(CallScope& scope) : listening(scope, handler) {}
  Task<void> come(CallScope& scope) {
    busy = co_await listening.connect();
    idle = co_await listening.connect();
    EXPECT_TRUE(co_await busy->write(scope, std::string(kGet) + std::string(kGet)));
    co_await listening.until([this] { return held.waiting == 1 && listening.open() == 2; });
  }

  Held held;
  FunctionHandler handler{[this](Request& request) { return held.handle(request); }};
  Listening listening;
  std::unique_ptr<net::Stream> busy;
  std::unique_ptr<net::Stream> idle;
};

Task<void> drains(CallScope& scope) {
  TwoCallers callers(scope);
  auto& [held, handler, listening, busy, idle] = callers;
  co_await callers.come(scope);
  EXPECT_EQ(listening.server().serving(), 1U);
  listening.server().drain();
  EXPECT_EQ(co_await net::read_to_end(scope, *idle), "");
  // Still accepted, for one request each.
  auto late = co_await listening.connect();
  EXPECT_TRUE(co_await late->write(scope, std::string(kGet) + std::string(kGet)));
  held.let_go();
  EXPECT_EQ(co_await net::read_to_end(scope, *busy), kLastOk);
  EXPECT_EQ(co_await net::read_to_end(scope, *late), kLastOk);
  EXPECT_EQ(held.waiting, 2);
  co_await listening.gone();
}

TEST(Server, LetsWhatRunsFinishWhenItGoesDown) { net::run_on_loop(drains); }

Task<void> says_goodbye(CallScope& scope) {
  TwoCallers callers(scope);
  auto& [held, handler, listening, busy, idle] = callers;
  co_await callers.come(scope);
  listening.server().close_after_next();
  auto late = co_await listening.connect();
  held.let_go();
  EXPECT_EQ(co_await net::read_to_end(scope, *busy), kLastOk);
  for (net::Stream* stream : {idle.get(), late.get()}) {
    EXPECT_TRUE(co_await stream->write(scope, std::string(kGet) + std::string(kGet)));
    EXPECT_EQ(co_await net::read_to_end(scope, *stream), kLastOk);
  }
  EXPECT_EQ(held.waiting, 3);
  co_await listening.gone();
}

TEST(Server, ServesEachConnectionOnceMoreBeforeItGoesDown) { net::run_on_loop(says_goodbye); }

Task<void> refuses(CallScope& scope) {
  FunctionHandler handler(answer_ok);
  Listening listening(scope, handler);
  listening.server().stop_accepting();
  EXPECT_TRUE(co_await listening.server().drained(scope));
  auto stream = co_await net::Stream::connect(scope, listening.server().address());
  EXPECT_FALSE(stream);
  co_await listening.gone();
}

TEST(Server, RefusesConnectionsOnceItAcceptsNoMore) { net::run_on_loop(refuses); }

Task<void> cancelled(CallScope& scope) {
  Held held;
  FunctionHandler handler([&](Request& request) { return held.handle(request); });
  Listening listening(scope, handler);
  auto stream = co_await listening.connect();
  EXPECT_TRUE(co_await stream->write(scope, kGet));
  co_await listening.until([&] { return held.waiting == 1; });
  listening.server().cancel_all();
  EXPECT_EQ(co_await net::read_to_end(scope, *stream), "");
  co_await listening.gone();
  EXPECT_EQ(listening.server().serving(), 0U);
}

TEST(Server, EndsWhatIsLeftAtOnceWhenItIsCancelled) { net::run_on_loop(cancelled); }

// The session itself ends with an exception: nothing of it may stay behind.
Task<void> failing(CallScope& scope) {
  FailingHandler handler;
  Listening listening(scope, handler);
  for (const std::string_view request : {kGet, std::string_view("nonsense\r\n\r\n")}) {
    auto stream = co_await listening.connect();
    EXPECT_TRUE(co_await stream->write(scope, request));
    EXPECT_EQ(co_await net::read_to_end(scope, *stream), "");
  }
  co_await listening.until([&] { return listening.open() == 0; });
  EXPECT_EQ(listening.server().connections(), 0U);
  EXPECT_EQ(listening.server().serving(), 0U);
  listening.server().drain();
  co_await listening.gone();
}

TEST(Server, ForgetsASessionThatAnExceptionEnded) { net::run_on_loop(failing); }

}  // namespace
}  // namespace bifrost::server
