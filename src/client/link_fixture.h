// A connection to a server that a test plays. For tests.
#pragma once

#include "client/connection.h"
#include "net/pair_fixture.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace bifrost::client {

inline constexpr std::string_view kGet = "GET / HTTP/1.1\r\nhost: x\r\n\r\n";

// A connection under test, and the server at its other end.
class Link {
 public:
  explicit Link(net::CallScope& scope) : Link(scope, net::stream_pair(scope.loop())) {}

  [[nodiscard]] Connection& connection() { return connection_; }
  [[nodiscard]] net::Stream& server() { return *server_; }

  // The server says this, whatever it was asked.
  net::Task<void> serve(std::string_view bytes) {
    EXPECT_TRUE(co_await server_->write(scope_, bytes));
  }
  void close() { server_->shutdown_write(); }
  void vanish() { server_.reset(); }  // a reset, when it has not read everything

  net::Task<Result<http::ResponseHead>> exchange() {
    return connection_.exchange(scope_, "GET", kGet, {});
  }
  // Of an answer that is served at once; its status, or 0.
  net::Task<int> status_of(std::string_view bytes) {
    co_await serve(bytes);
    auto head = co_await exchange();
    co_return head ? head->status : 0;
  }
  // The rest of the answer, or the name of what went wrong.
  net::Task<std::string> body() {
    std::string all;
    while (true) {
      auto piece = co_await connection_.read_body(scope_);
      if (!piece) co_return std::string(piece.error().name());
      if (piece->empty()) co_return all;
      all += *piece;
    }
  }

 private:
  Link(net::CallScope& scope, net::StreamPair pair)
      : scope_(scope),
        server_(std::move(pair.far)),
        scratch_(1024),
        connection_(std::move(pair.near), scratch_, scope.loop().now(), open_) {}

  net::CallScope& scope_;
  std::unique_ptr<net::Stream> server_;
  std::vector<char> scratch_;
  telemetry::Gauge open_;
  Connection connection_;
};

}  // namespace bifrost::client
