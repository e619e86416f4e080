// Providers that answer from a script, without a network and in the time of the loop. For tests.
#pragma once

#include "base/try.h"
#include "client/transport.h"

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace bifrost::upstream {

// What a provider does with one request.
struct ScriptedReply {
  struct Piece {
    std::chrono::nanoseconds after{};
    std::string bytes;
  };

  std::chrono::nanoseconds head_after{};
  std::optional<Error> refused = {};  // instead of a head
  int status = 200;
  http::Headers headers = {{"content-type", "application/json"}};
  std::vector<Piece> pieces = {};
  std::optional<Error> broken = {};  // behind the pieces, instead of the end

  static ScriptedReply json(int status, std::string body) {
    return {.status = status, .pieces = {{.bytes = std::move(body)}}};
  }
  static ScriptedReply events(std::vector<Piece> pieces) {
    return {.headers = {{"content-type", "text/event-stream"}}, .pieces = std::move(pieces)};
  }
};

class ScriptedTransport final : public client::Transport {
 public:
  struct Sent {
    SteadyTime at;
    std::string host;
    std::string target;
    http::Headers headers;
    std::string body;
  };
  using Script = std::function<ScriptedReply(const Sent&)>;

  explicit ScriptedTransport(Script script) : script_(std::move(script)) {}

  net::Task<Result<client::Response>> send(net::CallScope& scope,
                                           std::shared_ptr<const client::Origin> origin,
                                           const client::Request& request) override {
    sent_.push_back({.at = scope.loop().now(),
                     .host = origin->host,
                     .target = std::string(request.target),
                     .headers = request.headers,
                     .body = std::string(request.body)});
    ScriptedReply reply = script_(sent_.back());
    const OpenCall open(open_);
    if (reply.head_after.count() > 0) {
      BF_CO_TRY_VOID(co_await net::sleep_for(scope, reply.head_after));
    }
    if (reply.refused) co_return *std::move(reply.refused);
    client::Response response;
    response.head.status = reply.status;
    response.head.headers = reply.headers;
    response.body = std::make_unique<Body>(std::move(reply), open_);
    co_return std::move(response);
  }

  [[nodiscard]] const std::vector<Sent>& sent() const { return sent_; }
  // Calls whose answer is neither read to the end nor given up.
  [[nodiscard]] std::size_t open() const { return open_; }

 private:
  class OpenCall {
   public:
    explicit OpenCall(std::size_t& open) : open_(open) { ++open_; }
    ~OpenCall() { --open_; }
    OpenCall(const OpenCall&) = delete;
    OpenCall& operator=(const OpenCall&) = delete;

   private:
    std::size_t& open_;
  };

  class Body final : public client::ByteSource {
   public:
    Body(ScriptedReply reply, std::size_t& open) : reply_(std::move(reply)), open_(open) {}

    net::Task<Result<std::string_view>> read(net::CallScope& scope) override {
      if (next_ == reply_.pieces.size()) {
        if (reply_.broken) co_return *reply_.broken;
        co_return std::string_view();
      }
      const ScriptedReply::Piece& piece = reply_.pieces[next_];
      if (piece.after.count() > 0) {
        BF_CO_TRY_VOID(co_await net::sleep_for(scope, piece.after));
      }
      ++next_;
      co_return std::string_view(piece.bytes);
    }

   private:
    ScriptedReply reply_;
    OpenCall open_;
    std::size_t next_ = 0;
  };

  Script script_;
  std::vector<Sent> sent_;
  std::size_t open_ = 0;
};

}  // namespace bifrost::upstream
