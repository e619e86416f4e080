// What an attempt got from a provider, and the reading of a streamed one.
#pragma once

#include "client/byte_source.h"
#include "dialect/tap.h"
#include "http/message.h"
#include "net/call_scope.h"
#include "overload/byte_budget.h"
#include "provider/endpoint.h"
#include "upstream/gate.h"

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace bifrost::upstream {

// A stream that has proven good: what was read to see that is given out first. Holds the provider's
// place and connection until it is destroyed, which also cancels the call.
class AnswerStream {
 public:
  struct Limits {
    const provider::Endpoint& endpoint;  // for silence and size; outlives the stream
    SteadyTime total_until = SteadyTime::max();
  };

  AnswerStream(std::unique_ptr<client::ByteSource> source, std::unique_ptr<dialect::StreamTap> tap,
               std::string peeked, bool ended, Limits limits, Permit permit)
      : source_(std::move(source)),
        tap_(std::move(tap)),
        peeked_(std::move(peeked)),
        ended_(ended),
        bytes_(peeked_.size()),
        limits_(limits),
        permit_(std::move(permit)) {}

  // The next bytes, which the tap has then seen; empty at the end. The view is valid until the
  // next wait of anyone on this loop. Fails with kUpstreamIdleTimeout, kUpstreamTotalTimeout,
  // kUpstreamCutShort, with kUpstreamProtocol when there is more than a stream may have …
  net::Task<Result<std::string_view>> read(net::CallScope& scope);

  [[nodiscard]] dialect::StreamTap& tap() { return *tap_; }
  // The provider has answered to the end, or the caller has had enough.
  void close();

 private:
  std::unique_ptr<client::ByteSource> source_;
  std::unique_ptr<dialect::StreamTap> tap_;
  std::string peeked_;
  bool peek_given_ = false;
  bool ended_;           // the peek has seen the end of the bytes
  std::uint64_t bytes_;  // of the stream so far
  Limits limits_;
  Permit permit_;
};

// Handed up by pointer: it passes through many frames.
struct Answer {
  http::ResponseHead head;
  std::string body;                                // of a whole answer
  overload::ByteLease memory;                      // that the body holds
  dialect::TapState tap;                           // what the body says
  std::unique_ptr<AnswerStream> stream;            // of a streamed one
  std::chrono::nanoseconds head_after{};           // from sending to the response head
  std::chrono::nanoseconds first_content_after{};  // from sending to the first content, or the body
};

}  // namespace bifrost::upstream
