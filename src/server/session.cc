#include "server/session.h"

#include "base/strings.h"
#include "base/try.h"
#include "http/h1/head.h"

#include <array>

namespace bifrost::server {
namespace {

constexpr auto kLingerMax = std::chrono::seconds(2);

constexpr net::CallScope::Expiry kIdle{ErrorCode::kClientGone, Origin::kClient, Retry::kNo,
                                       "idle for too long"};
constexpr net::CallScope::Expiry kSlowHead{ErrorCode::kRequestTimeout, Origin::kClient, Retry::kNo,
                                           "the request head did not arrive in time"};

Error head_too_large(std::size_t bytes_max) {
  return client_error(ErrorCode::kHeaderTooLarge, "the request line and headers are larger than " +
                                                      std::to_string(bytes_max) +
                                                      " bytes (server.read_buffer_size)");
}

}  // namespace

void Session::drain() {
  draining_ = true;
  if (answer_ != nullptr) answer_->close_after();
  if (!serving_) scope_.cancel(gateway_error(ErrorCode::kShuttingDown, "going down"));
}

net::Task<void> Session::run() {
  do {
    auto head = co_await read_head();
    if (!head) {
      co_await refuse(head.error());
      co_return;
    }
    if (!*head) co_return;  // the caller is through
    serving_ = true;
    const bool again = co_await serve(**head);
    serving_ = false;
    if (!again) co_return;
  } while (!draining_);
}

// Nothing when the peer closed, or was idle for too long, between two requests.
net::Task<Result<std::optional<http::RequestHead>>> Session::read_head() {
  std::size_t searched = 0;
  const net::CallScope::Deadline idle(scope_, settings_->idle_timeout, kIdle);
  std::optional<net::CallScope::Deadline> slow;  // inside of the other, so it has to go first
  while (true) {
    // Blank lines before a request are allowed (RFC 9112 section 2.2).
    while (searched == 0 && input_.held().starts_with("\r\n")) input_.use(2);
    const std::string_view held = input_.held();
    if (const auto end = http::h1::find_head_end(held, searched)) {
      if (*end > settings_->head_bytes_max) co_return head_too_large(settings_->head_bytes_max);
      auto head = http::h1::parse_request_head(held.substr(0, *end));
      input_.use(*end);
      BF_CO_TRY(auto parsed, std::move(head));
      co_return std::optional(std::move(parsed));
    }
    if (held.size() >= settings_->head_bytes_max) {
      co_return head_too_large(settings_->head_bytes_max);
    }
    searched = held.size();
    if (searched > 0 && !slow) slow.emplace(scope_, settings_->header_timeout, kSlowHead);
    auto open = co_await input_.more(scope_);
    if (!open) {
      // Whoever has sent nothing is owed nothing.
      if (searched == 0 || open.error().code != ErrorCode::kRequestTimeout) {
        co_return std::optional<http::RequestHead>();
      }
      co_return std::move(open).error();
    }
    if (!*open) co_return std::optional<http::RequestHead>();
  }
}

net::Task<bool> Session::serve(const http::RequestHead& head) {
  auto framing = http::h1::request_framing(head);
  if (!framing) {
    co_await refuse(framing.error());
    co_return false;
  }
  const SteadyTime arrived = std::chrono::steady_clock::now();
  const bool keep_alive = http::h1::keeps_alive(head.minor_version, head.headers) && !draining_;
  Responder out(*stream_, *settings_,
                {.http11 = head.minor_version >= 1,
                 .keep_alive = keep_alive,
                 .head_only = head.method == "HEAD"});
  Body body(out, input_, *settings_, *framing,
            iequals(head.headers.get("expect"), "100-continue"));
  Request request{head, body, out, scope_, arrived};
  stream_->on_peer_closed([this] {
    scope_.cancel(client_error(ErrorCode::kClientGone, "the client closed the connection"));
  });
  answer_ = &out;
  co_await handler_.handle(request);
  answer_ = nullptr;
  stream_->forget_peer_closed();
  if (!out.complete() || scope_.cancelled()) co_return false;
  if (out.keep_alive() && co_await body.drain(scope_)) co_return true;
  serving_ = false;  // the answer is out
  if (!body.complete()) co_await linger();
  co_return false;
}

// Says what is wrong with a head, as far as the peer still listens, and closes.
net::Task<void> Session::refuse(const Error& error) {
  Responder out(*stream_, *settings_, {.keep_alive = false});
  const std::string body = handler_.protocol_error_body(error);
  const http::Headers headers = {{"content-type", "application/json"}};
  auto sent = co_await out.send(scope_, error.status(), headers, body);
  ignore(sent, "the connection is closed either way");
  co_await linger();
}

// Closing with unread bytes is a reset, which may destroy the answer on its way to a peer that is
// still sending. So we hang up first and listen for a while.
net::Task<void> Session::linger() {
  stream_->shutdown_write();
  const net::CallScope::Deadline patience(scope_, kLingerMax, kIdle);
  bool open = true;
  while (open) {
    input_.use(input_.held().size());
    auto more = co_await input_.more(scope_);
    open = more.has_value() && *more;
  }
}

}  // namespace bifrost::server
