#include "server/server.h"

#include "base/limits.h"

#include <algorithm>
#include <utility>

namespace bifrost::server {
namespace {

constexpr net::CallScope::Expiry kSlowHandshake{ErrorCode::kRequestTimeout, Origin::kClient,
                                                Retry::kNo, "the TLS handshake took too long"};

constexpr std::string_view kTooManyConnections =
    "HTTP/1.1 503 Service Unavailable\r\nretry-after: 1\r\ncontent-length: 0\r\n"
    "connection: close\r\n\r\n";

}  // namespace

Server::Server(net::Loop& loop, std::unique_ptr<net::Listener> listener, Handler& handler,
               ConnectionCount& count)
    : listener_(std::move(listener)),
      address_(listener_->address()),
      handler_(handler),
      count_(count),
      settings_(std::make_shared<const Settings>()),
      scratch_(limits::kReadChunkBytes),
      acceptor_(loop),
      sessions_(loop) {}

void Server::configure(std::shared_ptr<const Settings> settings,
                       std::shared_ptr<const net::TlsContext> tls) {
  settings_ = std::move(settings);
  tls_ = std::move(tls);
}

void Server::start() {
  acceptor_.spawn("accept", [this](net::CallScope& scope) { return accept_loop(scope); });
}

net::Task<void> Server::accept_loop(net::CallScope& scope) {
  while (true) {
    auto stream = co_await listener_->accept(scope);
    if (!stream) break;
    if (count_.open.load(std::memory_order_relaxed) >= settings_->connections_max) {
      (*stream)->write_now(kTooManyConnections);
      (*stream)->shutdown_write();
      continue;
    }
    count_.open.fetch_add(1, std::memory_order_relaxed);
    sessions_.spawn("session", [this, taken = *std::move(stream)](net::CallScope& session) mutable {
      return serve(session, std::move(taken));
    });
  }
  // Closed, so that who comes now is refused at once and tries another replica.
  listener_.reset();
}

net::Task<void> Server::serve(net::CallScope& scope, std::unique_ptr<net::Stream> stream) {
  bool ready = true;
  if (tls_) {
    const net::CallScope::Deadline patience(scope, settings_->header_timeout, kSlowHandshake);
    auto shaken = co_await stream->start_tls(scope, tls_, {});
    ready = shaken.has_value();
  }
  if (ready) {
    Session session(scope, std::move(stream), handler_, settings_, scratch_);
    if (draining_) session.close_after_next();
    const auto place = open_.insert(open_.end(), &session);
    co_await session.run();
    open_.erase(place);
  }
  count_.open.fetch_sub(1, std::memory_order_relaxed);
}

void Server::drain() {
  draining_ = true;
  for (Session* session : open_) session->drain();
}

void Server::stop_accepting() {
  acceptor_.cancel_all(gateway_error(ErrorCode::kShuttingDown, "going down"));
}

void Server::cancel_all() {
  sessions_.cancel_all(gateway_error(ErrorCode::kShuttingDown, "the gateway is going down"));
}

std::size_t Server::serving() const {
  return static_cast<std::size_t>(
      std::ranges::count_if(open_, [](const Session* session) { return session->serving(); }));
}

}  // namespace bifrost::server
