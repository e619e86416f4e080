// A request without a session: its caller is the far end of a pair of streams. For tests.
#pragma once

#include "net/pair_fixture.h"
#include "server/handler.h"

#include <array>
#include <utility>

namespace bifrost::server {

class SimulatedRequest {
 public:
  SimulatedRequest(net::CallScope& scope, http::RequestHead head)
      : pair_(net::stream_pair(scope.loop())), head_(std::move(head)), scope_(scope) {}
  SimulatedRequest(const SimulatedRequest&) = delete;
  SimulatedRequest& operator=(const SimulatedRequest&) = delete;

  [[nodiscard]] Request& request() { return request_; }
  // The caller's end.
  [[nodiscard]] net::Stream& far() { return *pair_.far; }
  // The caller leaves without a word: what is written from now on fails.
  void leave() { pair_.far.reset(); }

 private:
  net::StreamPair pair_;
  http::RequestHead head_;
  net::CallScope& scope_;
  Settings settings_;
  std::array<char, 4096> scratch_{};
  Input input_{*pair_.near, scratch_};
  Responder out_{*pair_.near, settings_, {}};
  Body body_{out_, input_, settings_, {}, false};
  Request request_{head_, body_, out_, scope_, scope_.loop().now(), "192.0.2.1"};
};

}  // namespace bifrost::server
