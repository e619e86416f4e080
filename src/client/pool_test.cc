#include "client/pool.h"

#include "net/listener.h"
#include "net/loop_fixture.h"

#include <gtest/gtest.h>

#include <array>
#include <chrono>
#include <memory>
#include <utility>

namespace bifrost::client {
namespace {

using net::CallScope;
using net::Task;

Task<void> serve(CallScope& scope, std::unique_ptr<net::Stream> stream) {
  std::array<char, 1024> request{};
  while (true) {
    auto got = co_await stream->read(scope, request);
    if (!got || *got == 0) co_return;
    auto sent = co_await stream->write(scope, "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n", "ok");
    if (!sent) co_return;
  }
}

// Answers "ok" to everything and counts its connections.
class Server {
 public:
  explicit Server(net::Loop& loop) : tasks_(loop) {
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
    tasks_.cancel_all(gateway_error(ErrorCode::kShuttingDown, "the test is over"));
    return tasks_.drained(scope);
  }

 private:
  Task<void> accept(CallScope& scope) {
    while (true) {
      auto stream = co_await listener_->accept(scope);
      if (!stream) co_return;
      ++connections_;
      tasks_.spawn("serve", [stream = *std::move(stream)](CallScope& own) mutable {
        return serve(own, std::move(stream));
      });
    }
  }

  std::unique_ptr<net::Listener> listener_;
  net::TaskGroup tasks_;
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
  net::Resolver resolver;
  telemetry::Gauge open;
  Pool pool(scope.loop(), resolver, open);
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

}  // namespace
}  // namespace bifrost::client
