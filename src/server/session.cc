#include "server/session.h"

#include "base/strings.h"
#include "base/try.h"
#include "http/h1/head.h"

#include <exception>
#include <utility>

namespace bifrost::server {
namespace {

constexpr auto kLingerMax = std::chrono::seconds(2);

constexpr net::CallScope::Expiry kIdle{ErrorCode::kClientGone, Origin::kClient, Retry::kNo,
                                       "idle for too long"};
constexpr net::CallScope::Expiry kSlowHead{ErrorCode::kRequestTimeout, Origin::kClient, Retry::kNo,
                                           "the request head did not arrive in time"};

constexpr net::CallScope::Expiry kLeft{ErrorCode::kClientGone, Origin::kClient, Retry::kNo,
                                       "the client closed the connection"};

Error head_too_large(std::size_t bytes_max) {
  return client_error(ErrorCode::kHeaderTooLarge, "the request line and headers are larger than " +
                                                      std::to_string(bytes_max) +
                                                      " bytes (server.read_buffer_size)");
}

http::Headers json_headers() { return {{"content-type", "application/json"}}; }

}  // namespace

// While a request is served: the session says so, and a peer that leaves cancels its scope.
class Session::Serving {
 public:
  Serving(Session& session, Responder& answer) : session_(session) {
    session_.answer_ = &answer;
    session_.stream_->on_peer_closed([&session] { session.scope_.cancel(kLeft); });
  }
  ~Serving() {
    answered();
    session_.answer_ = nullptr;
  }
  Serving(const Serving&) = delete;
  Serving& operator=(const Serving&) = delete;

  // From here on the peer may leave.
  void answered() { session_.stream_->forget_peer_closed(); }

 private:
  Session& session_;
};

void Session::close_after_next() {
  draining_ = true;
  if (answer_ != nullptr) answer_->close_after();
}

void Session::drain() {
  close_after_next();
  if (answer_ == nullptr) scope_.cancel(net::kGoingDown);
}

net::Task<void> Session::run() {
  if (share_ != nullptr) network_ = share_->network().text();
  bool again = true;
  while (again) {
    auto head = co_await read_head();
    if (!head) {
      co_await refuse(head.error());
      co_return;
    }
    if (!*head) co_return;  // the caller is through
    again = co_await serve(**head) && !draining_;
  }
}

// Nothing when the peer closed, or was idle for too long, between two requests.
net::Task<Result<std::optional<http::RequestHead>>> Session::read_head() {
  const auto bytes_max = static_cast<std::size_t>(settings_->head_bytes_max);
  std::size_t searched = 0;
  const net::CallScope::Deadline idle(scope_, settings_->idle_timeout, kIdle);
  std::optional<net::CallScope::Deadline> slow;  // inside of the other, so it has to go first
  while (true) {
    // Blank lines before a request are allowed (RFC 9112 section 2.2).
    while (input_.held().starts_with("\r\n")) {
      input_.use(2);
      searched = 0;
    }
    const std::string_view held = input_.held();
    if (const auto end = http::h1::find_head_end(held, searched)) {
      if (*end > bytes_max) co_return head_too_large(bytes_max);
      auto head = http::h1::parse_request_head(held.substr(0, *end));
      input_.use(*end);
      BF_CO_TRY(auto parsed, std::move(head));
      co_return std::optional(std::move(parsed));
    }
    if (held.size() >= bytes_max) co_return head_too_large(bytes_max);
    searched = held.size();
    if (searched > 0 && !slow) slow.emplace(scope_, settings_->header_timeout, kSlowHead);
    if (searched == 0) idle_since_ = scope_.loop().now();
    auto open = co_await input_.more(scope_);
    idle_since_.reset();
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
  const SteadyTime arrived = scope_.loop().now();
  const bool keep_alive = http::h1::keeps_alive(head.minor_version, head.headers) && !draining_;
  Responder out(*stream_, *settings_,
                {.http11 = head.minor_version >= 1,
                 .keep_alive = keep_alive,
                 .head_only = head.method == "HEAD"});
  Body body(out, input_, *settings_, *framing, iequals(head.headers.get("expect"), "100-continue"));
  Request request{head, body, out, scope_, arrived, network_, share_};
  {
    Serving serving(*this, out);
    // The only place where an exception of the program ends; what an outsider does is none.
    bool escaped = true;
    try {
      co_await handler_.handle(request);
      escaped = false;
    } catch (const std::exception& exception) {
      handler_.exception_escaped(request, exception.what());
    } catch (...) {
      handler_.exception_escaped(request, "no std::exception");
    }
    if (escaped) co_await apologise(out);
    serving.answered();
    if (!out.complete() || scope_.cancelled()) co_return false;
    if (out.keep_alive() && co_await body.drain(scope_)) co_return true;
  }
  if (!body.complete()) co_await linger();
  co_return false;
}

// Answers a request that nobody knows the state of, if there is no answer to it yet.
net::Task<void> Session::apologise(Responder& out) {
  out.close_after();
  const Error error = gateway_error(ErrorCode::kInternal, "the gateway failed; see its log");
  auto sent = co_await out.send(scope_, error.status(), json_headers(),
                                handler_.protocol_error_body(error));
  ignore(sent, "an answer that has begun is cut off, which is all that can be said in it");
}

// Says what is wrong with a head, as far as the peer still listens, and closes.
net::Task<void> Session::refuse(const Error& error) {
  Responder out(*stream_, *settings_, {.keep_alive = false});
  const std::string body = handler_.protocol_error_body(error);
  auto sent = co_await out.send(scope_, error.status(), json_headers(), body);
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
