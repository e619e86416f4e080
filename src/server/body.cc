#include "server/body.h"

#include "base/try.h"
#include "http/h1/chunked.h"

#include <algorithm>

namespace bifrost::server {
namespace {

constexpr std::size_t kPadding = 64;            // json::kScanPadding; this layer knows no JSON
constexpr std::size_t kFirstReserve = 1 << 20;  // a length that is claimed is not yet memory spent
constexpr std::size_t kDrainBytesMax = 256 * 1024;

constexpr net::CallScope::Expiry kTooSlow{ErrorCode::kRequestTimeout, Origin::kClient, Retry::kNo,
                                          "the request body did not arrive in time"};

Error too_large(std::size_t bytes_max) {
  return client_error(ErrorCode::kBodyTooLarge,
                      "the request body is larger than " + std::to_string(bytes_max) +
                          " bytes; raise client.max_request_body_size_mb to allow it");
}

}  // namespace

net::Task<Result<void>> Body::more(net::CallScope& scope) {
  const net::CallScope::Deadline silence(scope, settings_.body_timeout, kTooSlow);
  BF_CO_TRY(const bool open, co_await input_.more(scope));
  if (!open) {
    co_return client_error(ErrorCode::kClientGone, "the client closed inside the request body");
  }
  co_return Result<void>();
}

net::Task<Result<std::string>> Body::read_all(net::CallScope& scope, std::size_t bytes_max) {
  std::string body;
  if (begun_) co_return gateway_error(ErrorCode::kInternal, "the body has been read before");
  if (framing_.kind == Kind::kLength && framing_.length > bytes_max) co_return too_large(bytes_max);
  begun_ = true;
  if (framing_.kind != Kind::kNone) {
    if (expects_continue_ && input_.held().empty()) {
      BF_CO_TRY_VOID(co_await out_.invite(scope));
    }
    BF_CO_TRY_VOID(co_await fill(scope, body, bytes_max));
  }
  complete_ = true;
  body.reserve(body.size() + kPadding);
  co_return std::move(body);
}

net::Task<Result<void>> Body::fill(net::CallScope& scope, std::string& body,
                                   std::size_t bytes_max) {
  if (framing_.kind == Kind::kLength) return fill_length(scope, body);
  return fill_chunked(scope, body, bytes_max);
}

net::Task<Result<void>> Body::fill_length(net::CallScope& scope, std::string& body) {
  const auto length = static_cast<std::size_t>(framing_.length);
  body.reserve(std::min(length, kFirstReserve) + kPadding);
  while (true) {
    const std::string_view held = input_.held();
    const std::size_t take = std::min(held.size(), length - body.size());
    body.append(held, 0, take);
    input_.use(take);
    if (body.size() == length) co_return Result<void>();
    BF_CO_TRY_VOID(co_await more(scope));
  }
}

net::Task<Result<void>> Body::fill_chunked(net::CallScope& scope, std::string& body,
                                           std::size_t bytes_max) {
  http::h1::ChunkedDecoder decoder;
  while (true) {
    BF_CO_TRY(const std::size_t used, decoder.feed(input_.held(), body));
    input_.use(used);
    if (body.size() > bytes_max) co_return too_large(bytes_max);
    if (decoder.done()) co_return Result<void>();
    BF_CO_TRY_VOID(co_await more(scope));
  }
}

// What was given up in the middle cannot be taken up again: nobody knows where the next request
// begins, and whoever guesses lets a body smuggle one in.
bool Body::skippable() const {
  if (complete()) return true;
  if (begun_ || (expects_continue_ && input_.held().empty())) return false;
  return framing_.kind == Kind::kChunked || framing_.length <= kDrainBytesMax;
}

net::Task<bool> Body::drain(net::CallScope& scope) {
  if (complete()) co_return true;
  if (!skippable()) co_return false;
  auto rest = co_await read_all(scope, kDrainBytesMax);
  co_return rest.has_value();
}

}  // namespace bifrost::server
