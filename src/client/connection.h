// One connection to a server: a request goes out, its answer comes back, then the next.
#pragma once

#include "base/result.h"
#include "client/byte_source.h"
#include "http/h1/chunked.h"
#include "http/message.h"
#include "net/stream.h"
#include "telemetry/cell.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace bifrost::client {

class Connection {
 public:
  // `scratch` and the gauge `open` are shared by the connections of a worker and outlive them.
  Connection(std::unique_ptr<net::Stream> stream, std::span<char> scratch, SteadyTime opened,
             telemetry::Gauge& open)
      : stream_(std::move(stream)), scratch_(scratch), opened_(opened), open_(open) {}

  // Writes a request and waits for the final head of its answer. A server may answer while it is
  // still sent the request: a refusal is taken at once, and the rest is not sent. Failures before
  // the first byte of an answer have `answered()` false: on a connection that was reused it is then
  // worth trying a fresh one, the server had closed it.
  net::Task<Result<http::ResponseHead>> exchange(net::CallScope& scope, std::string_view method,
                                                 std::string_view head, std::string_view body);
  [[nodiscard]] bool answered() const { return answered_; }

  // The next piece of the body; empty at its end. See ByteSource for how long the view is valid.
  net::Task<Result<std::string_view>> read_body(net::CallScope& scope);

  // May another request follow? Not when anything came behind the answer: it would be taken for the
  // next one.
  [[nodiscard]] bool reusable();
  [[nodiscard]] SteadyTime opened() const { return opened_; }

 private:
  net::Task<Result<http::ResponseHead>> early_answer(net::CallScope& scope, std::string_view method,
                                                     net::Stream::Pieces left);
  net::Task<Result<http::ResponseHead>> read_head(net::CallScope& scope, std::string_view method);
  Result<std::optional<http::ResponseHead>> take_head(std::string_view method);
  Result<void> hold(std::size_t got);
  Result<std::string_view> take_chunked(std::string_view bytes);
  std::string_view take_length(std::string_view bytes);

  std::unique_ptr<net::Stream> stream_;
  std::span<char> scratch_;
  SteadyTime opened_;
  telemetry::Counted open_;
  std::string held_;          // of a head, or behind it and not yet given out
  std::size_t searched_ = 0;  // so many of them hold no end of a head
  std::string first_;         // those bytes while they are given out
  std::string piece_;         // decoded data of a chunked body
  http::Framing framing_;
  std::uint64_t left_ = 0;  // of a body with a length
  http::h1::ChunkedDecoder chunks_;
  bool answered_ = false;
  bool body_done_ = true;
  bool keep_alive_ = true;
};

}  // namespace bifrost::client
