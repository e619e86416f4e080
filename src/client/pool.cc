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

Lease::~Lease() {
  if (!taken_.empty() && connection().reusable()) pool_->give_back(*shelf_, taken_);
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
  std::shared_ptr<Shelf> shelf = shelf_of(origin);
  std::list<Shelf::Kept> taken;
  while (!fresh && !shelf->idle.empty()) {
    taken.splice(taken.end(), shelf->idle, std::prev(shelf->idle.end()));
    if (taken.front().connection.reusable()) {
      co_return Lease(*this, std::move(shelf), std::move(taken), true);
    }
    taken.clear();
  }
  const net::CallScope::Deadline patience(scope, origin->connect_timeout, kConnectTimeout);
  BF_CO_TRY(auto stream, co_await connect(scope, *origin));
  taken.emplace_back(std::move(stream), scratch_, loop_.now(), open_);
  co_return Lease(*this, std::move(shelf), std::move(taken), false);
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

std::shared_ptr<Shelf> Pool::shelf_of(const std::shared_ptr<const Origin>& origin) {
  if (const auto found = shelves_.find(origin.get()); found != shelves_.end()) return found->second;
  auto shelf = std::make_shared<Shelf>(origin);
  shelves_.emplace(origin.get(), shelf);
  if (!armed()) arm(loop_.now() + kSweepInterval);
  return shelf;
}

void Pool::give_back(Shelf& shelf, std::list<Shelf::Kept>& taken) noexcept {
  Shelf::Kept& kept = taken.front();
  if (loop_.now() - kept.connection.opened() >= shelf.origin->connection_age_max) return;
  if (shelf.idle.size() >= shelf.origin->idle_connections_max) shelf.idle.pop_front();
  kept.since = loop_.now();
  shelf.idle.splice(shelf.idle.end(), taken);
}

void Pool::fire() {
  std::erase_if(shelves_, [this](auto& each) {
    Shelf& shelf = *each.second;
    const SteadyTime oldest = loop_.now() - std::chrono::duration_cast<SteadyTime::duration>(
                                                shelf.origin->keep_alive_timeout);
    std::erase_if(shelf.idle, [&](Shelf::Kept& kept) {
      return kept.since <= oldest || !kept.connection.reusable();
    });
    // An origin that nobody uses any more may belong to an old configuration.
    return shelf.idle.empty() && each.second.use_count() == 1;
  });
  if (!shelves_.empty()) arm(loop_.now() + kSweepInterval);
}

void Pool::clear() { shelves_.clear(); }

std::size_t Pool::idle() const {
  std::size_t count = 0;
  for (const auto& [origin, shelf] : shelves_) count += shelf->idle.size();
  return count;
}

}  // namespace bifrost::client
