#include "client/pool.h"

#include "net/listener.h"
#include "net/loop_fixture.h"
#include "net/resolver_fixture.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <chrono>
#include <memory>
#include <utility>

namespace bifrost::client {
namespace {

using net::CallScope;
using net::Task;

// Leaves with the first request that is one too many, as a server does whose patience ended.
Task<void> serve(CallScope& scope, std::unique_ptr<net::Stream> stream, int requests_max) {
  std::array<char, 1024> request{};
  for (int count = 1;; ++count) {
    auto got = co_await stream->read(scope, request);
    if (!got || *got == 0 || count > requests_max) co_return;
    auto sent = co_await stream->write(scope, "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n", "ok");
    if (!sent) co_return;
  }
}

// Answers "ok" to everything and counts its connections.
class Server {
 public:
  explicit Server(net::Loop& loop, int requests_max = 1000)
      : tasks_(loop), requests_max_(requests_max) {
    auto listener = net::Listener::open(loop, *net::Address::from_literal("127.0.0.1", 0));
    EXPECT_TRUE(listener);
    listener_ = *std::move(listener);
    tasks_.spawn("accept", [this](CallScope& scope) { return accept(scope); });
  }

  [[nodiscard]] std::shared_ptr<Origin> origin() const {
    auto origin = std::make_shared<Origin>();
    origin->https = false;
    origin->host = "127.0.0.1";
    origin->port = listener_->address().port();
    return origin;
  }
  [[nodiscard]] int connections() const { return connections_; }

  Task<Result<void>> stop(CallScope& scope) {
    tasks_.cancel_all(net::kGoingDown);
    return tasks_.drained(scope);
  }

 private:
  Task<void> accept(CallScope& scope) {
    while (true) {
      auto stream = co_await listener_->accept(scope);
      if (!stream) co_return;
      ++connections_;
      tasks_.spawn("serve", [this, stream = *std::move(stream)](CallScope& own) mutable {
        return serve(own, std::move(stream), requests_max_);
      });
    }
  }

