#include "client/connection.h"

#include "base/limits.h"
#include "base/try.h"
#include "http/h1/head.h"

#include <algorithm>
#include <utility>

namespace bifrost::client {
namespace {

using Kind = http::Framing::Kind;

constexpr std::size_t kKeptBytes = 4096;  // a bigger buffer is given back after it was read

Error cut_short(std::string_view where) {
  return upstream_error(ErrorCode::kUpstreamCutShort, Retry::kSameTarget,
                        "the provider closed the connection " + std::string(where));
}

// A server that refuses a large body may answer and close while we still write: then there may be
// something to read. What else ends a write ends the call.
bool broken(const Error& error) { return error.code == ErrorCode::kUpstreamConnect; }

}  // namespace

net::Task<Result<http::ResponseHead>> Connection::exchange(net::CallScope& scope,
                                                           std::string_view method,
                                                           std::string_view head,
                                                           std::string_view body) {
  answered_ = false;
  body_done_ = false;
  held_.clear();
  searched_ = 0;
  chunks_ = {};
  net::Stream::Pieces left = {head, body};
  auto written = co_await stream_->write_while_quiet(scope, left);
  if (written && !*written) co_return co_await early_answer(scope, method, left);
  if (!written && !broken(written.error())) co_return std::move(written).error();
  auto answer = co_await read_head(scope, method);
  if (!answer && !written && !answered_) co_return std::move(written).error();
  co_return answer;
}

// The server speaks while there is something left to write.
net::Task<Result<http::ResponseHead>> Connection::early_answer(net::CallScope& scope,
                                                               std::string_view method,
                                                               net::Stream::Pieces left) {
  std::optional<http::ResponseHead> head;
  Result<bool> written = false;
  while (!head && written && !*written) {
    BF_CO_TRY(const std::size_t got, co_await stream_->read(scope, scratch_));
    BF_CO_TRY_VOID(hold(got));
    BF_CO_TRY(head, take_head(method));
    if (!head) written = co_await stream_->write_while_quiet(scope, left);
  }
  if (!written && !broken(written.error())) co_return std::move(written).error();
  // An interim answer only: the request is through.
  if (!head) co_return co_await read_head(scope, method);
  // Whoever refuses a request does not read the rest; whoever accepts it may still need it.
  keep_alive_ = false;
  if (head->status < 400) {
    auto rest = co_await stream_->write(scope, left[0], left[1]);
    if (!rest && !broken(rest.error())) co_return std::move(rest).error();
  }
  co_return *std::move(head);
}

net::Task<Result<http::ResponseHead>> Connection::read_head(net::CallScope& scope,
                                                            std::string_view method) {
  while (true) {
    BF_CO_TRY(auto head, take_head(method));
    if (head) co_return *std::move(head);
    BF_CO_TRY(const std::size_t got, co_await stream_->read(scope, scratch_));
    BF_CO_TRY_VOID(hold(got));
  }
}

// The final head, if it is there; heads before it are left out.
Result<std::optional<http::ResponseHead>> Connection::take_head(std::string_view method) {
  while (const auto end = http::h1::find_head_end(held_, searched_)) {
    BF_TRY(auto head, http::h1::parse_response_head(std::string_view(held_).substr(0, *end)));
    held_.erase(0, *end);
    searched_ = 0;
    if (head.status < 200 && head.status != 101) continue;  // an interim answer
    BF_TRY(framing_, http::h1::response_framing(head, method));
    left_ = framing_.length;
    body_done_ = framing_.kind == Kind::kNone;
    // What follows a 101 is another protocol, which nobody asked for.
    keep_alive_ = http::h1::keeps_alive(head.minor_version, head.headers) &&
                  framing_.kind != Kind::kUntilClose && head.status != 101;
    return std::optional(std::move(head));
  }
  if (held_.size() >= limits::kResponseHeadBytesMax) {
    return upstream_error(ErrorCode::kUpstreamProtocol, Retry::kSameTarget,
                          "the provider's response head is too large");
  }
  searched_ = held_.size();
  return std::optional<http::ResponseHead>();
}

// What was read of a head.
Result<void> Connection::hold(std::size_t got) {
  if (got == 0) return cut_short(answered_ ? "inside the response head" : "without an answer");
  answered_ = true;
  held_.append(scratch_.data(), got);
  return {};
}

net::Task<Result<std::string_view>> Connection::read_body(net::CallScope& scope) {
  while (!body_done_) {
    std::string_view bytes;
    first_ = std::exchange(held_, {});
    if (!first_.empty()) {
      bytes = first_;
    } else {
      if (piece_.capacity() > kKeptBytes) std::string().swap(piece_);
      BF_CO_TRY(const std::size_t got, co_await stream_->read(scope, scratch_));
      if (got == 0) {
        if (framing_.kind != Kind::kUntilClose) co_return cut_short("inside the response body");
        body_done_ = true;
        break;
      }
      bytes = std::string_view(scratch_.data(), got);
    }
    if (framing_.kind == Kind::kUntilClose) co_return bytes;
    if (framing_.kind == Kind::kLength) co_return take_length(bytes);
    BF_CO_TRY(const std::string_view data, take_chunked(bytes));
    if (!data.empty()) co_return data;
  }
  co_return std::string_view();
}

std::string_view Connection::take_length(std::string_view bytes) {
  const auto take = static_cast<std::size_t>(std::min<std::uint64_t>(left_, bytes.size()));
  // More than was announced: what follows belongs to no answer of ours.
  if (take < bytes.size()) keep_alive_ = false;
  left_ -= take;
  body_done_ = left_ == 0;
  return bytes.substr(0, take);
}

Result<std::string_view> Connection::take_chunked(std::string_view bytes) {
  piece_.clear();
  auto used = chunks_.feed(bytes, piece_);
  if (!used) {
    return upstream_error(ErrorCode::kUpstreamProtocol, Retry::kSameTarget,
                          "the provider's chunked body is malformed");
  }
  if (*used < bytes.size()) keep_alive_ = false;
  body_done_ = chunks_.done();
  return std::string_view(piece_);
}

bool Connection::reusable() {
  return keep_alive_ && body_done_ && held_.empty() && !stream_->peer_closed() && stream_->quiet();
}

}  // namespace bifrost::client
