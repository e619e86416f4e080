// The answer to one request: whole, or as a stream of pieces.
//
//   fresh ──send──▶ whole ──────────────▶ complete
//     └───begin──▶ stream ──write … end──▶ complete
//
// A write that fails leaves the answer broken from any of them, for good: how much of it has left
// is not known, so nothing more may follow on this connection, which ends. A call that does not
// fit the state writes nothing and changes nothing; those that can fail then do, with kClientGone
// when the answer is broken and with kInternal otherwise.
//
// Each call waits until the socket has taken the bytes, so a slow caller slows whoever produces
// them. One piece given to `write` arrives as one HTTP chunk: frames are neither joined nor cut.
// Answers to HEAD, and those with a status that has no body, go out without their bytes.
#pragma once

#include "base/result.h"
#include "http/message.h"
#include "net/stream.h"
#include "server/settings.h"

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace bifrost::server {

class Responder {
 public:
  enum class State : std::uint8_t {
    kFresh,     // nothing has been promised to the caller
    kWhole,     // a whole answer is being written
    kStream,    // more pieces may follow
    kComplete,  // the caller has been given everything
    kBroken,    // cut off in the middle
  };

  struct Options {
    bool http11 = true;
    bool keep_alive = true;  // another request may follow
    bool head_only = false;  // the request was HEAD
  };

  // References outlive the responder.
  Responder(net::Stream& stream, const Settings& settings, Options options)
      : stream_(stream), settings_(settings), options_(options) {}

  // Fits kFresh.
  net::Task<Result<void>> send(net::CallScope& scope, int status, const http::Headers& headers,
                               std::string_view body);
  // The same; `before_last` is called when the socket has taken all but the last byte of the body.
  // So a caller that has read his answer finds done what it does, and one that does not read keeps
  // it from being done. Not called when the write fails before.
  net::Task<Result<void>> send(net::CallScope& scope, int status, const http::Headers& headers,
                               std::string_view body, std::move_only_function<void()> before_last);

  // Announces a stream. Nothing is written before its first piece. Fits kFresh.
  void begin(int status, const http::Headers& headers);
  // Fit kStream while no other write waits. An empty piece is no chunk.
  net::Task<Result<void>> write(net::CallScope& scope, std::string_view piece);
  net::Task<Result<void>> end(net::CallScope& scope);
  // A piece that may be left out, from a timer's callback, without waiting. Fits kStream. False,
  // and nothing happened, also when the caller is slow: a write waits, or earlier bytes still do.
  bool write_now(std::string_view piece);

  // "100 Continue", for a caller that waits to be asked for its body. Fits kFresh, and leaves it
  // so when it was written.
  net::Task<Result<void>> invite(net::CallScope& scope);

  [[nodiscard]] State state() const { return state_; }
  [[nodiscard]] bool complete() const { return state_ == State::kComplete; }
  // May another request follow on the connection, once the answer is complete?
  [[nodiscard]] bool keep_alive() const { return options_.keep_alive; }
  // The connection ends with this answer. It is said in the head, if that has not been made yet.
  void close_after() { options_.keep_alive = false; }

  // Of the answer that was begun; 0 before.
  [[nodiscard]] int status() const { return status_; }
  // Of the body, without its framing; counted when they are given, not when they arrive.
  [[nodiscard]] std::uint64_t body_bytes() const { return body_bytes_; }

 private:
  class Writing;
  [[nodiscard]] Error misfit() const;
  [[nodiscard]] net::Silence patience() const;
  void append_head(std::string& out, int status, const http::Headers& headers,
                   std::string_view framing) const;
  void append_piece(std::string_view piece);
  net::Task<Result<void>> flush(net::CallScope& scope, std::string_view piece, State after);

  net::Stream& stream_;
  const Settings& settings_;
  Options options_;
  State state_ = State::kFresh;
  bool writing_ = false;   // a write is under way: `out_` belongs to it
  bool bodiless_ = false;  // of a stream: its pieces are counted and not written
  int status_ = 0;
  std::uint64_t body_bytes_ = 0;
  std::string out_;  // of a stream: what goes out with the next write
};

}  // namespace bifrost::server
