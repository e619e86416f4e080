#include "server/server.h"

#include "base/limits.h"
#include "base/log.h"
#include "base/try.h"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <exception>
#include <span>
#include <utility>

namespace bifrost::server {
namespace {

constexpr net::CallScope::Expiry kSlowHandshake{ErrorCode::kRequestTimeout, Origin::kClient,
                                                Retry::kNo, "the TLS handshake took too long"};

constexpr std::chrono::seconds kMomentOfIdleness{1};
constexpr std::size_t kIdleShare = 10;

constexpr std::string_view kTooManyConnections =
    "HTTP/1.1 503 Service Unavailable\r\nretry-after: 1\r\ncontent-length: 0\r\n"
    "connection: close\r\n\r\n";

constexpr std::string_view kTooManyOfAddress =
    "HTTP/1.1 429 Too Many Requests\r\nretry-after: 1\r\ncontent-length: 0\r\n"
    "connection: close\r\n\r\n";

// In plain text also to a caller that speaks TLS: it sees a failed handshake either way. Without
// waiting, and without a session: whoever is refused costs no more than that.
void turn_away(net::Stream& stream, std::string_view answer) {
  stream.write_now(answer);
  stream.shutdown_write();
}

}  // namespace

// A session in the list of those that are told when the server goes down.
class Server::Registered {
 public:
  Registered(std::list<Session*>& open, Session& session)
      : open_(open), place_(open.insert(open.end(), &session)) {}
  ~Registered() { open_.erase(place_); }
  Registered(const Registered&) = delete;
  Registered& operator=(const Registered&) = delete;

 private:
  std::list<Session*>& open_;
  std::list<Session*>::iterator place_;
};

std::optional<ConnectionCount::Place> ConnectionCount::enter(std::int64_t wanted) {
  if (open_.fetch_add(1, std::memory_order_relaxed) < places(wanted)) return Place(*this);
  open_.fetch_sub(1, std::memory_order_relaxed);
  return std::nullopt;
}

Server::Server(net::Loop& loop, std::unique_ptr<net::Listener> listener, Handler& handler,
               Callers& callers)
    : listener_(std::move(listener)),
      address_(listener_->address()),
      handler_(handler),
      callers_(callers),
      settings_(std::make_shared<const Settings>()),
      scratch_(limits::kReadChunkBytes),
      loop_(loop),
      addresses_(loop, callers.addresses, callers.refusals),
      acceptor_(loop),
      sessions_(loop) {}

void Server::configure(std::shared_ptr<const Settings> settings,
                       std::shared_ptr<const net::TlsContext> tls,
                       std::shared_ptr<const AddressLimits> limits) {
  settings_ = std::move(settings);
  tls_ = std::move(tls);
  addresses_.configure(std::move(limits));
}

void Server::start() {
  acceptor_.spawn("accept", [this](net::CallScope& scope) { return accept_loop(scope); });
}

net::Task<void> Server::accept_loop(net::CallScope& scope) {
  bool open = true;
  while (open && !scope.cancelled()) {
    // A connection that there is no memory for is closed; the next one may fare better.
    bool lost = false;
    try {
      open = co_await accept_one(scope);
    } catch (const std::exception& exception) {
      BF_LOG(kError, "server", "a connection was lost to an exception", {"what", exception.what()});
      lost = true;
    }
    if (lost) co_await scope.next_turn();  // those that end give back memory
  }
  // Closed, so that who comes now is refused at once and tries another replica.
  listener_.reset();
}

// False: no more are accepted.
net::Task<bool> Server::accept_one(net::CallScope& scope) {
  auto stream = co_await listener_->accept(scope);
  if (!stream) co_return false;
  if (listener_->last_is_beyond()) {
    callers_.refusals.add(overload::Reason::kDescriptors);
    turn_away(**stream, kTooManyConnections);
    co_return true;
  }
  auto place = callers_.connections.enter(settings_->connections_max);
  if (!place) {
    callers_.refusals.add(overload::Reason::kConnections);
    turn_away(**stream, kTooManyConnections);
    co_return true;
  }
  const auto peer = (*stream)->peer();
  if (!peer) co_return true;  // it has left already
  auto share = addresses_.enter(peer->ip());
  if (!share) {
    turn_away(**stream, kTooManyOfAddress);
    co_return true;
  }
  sessions_.spawn("session", [this, taken = *std::move(stream), counted = *std::move(place),
                              of_address = *std::move(share)](net::CallScope& session) mutable {
    return serve(session, std::move(taken), std::move(counted), std::move(of_address));
  });
  co_return true;
}

net::Task<void> Server::serve(net::CallScope& scope, std::unique_ptr<net::Stream> stream,
                              ConnectionCount::Place /*place*/, AddressShare share) {
  if (tls_) {
    const net::CallScope::Deadline patience(scope, settings_->header_timeout, kSlowHandshake);
    auto shaken = co_await stream->start_tls(scope, tls_, {});
    if (!shaken) co_return;
  }
  Session session(scope, std::move(stream), handler_, settings_, scratch_, &share);
  const Registered registered(open_, session);
  if (draining_) session.close_after_next();
  co_await session.run();
}

void Server::close_after_next() {
  draining_ = true;
  for (Session* session : open_) session->close_after_next();
}

void Server::drain() {
  draining_ = true;
  for (Session* session : open_) session->drain();
}

void Server::stop_accepting() { acceptor_.cancel_all(net::kGoingDown); }

void Server::close_longest_idle() {
  std::vector<Session*> idle;
  for (Session* session : open_) {
    const auto since = session->idle_since();
    if (since && loop_.now() - *since >= kMomentOfIdleness) idle.push_back(session);
  }
  const auto count = static_cast<std::ptrdiff_t>((idle.size() + kIdleShare - 1) / kIdleShare);
  std::ranges::partial_sort(idle, idle.begin() + count, {},
                            [](const Session* session) { return *session->idle_since(); });
  for (Session* session : std::span(idle).first(static_cast<std::size_t>(count))) session->drain();
}

void Server::cancel_all() { sessions_.cancel_all(net::kGoingDown); }

net::Task<Result<void>> Server::drained(net::CallScope& scope) {
  BF_CO_TRY_VOID(co_await acceptor_.drained(scope));
  co_return co_await sessions_.drained(scope);
}

std::size_t Server::serving() const {
  return static_cast<std::size_t>(
      std::ranges::count_if(open_, [](const Session* session) { return session->serving(); }));
}

}  // namespace bifrost::server
