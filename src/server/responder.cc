#include "server/responder.h"

#include "http/h1/chunked.h"
#include "http/h1/head.h"
#include "server/client_gone.h"

#include <utility>

namespace bifrost::server {
namespace {

constexpr std::size_t kKeptBytes = 4096;  // a bigger buffer is given back after it was written

constexpr net::CallScope::Expiry kTooSlow{ErrorCode::kClientGone, Origin::kClient, Retry::kNo,
                                          "the client does not read"};

// RFC 9110, sections 8.6 and 15.
bool has_no_body(int status) { return status < 200 || status == 204 || status == 304; }

}  // namespace

// One write. Whatever ends it but success, an exception included, breaks the answer.
class Responder::Writing {
 public:
  explicit Writing(Responder& answer) : answer_(answer) { answer_.writing_ = true; }
  ~Writing() {
    answer_.writing_ = false;
    answer_.state_ = after_;
  }
  Writing(const Writing&) = delete;
  Writing& operator=(const Writing&) = delete;

  Result<void> ended(Result<void> written, State after) {
    if (!written) return as_client_gone(std::move(written).error());
    after_ = after;
    return written;
  }

 private:
  Responder& answer_;
  State after_ = State::kBroken;
};

net::Silence Responder::patience() const { return {settings_.write_timeout, &kTooSlow}; }

Error Responder::misfit() const {
  if (state_ == State::kBroken) {
    return client_error(ErrorCode::kClientGone, "the answer was cut off before");
  }
  return gateway_error(ErrorCode::kInternal, "the answer is not at a point to write this");
}

void Responder::append_head(std::string& out, int status, const http::Headers& headers,
                            std::string_view framing) const {
  http::h1::append_status_line(out, status);
  http::h1::append_fields(out, headers);
  out += framing;
  if (!options_.keep_alive) {
    out += "connection: close\r\n";
  } else if (!options_.http11) {
    out += "connection: keep-alive\r\n";
  }
  out += http::h1::kLineEnd;
}

net::Task<Result<void>> Responder::send(net::CallScope& scope, int status,
                                        const http::Headers& headers, std::string_view body) {
  return send(scope, status, headers, body, nullptr);
}

net::Task<Result<void>> Responder::send(net::CallScope& scope, int status,
                                        const http::Headers& headers, std::string_view body,
                                        std::move_only_function<void()> before_last) {
  if (state_ != State::kFresh || writing_) co_return misfit();
  if (has_no_body(status)) body = {};
  status_ = status;
  body_bytes_ = body.size();
  std::string head;
  head.reserve(512);
  append_head(head, status, headers,
              has_no_body(status) ? "" : "content-length: " + std::to_string(body.size()) + "\r\n");
  state_ = State::kWhole;
  Writing writing(*this);
  if (options_.head_only) body = {};
  const std::size_t held_back = before_last && !body.empty() ? 1 : 0;
  const std::string_view last = body.substr(body.size() - held_back);
  body.remove_suffix(last.size());
  auto written = co_await stream_.write(scope, head, body, patience());
  if (written && before_last) {
    before_last();
    written = co_await stream_.write(scope, last, {}, patience());
  }
  co_return writing.ended(std::move(written), State::kComplete);
}

void Responder::begin(int status, const http::Headers& headers) {
  if (state_ != State::kFresh || writing_) return;
  status_ = status;
  bodiless_ = options_.head_only || has_no_body(status);
  // Without chunks only the end of the connection ends the body.
  if (!options_.http11) options_.keep_alive = false;
  const bool chunked = options_.http11 && !has_no_body(status);
  std::string head;  // all of it, or nothing
  append_head(head, status, headers, chunked ? "transfer-encoding: chunked\r\n" : "");
  out_ = std::move(head);
  state_ = State::kStream;
}

void Responder::append_piece(std::string_view piece) {
  body_bytes_ += piece.size();
  if (bodiless_) return;
  if (options_.http11) {
    http::h1::append_chunk(out_, piece);
  } else {
    out_ += piece;
  }
}

net::Task<Result<void>> Responder::flush(net::CallScope& scope, std::string_view piece,
                                         State after) {
  if (state_ != State::kStream || writing_) co_return misfit();
  Writing writing(*this);
  append_piece(piece);
  if (after == State::kComplete && options_.http11 && !bodiless_) out_ += http::h1::kLastChunk;
  auto written = co_await stream_.write(scope, out_, {}, patience());
  out_.clear();
  if (out_.capacity() > kKeptBytes) out_.shrink_to_fit();
  co_return writing.ended(std::move(written), after);
}

net::Task<Result<void>> Responder::write(net::CallScope& scope, std::string_view piece) {
  return flush(scope, piece, State::kStream);
}

net::Task<Result<void>> Responder::end(net::CallScope& scope) {
  return flush(scope, {}, State::kComplete);
}

bool Responder::write_now(std::string_view piece) {
  if (state_ != State::kStream || writing_) return false;
  const std::size_t before = out_.size();
  out_.reserve(before + piece.size() + http::h1::kChunkFramingBytesMax);  // it fails here, or never
  append_piece(piece);
  if (stream_.write_now(out_)) {
    out_.clear();
    return true;
  }
  out_.resize(before);
  body_bytes_ -= piece.size();
  return false;
}

net::Task<Result<void>> Responder::invite(net::CallScope& scope) {
  if (state_ != State::kFresh || writing_) co_return misfit();
  Writing writing(*this);
  auto written = co_await stream_.write(scope, "HTTP/1.1 100 Continue\r\n\r\n", {}, patience());
  co_return writing.ended(std::move(written), State::kFresh);
}

}  // namespace bifrost::server
