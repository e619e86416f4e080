#include "server/responder.h"

#include "base/assert.h"
#include "base/try.h"
#include "http/h1/chunked.h"
#include "http/h1/head.h"

#include <utility>

namespace bifrost::server {
namespace {

constexpr std::size_t kKeptBytes = 4096;  // a bigger buffer is given back after it was written

constexpr net::CallScope::Expiry kTooSlow{ErrorCode::kClientGone, Origin::kClient, Retry::kNo,
                                          "the client does not read"};

// A failed write means that the caller is gone, whatever the socket said.
Result<void> as_client_gone(Result<void> written) {
  if (written || written.error().origin != Origin::kUpstream) return written;
  return client_error(ErrorCode::kClientGone, written.error().message);
}

}  // namespace

void Responder::append_head(std::string& out, int status, const http::Headers& headers,
                            std::string_view framing) const {
  http::h1::append_status_line(out, status);
  http::h1::append_fields(out, headers);
  out += framing;
  if (!keep_alive_) {
    out += "connection: close\r\n";
  } else if (!http11_) {
    out += "connection: keep-alive\r\n";
  }
  out += http::h1::kLineEnd;
}

net::Task<Result<void>> Responder::send(net::CallScope& scope, int status,
                                        const http::Headers& headers, std::string_view body) {
  BF_ASSERT(state_ == State::kFresh);
  status_ = status;
  body_bytes_ = body.size();
  std::string head;
  head.reserve(512);
  // RFC 9110 section 8.6: none with 204.
  append_head(head, status, headers,
              status == 204 ? "" : "content-length: " + std::to_string(body.size()) + "\r\n");
  state_ = State::kStreaming;
  const net::CallScope::Deadline patience(scope, settings_.write_timeout, kTooSlow);
  auto written = as_client_gone(co_await stream_.write(scope, head, head_only_ ? "" : body));
  if (written) state_ = State::kComplete;
  co_return written;
}

void Responder::begin(int status, const http::Headers& headers) {
  BF_ASSERT(state_ == State::kFresh);
  status_ = status;
  // Without chunks only the end of the connection ends the body.
  if (!http11_) keep_alive_ = false;
  append_head(out_, status, headers, http11_ ? "transfer-encoding: chunked\r\n" : "");
  state_ = State::kStreaming;
}

void Responder::append_piece(std::string_view piece) {
  body_bytes_ += piece.size();
  if (head_only_) return;
  if (http11_) {
    http::h1::append_chunk(out_, piece);
  } else {
    out_ += piece;
  }
}

net::Task<Result<void>> Responder::flush(net::CallScope& scope) {
  const net::CallScope::Deadline patience(scope, settings_.write_timeout, kTooSlow);
  writing_ = true;
  auto written = as_client_gone(co_await stream_.write(scope, out_));
  writing_ = false;
  out_.clear();
  if (out_.capacity() > kKeptBytes) out_.shrink_to_fit();
  co_return written;
}

net::Task<Result<void>> Responder::write(net::CallScope& scope, std::string_view piece) {
  BF_ASSERT(state_ == State::kStreaming);
  append_piece(piece);
  return flush(scope);
}

bool Responder::write_now(std::string_view piece) {
  BF_ASSERT(state_ == State::kStreaming);
  // While a write waits, the buffer belongs to it.
  if (writing_) return false;
  append_piece(piece);
  // What the socket refuses now goes out with the next write; until then one piece is enough.
  if (stream_.write_now(out_)) out_.clear();
  return true;
}

net::Task<Result<void>> Responder::end(net::CallScope& scope) {
  BF_ASSERT(state_ == State::kStreaming);
  if (http11_ && !head_only_) out_ += http::h1::kLastChunk;
  auto written = co_await flush(scope);
  if (written) state_ = State::kComplete;
  co_return written;
}

}  // namespace bifrost::server
