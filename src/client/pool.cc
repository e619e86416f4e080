#include "client/pool.h"

#include "base/limits.h"
#include "base/try.h"
#include "http/h1/head.h"
#include "net/connect.h"

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace bifrost::client {
namespace {

constexpr auto kSweepInterval = std::chrono::seconds(1);

constexpr net::CallScope::Expiry kConnectTimeout{ErrorCode::kUpstreamConnectTimeout,
                                                 bifrost::Origin::kUpstream, Retry::kSameTarget,
                                                 "no connection to the provider in time"};

// The body of an answer; holds the connection until it has been read.
class LeasedBody final : public ByteSource {
 public:
  explicit LeasedBody(Lease lease) : lease_(std::move(lease)) {}
  net::Task<Result<std::string_view>> read(net::CallScope& scope) override {
    return lease_.connection().read_body(scope);
  }

 private:
  Lease lease_;
};

std::string_view why_forbidden(net::AddressKind kind) {
  switch (kind) {
    case net::AddressKind::kLinkLocal:
      return "a link-local address, which is never allowed";
    case net::AddressKind::kPrivate:
      return "a private address; set network_config.allow_private_network to allow it";
    case net::AddressKind::kPublic:
    case net::AddressKind::kLoopback:
    case net::AddressKind::kOther:
      break;
  }
  return "a reserved address, which is never allowed";
}

Error forbidden_address(const Origin& origin, const net::Address& address) {
  return upstream_error(
      ErrorCode::kUpstreamConnect, Retry::kOtherTarget,
      origin.host + " is at " + address.host() + ", " + std::string(why_forbidden(address.kind())));
}

bool allowed(const Origin& origin, const net::Address& address) {
  switch (address.kind()) {
    case net::AddressKind::kPublic:
    case net::AddressKind::kLoopback:
      return true;
    case net::AddressKind::kPrivate:
      return origin.allow_private_network;
    case net::AddressKind::kLinkLocal:
      return origin.allow_link_local;
    case net::AddressKind::kOther:
      return false;
  }
  return false;
}

std::string request_head(const Origin& origin, const Request& request) {
  using namespace http::h1;
  std::string head;
  head.reserve(1024);
  const bool through_proxy = origin.proxy && !origin.https;
  append_request_line(head, request.method,
                      through_proxy ? "http://" + origin.authority() + std::string(request.target)
                                    : request.target);
  append_field(head, "host", origin.authority());
  if (through_proxy && !origin.proxy->authorization.empty()) {
    append_field(head, "proxy-authorization", origin.proxy->authorization);
  }
  append_fields(head, request.headers);
  if (request.method != "GET" || !request.body.empty()) {
    append_field(head, "content-length", std::to_string(request.body.size()));
  }
  head += kLineEnd;
  return head;
}

// Asks the proxy to connect us with the origin; the stream is then as good as direct.
net::Task<Result<std::unique_ptr<net::Stream>>> open_tunnel(net::CallScope& scope,
                                                            std::unique_ptr<net::Stream> stream,
                                                            const Origin& origin) {
  using namespace http::h1;
  const std::string authority = origin.host + ":" + std::to_string(origin.port);
  std::string head;
  append_request_line(head, "CONNECT", authority);
  append_field(head, "host", authority);
  if (!origin.proxy->authorization.empty()) {
    append_field(head, "proxy-authorization", origin.proxy->authorization);
  }
  head += kLineEnd;
  BF_CO_TRY_VOID(co_await stream->write(scope, head));
  // Byte by byte, so that nothing of the TLS behind it is taken; a tunnel is opened rarely.
  std::string answer;
  while (!find_head_end(answer, answer.size() > 4 ? answer.size() - 4 : 0)) {
    char byte = 0;
    BF_CO_TRY(const std::size_t got, co_await stream->read(scope, std::span(&byte, 1)));
    if (got == 0 || answer.size() > limits::kChunkLineBytesMax) {
      co_return upstream_error(ErrorCode::kUpstreamConnect, Retry::kSameTarget,
                               "the proxy gave no answer to CONNECT");
    }
    answer += byte;
  }
  BF_CO_TRY(const auto response, parse_response_head(answer));
  if (response.status / 100 != 2) {
    co_return upstream_error(
        ErrorCode::kUpstreamConnect, Retry::kSameTarget,
        "the proxy refused the tunnel with " + std::to_string(response.status));
  }
  co_return std::move(stream);
}

}  // namespace

Lease::Lease(Pool& pool, std::shared_ptr<const Origin> origin,
             std::unique_ptr<Connection> connection, bool reused)
    : pool_(&pool),
      origin_(std::move(origin)),
      connection_(std::move(connection)),
      reused_(reused) {}

Lease::Lease(Lease&& other) noexcept
    : pool_(other.pool_),
      origin_(std::move(other.origin_)),
      connection_(std::move(other.connection_)),
      reused_(other.reused_) {}

Lease::~Lease() {
  if (connection_ && connection_->reusable()) {
    pool_->give_back(std::move(origin_), std::move(connection_));
  }
}

Pool::Pool(net::Loop& loop, net::Resolver& resolver, telemetry::Gauge& open)
    : Timer(loop),
      loop_(loop),
      resolver_(resolver),
      open_(open),
      scratch_(limits::kReadChunkBytes) {}

Pool::~Pool() = default;

net::Task<Result<Response>> Pool::send(net::CallScope& scope, std::shared_ptr<const Origin> origin,
                                       const Request& request) {
  const std::string head = request_head(*origin, request);
  for (bool fresh = false;; fresh = true) {
    BF_CO_TRY(Lease lease, co_await acquire(scope, origin, fresh));
    auto answer = co_await lease.connection().exchange(scope, request.method, head, request.body);
    if (answer) {
      co_return Response{*std::move(answer), std::make_unique<LeasedBody>(std::move(lease))};
    }
    const bool stale = lease.reused() && !lease.connection().answered() &&
                       (answer.error().code == ErrorCode::kUpstreamConnect ||
                        answer.error().code == ErrorCode::kUpstreamCutShort);
    if (!stale) co_return std::move(answer).error();
  }
}

net::Task<Result<Lease>> Pool::acquire(net::CallScope& scope, std::shared_ptr<const Origin> origin,
                                       bool fresh) {
  if (const auto shelf = shelves_.find(origin.get()); !fresh && shelf != shelves_.end()) {
    while (!shelf->second.idle.empty()) {
      Idle last = std::move(shelf->second.idle.back());
      shelf->second.idle.pop_back();
      if (!last.connection->reusable()) continue;
      co_return Lease(*this, std::move(origin), std::move(last.connection), true);
    }
  }
  const net::CallScope::Deadline patience(scope, origin->connect_timeout, kConnectTimeout);
  BF_CO_TRY(auto stream, co_await connect(scope, *origin));
  auto connection = std::make_unique<Connection>(std::move(stream), scratch_, loop_.now(), open_);
  co_return Lease(*this, std::move(origin), std::move(connection), false);
}

net::Task<Result<std::unique_ptr<net::Stream>>> Pool::connect(net::CallScope& scope,
                                                              const Origin& origin) {
  BF_CO_TRY(auto stream, co_await connect_tcp(scope, origin));
  if (!origin.https) co_return std::move(stream);
  if (origin.proxy) {
    BF_CO_TRY(stream, co_await open_tunnel(scope, std::move(stream), origin));
  }
  BF_CO_TRY_VOID(co_await stream->start_tls(scope, origin.tls, origin.host));
  co_return std::move(stream);
}

// To the first address that takes a connection, of those that are allowed.
net::Task<Result<std::unique_ptr<net::Stream>>> Pool::connect_tcp(net::CallScope& scope,
                                                                  const Origin& origin) {
  const std::string& host = origin.proxy ? origin.proxy->host : origin.host;
  const std::uint16_t port = origin.proxy ? origin.proxy->port : origin.port;
  BF_CO_TRY(const auto known, co_await resolver_.resolve(scope, host, port));
  std::vector<net::Address> addresses = net::interleaved(known);
  // A proxy was chosen by the operator; what is behind it, it judges itself.
  if (!origin.proxy) {
    std::erase_if(addresses,
                  [&](const net::Address& address) { return !allowed(origin, address); });
    if (addresses.empty()) co_return forbidden_address(origin, known.back());
  }
  co_return co_await net::connect_first(scope, addresses);
}

void Pool::give_back(std::shared_ptr<const Origin> origin, std::unique_ptr<Connection> connection) {
  if (loop_.now() - connection->opened() >= origin->connection_age_max) return;
  Shelf& shelf = shelves_[origin.get()];
  if (!shelf.origin) shelf.origin = origin;
  if (shelf.idle.size() >= origin->idle_connections_max) shelf.idle.erase(shelf.idle.begin());
  shelf.idle.push_back({std::move(connection), loop_.now()});
  if (!armed()) arm(loop_.now() + kSweepInterval);
}

void Pool::fire() {
  for (auto shelf = shelves_.begin(); shelf != shelves_.end();) {
    const SteadyTime oldest = loop_.now() - std::chrono::duration_cast<SteadyTime::duration>(
                                                shelf->second.origin->keep_alive_timeout);
    std::erase_if(shelf->second.idle, [&](const Idle& idle) {
      return idle.since <= oldest || !idle.connection->reusable();
    });
    // An origin that nobody uses any more may belong to an old configuration.
    shelf = shelf->second.idle.empty() ? shelves_.erase(shelf) : std::next(shelf);
  }
  if (!shelves_.empty()) arm(loop_.now() + kSweepInterval);
}

void Pool::clear() { shelves_.clear(); }

std::size_t Pool::idle() const {
  std::size_t count = 0;
  for (const auto& [origin, shelf] : shelves_) count += shelf.idle.size();
  return count;
}

}  // namespace bifrost::client