  std::unique_ptr<net::Listener> listener_;
  net::TaskGroup tasks_;
  int requests_max_;
  int connections_ = 0;
};

Task<void> fetch(CallScope& scope, Pool& pool, std::shared_ptr<const Origin> origin) {
  const http::Headers headers;
  auto response = co_await pool.send(
      scope, std::move(origin), {.method = "GET", .target = "/", .headers = headers, .body = {}});
  EXPECT_TRUE(response);
  if (!response) co_return;
  auto body = co_await response->body->read(scope);
  EXPECT_TRUE(body && *body == "ok");
}

// How many connections two calls take, one after the other.
Task<void> call_twice(CallScope& scope, std::chrono::nanoseconds age_max, int& connections) {
  Server server(scope.loop());
  net::LiteralResolver names(scope.loop());
  telemetry::Gauge open;
  Pool pool(scope.loop(), names.resolver, open);
  const auto origin = server.origin();
  origin->connection_age_max = age_max;
  co_await fetch(scope, pool, origin);
  co_await fetch(scope, pool, origin);
  connections = server.connections();
  EXPECT_EQ(open.value(), pool.idle());
  pool.clear();
  EXPECT_EQ(open.value(), 0);
  EXPECT_TRUE(co_await server.stop(scope));
}

TEST(Pool, KeepsAConnectionForTheNextCall) {
  int connections = 0;
  net::run_on_loop(
      [&](CallScope& scope) { return call_twice(scope, std::chrono::hours(1), connections); });
  EXPECT_EQ(connections, 1);
}

TEST(Pool, OpensAnotherOneWhenItIsTooOld) {
  int connections = 0;
  net::run_on_loop([&](CallScope& scope) {
    return call_twice(scope, std::chrono::nanoseconds(0), connections);
  });
  EXPECT_EQ(connections, 2);
}

Task<void> stale(CallScope& scope) {
  Server server(scope.loop(), 1);
  net::LiteralResolver names(scope.loop());
  telemetry::Gauge open;
  Pool pool(scope.loop(), names.resolver, open);
  const auto origin = server.origin();
  for (int i = 0; i < 3; ++i) co_await fetch(scope, pool, origin);
  EXPECT_EQ(server.connections(), 3);
  pool.clear();
  EXPECT_TRUE(co_await server.stop(scope));
}

TEST(Pool, SendsAgainWhenTheServerHadClosedAnIdleConnection) { net::run_on_loop(stale); }

Task<void> left_unread(CallScope& scope) {
  Server server(scope.loop());
  net::LiteralResolver names(scope.loop());
  telemetry::Gauge open;
  Pool pool(scope.loop(), names.resolver, open);
  const auto origin = server.origin();
  {
    const http::Headers headers;
    auto response = co_await pool.send(
        scope, origin, {.method = "GET", .target = "/", .headers = headers, .body = {}});
    EXPECT_TRUE(response);
    EXPECT_EQ(open.value(), 1);
  }
  EXPECT_EQ(open.value(), 0);
  EXPECT_EQ(pool.idle(), 0U);
  EXPECT_TRUE(co_await server.stop(scope));
}

TEST(Pool, ClosesAConnectionWhoseAnswerWasNotReadToItsEnd) { net::run_on_loop(left_unread); }

Task<void> leave(CallScope& own, CallScope& call) {
  EXPECT_TRUE(co_await net::sleep_for(own, std::chrono::milliseconds(1)));
  call.cancel(net::kLeft);
}

// Nobody shakes hands at the other end.
Task<void> connecting(CallScope& scope) {
  auto listener = net::Listener::open(scope.loop(), *net::Address::from_literal("127.0.0.1", 0));
  net::LiteralResolver names(scope.loop());
  telemetry::Gauge open;
  Pool pool(scope.loop(), names.resolver, open);
  const auto origin = std::make_shared<Origin>();
  origin->host = "127.0.0.1";
  origin->port = (*listener)->address().port();
  origin->tls = *net::TlsContext::client({});
  origin->connect_timeout = std::chrono::milliseconds(5);
  const http::Headers headers;
  const Request request{.method = "GET", .target = "/", .headers = headers, .body = {}};
  auto late = co_await pool.send(scope, origin, request);
  EXPECT_TRUE(!late && late.error().code == ErrorCode::kUpstreamConnectTimeout);

  CallScope call(scope.loop());
  net::TaskGroup caller(scope.loop());
  caller.spawn("leave", [&call](CallScope& own) { return leave(own, call); });
  origin->connect_timeout = std::chrono::hours(1);
  auto gone = co_await pool.send(call, origin, request);
  EXPECT_TRUE(!gone && gone.error().code == ErrorCode::kClientGone);
  EXPECT_TRUE(co_await caller.drained(scope));
  EXPECT_EQ(open.value(), 0);
}

TEST(Pool, GivesUpConnectingWithTheDeadlineOrTheCall) { net::run_on_loop(connecting); }

// Refused before anything is sent: the call ends at once, with the reason.
Task<void> forbidden(CallScope& scope) {
  net::LiteralResolver names(scope.loop());
  telemetry::Gauge open;
  Pool pool(scope.loop(), names.resolver, open);
  const auto origin_at = [](const char* host) {
    auto origin = std::make_shared<Origin>();
    origin->https = false;
    origin->host = host;
    origin->port = 1;
    return origin;
  };
  struct Case {
    const char* host;
    const char* why;
  };
  constexpr std::array kCases = {
      Case{"169.254.169.254", "a link-local address, which is never allowed"},
      Case{"64:ff9b::169.254.169.254", "a link-local address, which is never allowed"},
      Case{"2002:a9fe:a9fe::1", "a link-local address, which is never allowed"},
      Case{"64:ff9b::10.0.0.1", "network_config.allow_private_network"},
      Case{"224.0.0.1", "a reserved address, which is never allowed"},
  };
  const http::Headers headers;
  for (const Case& c : kCases) {
    auto response = co_await pool.send(
        scope, origin_at(c.host), {.method = "GET", .target = "/", .headers = headers, .body = {}});
    EXPECT_FALSE(response) << c.host;
    if (response) continue;
    EXPECT_THAT(response.error().message, testing::HasSubstr(c.why)) << c.host;
  }
  // Without a zone it leads nowhere, so nothing leaves the machine; but it is tried.
  const auto machine = origin_at("fe80::1");
  machine->allow_link_local = true;
  machine->connect_timeout = std::chrono::milliseconds(50);
  auto response = co_await pool.send(
      scope, machine, {.method = "GET", .target = "/", .headers = headers, .body = {}});
  EXPECT_FALSE(response);
  if (response) co_return;
  EXPECT_THAT(response.error().message, testing::Not(testing::HasSubstr("never allowed")));
}

TEST(Pool, RefusesForbiddenAddressesInEveryForm) { net::run_on_loop(forbidden); }

}  // namespace
}  // namespace bifrost::client
