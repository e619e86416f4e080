// The answer to one request: whole, or as a stream of pieces.
//
// Exactly one of `send` and `begin` … `end` is called. Each call waits until the socket has taken
// the bytes, so a slow caller slows whoever produces them. One piece given to `write` arrives as
// one HTTP chunk: frames are neither joined nor cut.
#pragma once

#include "base/result.h"
#include "http/message.h"
#include "net/stream.h"
#include "server/settings.h"

#include <cstdint>
#include <string>
#include <string_view>

namespace bifrost::server {

class Responder {
 public:
  Responder(net::Stream& stream, const Settings& settings, bool http11, bool keep_alive,
            bool head_only)
      : stream_(stream),
        settings_(settings),
        http11_(http11),
        keep_alive_(keep_alive),
        head_only_(head_only) {}

  net::Task<Result<void>> send(net::CallScope& scope, int status, const http::Headers& headers,
                               std::string_view body);

  // Announces a stream. Nothing is written before its first piece.
  void begin(int status, const http::Headers& headers);
  net::Task<Result<void>> write(net::CallScope& scope, std::string_view piece);
  net::Task<Result<void>> end(net::CallScope& scope);
  // A piece from a timer's callback, without waiting. False: not now, the caller is slow.
  bool write_now(std::string_view piece);

  // Has anything been promised to the caller?
  [[nodiscard]] bool begun() const { return state_ != State::kFresh; }
  [[nodiscard]] bool complete() const { return state_ == State::kComplete; }
  [[nodiscard]] bool keep_alive() const { return keep_alive_; }
  // The connection ends with this answer.
  void close_after() { keep_alive_ = false; }

  [[nodiscard]] int status() const { return status_; }
  [[nodiscard]] std::uint64_t body_bytes() const { return body_bytes_; }

 private:
  enum class State : std::uint8_t { kFresh, kStreaming, kComplete };
  void append_head(std::string& out, int status, const http::Headers& headers,
                   std::string_view framing) const;
  void append_piece(std::string_view piece);
  net::Task<Result<void>> flush(net::CallScope& scope);

  net::Stream& stream_;
  const Settings& settings_;
  bool http11_;
  bool keep_alive_;
  bool head_only_;
  State state_ = State::kFresh;
  int status_ = 0;
  std::uint64_t body_bytes_ = 0;
  std::string out_;  // what goes out with the next write
  bool writing_ = false;
};

}  // namespace bifrost::server
