// The body of one request, read when the handler asks for it and not before.
#pragma once

#include "base/result.h"
#include "http/h1/chunked.h"
#include "http/message.h"
#include "overload/byte_budget.h"
#include "server/input.h"
#include "server/responder.h"
#include "server/settings.h"

#include <cstddef>
#include <optional>
#include <string>

namespace bifrost::server {

class Body {
 public:
  // References outlive the body. `out` is the answer to the same request.
  Body(Responder& out, Input& input, const Settings& settings, http::Framing framing,
       bool expects_continue)
      : out_(out),
        input_(input),
        settings_(settings),
        framing_(framing),
        expects_continue_(expects_continue) {}

  // The whole body, with room behind it for a scanner (json::kScanPadding). Fails with
  // kBodyTooLarge before more than `bytes_max` are held, with kRequestTimeout when it comes too
  // slowly, or with kClientGone when the peer closes in the middle. Fails with kInternal when it
  // was called before.
  // The lease grows with what has arrived, and fails it when it cannot; null: it is not counted.
  net::Task<Result<std::string>> read_all(net::CallScope& scope, std::size_t bytes_max,
                                          overload::ByteLease* memory = nullptr);

  // Its size, where the head says it.
  [[nodiscard]] std::optional<std::size_t> announced() const {
    if (framing_.kind == Kind::kChunked) return std::nullopt;
    return static_cast<std::size_t>(framing_.length);
  }

  // Reads and forgets what the handler left, as far as that is cheap. False: there is more, the
  // connection cannot be used again.
  net::Task<bool> drain(net::CallScope& scope);
  // May another request follow, as far as can be said before draining?
  [[nodiscard]] bool skippable() const;
  [[nodiscard]] bool complete() const { return complete_ || framing_.kind == Kind::kNone; }

 private:
  using Kind = http::Framing::Kind;
  // The body so far, and the memory that it may take.
  struct Filling {
    std::string& body;
    overload::ByteLease& memory;
    std::size_t bytes_max;
  };
  net::Task<Result<void>> fill(net::CallScope& scope, Filling filling);
  Result<void> take(Filling filling);
  net::Task<Result<void>> more(net::CallScope& scope);

  Responder& out_;
  Input& input_;
  const Settings& settings_;
  http::Framing framing_;
  bool expects_continue_;
  http::h1::ChunkedDecoder chunks_;
  bool begun_ = false;
  bool complete_ = false;
};

}  // namespace bifrost::server
