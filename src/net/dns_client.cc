#include "net/dns_client.h"

#include "base/strings.h"
#include "net/hosts_file.h"

#include <algorithm>
#include <array>
#include <memory>
#include <optional>
#include <sys/socket.h>
#include <unistd.h>
#include <utility>

namespace bifrost::net {
namespace {

using Kind = DnsReply::Kind;
using Outcome = NameAnswer::Outcome;

constexpr CallScope::Expiry kTooLong{ErrorCode::kUpstreamConnect, Origin::kUpstream,
                                     Retry::kSameTarget, "no DNS server answered in time"};

// RFC 6761: never asked for.
std::vector<Address> loopback() {
  return {*Address::from_literal("127.0.0.1", 0), *Address::from_literal("::1", 0)};
}

// The address that we would have towards this one; nothing when there is no way. Sends nothing.
std::optional<Address> source_towards(const Address& to) {
  const int fd = ::socket(to.storage.ss_family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (fd < 0) return std::nullopt;
  const Address target = to.with_port(443);
  Address source;
  source.size = sizeof source.storage;
  auto* raw = reinterpret_cast<sockaddr*>(&source.storage);  // NOLINT: what the system call takes
  const bool known =
      ::connect(fd, target.raw(), target.size) == 0 && ::getsockname(fd, raw, &source.size) == 0;
  ::close(fd);
  if (!known) return std::nullopt;
  return source;
}

// RFC 6724 in short: IPv6 goes first, unless there is no way to it, or only from a private network
// out into the public one.
bool prefers_v6(const Address& v6) {
  const auto source = source_towards(v6);
  return source && !(source->kind() == AddressKind::kPrivate && v6.kind() == AddressKind::kPublic);
}

std::vector<Address> ordered(const std::vector<Address>& v4, const std::vector<Address>& v6) {
  const bool v6_first = !v6.empty() && (v4.empty() || prefers_v6(v6.front()));
  std::vector<Address> all = v6_first ? v6 : v4;
  const std::vector<Address>& rest = v6_first ? v4 : v6;
  all.insert(all.end(), rest.begin(), rest.end());
  return all;
}

std::optional<std::chrono::seconds> shorter(std::optional<std::chrono::seconds> one,
                                            std::optional<std::chrono::seconds> other) {
  if (one && other) return std::min(*one, *other);
  return one ? one : other;
}

bool is_certain(const DnsReply& reply) {
  return reply.kind == Kind::kFound || reply.kind == Kind::kNoAddress ||
         reply.kind == Kind::kNoSuchName;
}

NameAnswer found(const DnsReply& v4, const DnsReply& v6) {
  NameAnswer answer{.outcome = Outcome::kFound, .addresses = ordered(v4.addresses, v6.addresses)};
  for (const DnsReply* reply : {&v4, &v6}) {
    if (reply->kind == Kind::kFound) answer.keep_for = shorter(answer.keep_for, reply->ttl);
    if (!is_certain(*reply)) answer.keep_for = shorter(answer.keep_for, DnsClient::kPartKept);
  }
  return answer;
}

NameAnswer absent(const DnsReply& v4, const DnsReply& v6) {
  const bool exists = v4.kind != Kind::kNoSuchName && v6.kind != Kind::kNoSuchName;
  return {.outcome = Outcome::kNoSuchName,
          .keep_for = shorter(v4.ttl, v6.ttl),
          .why = exists ? "the name has no address in the DNS; check that it is the name of a host"
                        : "there is no such name in the DNS; check its spelling, and the search "
                          "domains in resolv.conf if it is a short one"};
}

NameAnswer no_answer(const std::string& servers) {
  return {.outcome = Outcome::kTimeout,
          .why = "no DNS server answered in time; check that " + servers +
                 " can be reached, and resolv.conf or server.dns.servers"};
}

// What the two replies come to; those that are not there count as missing.
NameAnswer combined(const DnsReply& v4, const DnsReply& v6, const std::string& servers) {
  if (v4.kind == Kind::kFound || v6.kind == Kind::kFound) return found(v4, v6);
  // A name that is not there has no address of another family.
  if (v4.kind == Kind::kNoSuchName || v6.kind == Kind::kNoSuchName) return absent(v4, v6);
  for (const DnsReply* reply : {&v4, &v6}) {
    if (reply->kind == Kind::kShortage) return {.outcome = Outcome::kShortage, .why = reply->why};
  }
  for (const DnsReply* reply : {&v4, &v6}) {
    if (reply->kind != Kind::kFailed) continue;
    return {.outcome = Outcome::kFailed,
            .why = "no answer from the DNS servers " + servers + ": " + reply->why +
                   "; check them, and resolv.conf or server.dns.servers"};
  }
  if (!is_certain(v4) || !is_certain(v6)) return no_answer(servers);
  return absent(v4, v6);
}

NameAnswer not_asked(const Error& error) {
  const bool ours = error.origin == Origin::kGateway;
  return {.outcome = ours ? Outcome::kShortage : Outcome::kFailed, .why = error.message};
}

Task<void> wait_for(CallScope& scope, DnsChannel& channel, const DnsReply& reply) {
  while (reply.kind == Kind::kNone && !scope.interruption()) {
    co_await scope.wait(channel.replied());
  }
}

Task<NameAnswer> ask(CallScope& scope, DnsChannel& channel, const std::string& name) {
  const DnsReply& v6 = channel.ask(name, Family::kV6);
  const DnsReply& v4 = channel.ask(name, Family::kV4);
  co_await wait_for(scope, channel, v4);
  {
    std::optional<CallScope::Deadline> moment;
    if (v4.kind == Kind::kFound) moment.emplace(scope, DnsClient::kResolutionDelay, kTooLong);
    co_await wait_for(scope, channel, v6);
  }
  co_return combined(v4, v6, channel.servers());
}

Task<NameAnswer> search(CallScope& scope, DnsChannel& channel, std::string_view name) {
  std::optional<NameAnswer> failure;
  NameAnswer answer;
  for (const std::string& candidate : candidates(name, channel.search(), channel.dots_min())) {
    answer = co_await ask(scope, channel, candidate);
    const bool may_go_on =
        answer.outcome == Outcome::kNoSuchName || answer.outcome == Outcome::kFailed;
    if (!may_go_on) co_return answer;
    // A server that fails for a search domain may know the next one.
    if (answer.outcome == Outcome::kFailed && !failure) failure = answer;
  }
  co_return failure ? *std::move(failure) : answer;
}

}  // namespace

std::vector<std::string> candidates(std::string_view name, const std::vector<std::string>& search,
                                    int dots_min) {
  if (name.ends_with('.')) return {std::string(name)};
  std::vector<std::string> names;
  for (const std::string& domain : search) {
    if (!domain.empty() && domain != ".") names.push_back(std::string(name) + "." + domain);
  }
  const bool as_is_first = std::ranges::count(name, '.') >= dots_min;
  names.insert(as_is_first ? names.begin() : names.end(), std::string(name));
  return names;
}

DnsClient::DnsClient(Loop& loop, DnsOptions options) : loop_(loop), options_(std::move(options)) {}

Task<NameAnswer> DnsClient::look_up(CallScope& scope, std::string name) {
  auto local = addresses_in_hosts_file(options_.hosts_file, name);
  if (local.empty() && is_localhost(name)) local = loopback();
  if (!local.empty()) {
    co_return NameAnswer{
        .outcome = Outcome::kFound, .addresses = std::move(local), .keep_for = kHostsKept};
  }
  auto channel = DnsChannel::open(loop_, options_);
  if (!channel) co_return not_asked(channel.error());
  const CallScope::Deadline limit(scope, options_.look_up_max, kTooLong);
  co_return co_await search(scope, **channel, name);
}

}  // namespace bifrost::net
