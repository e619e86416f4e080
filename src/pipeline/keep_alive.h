// Signs of life for a caller that waits for a stream, in its dialect's legal no-op form.
//
// Load balancers cut connections that are silent for a minute; models may think for longer. The
// first sign commits the status 200, even before the provider has answered: a later failure is
// then written as an error inside the stream.
#pragma once

#include "net/loop.h"
#include "server/responder.h"

#include <chrono>
#include <cstdint>
#include <string>

namespace bifrost::pipeline {

class KeepAlive final : private net::Timer {
 public:
  struct Options {
    std::chrono::nanoseconds interval;  // zero: off
    std::string_view bytes;             // the no-op
    const http::Headers& headers;       // of the answer, when it has to be begun
  };

  KeepAlive(net::Loop& loop, server::Responder& out, Options options);

  // Something was sent: the silence begins anew.
  void touch();
  void stop() { disarm(); }
  [[nodiscard]] std::uint64_t sent() const { return sent_; }

 private:
  void fire() override;

  net::Loop& loop_;
  server::Responder& out_;
  Options options_;
  std::uint64_t sent_ = 0;
};

}  // namespace bifrost::pipeline
