#include "net/address.h"

#include "base/assert.h"
#include "base/strings.h"

#include <algorithm>
#include <arpa/inet.h>
#include <array>
#include <bit>
#include <cstring>
#include <initializer_list>
#include <iterator>
#include <netinet/in.h>
#include <optional>

namespace bifrost::net {
namespace {

// sockaddr_storage is made to hold either; memcpy is the way to look at it without aliasing.
template <class T>
T as(const sockaddr_storage& storage) {
  T out;
  std::memcpy(&out, &storage, sizeof out);
  return out;
}

AddressKind kind_v4(std::uint32_t ip) {
  const auto in = [&](std::uint32_t network, unsigned bits) {
    return (ip >> (32 - bits)) == (network >> (32 - bits));
  };
  if (in(0x7F000000, 8)) return AddressKind::kLoopback;
  if (in(0xA9FE0000, 16)) return AddressKind::kLinkLocal;
  if (in(0x0A000000, 8) || in(0xAC100000, 12) || in(0xC0A80000, 16) || in(0x64400000, 10)) {
    return AddressKind::kPrivate;
  }
  if (in(0x00000000, 8) || in(0xE0000000, 4) || in(0xF0000000, 4)) return AddressKind::kOther;
  return AddressKind::kPublic;
}

// The bytes at these places, as an IPv4 address in the order of the host.
using Places = std::array<std::size_t, 4>;
std::uint32_t v4_at(const in6_addr& ip, const Places& places) {
  std::uint32_t v4 = 0;
  for (const std::size_t place : places) v4 = v4 << 8U | ip.s6_addr[place];
  return v4;
}

constexpr Places kLast = {12, 13, 14, 15};

// Of an IPv4 address that a translator or a tunnel would reach. Its loopback is not ours: whoever
// names it gets neither there nor our trust.
AddressKind kind_carried(std::uint32_t v4) {
  const AddressKind kind = kind_v4(v4);
  return kind == AddressKind::kLoopback ? AddressKind::kOther : kind;
}

AddressKind stricter(AddressKind one, AddressKind other) {
  const auto rank = [](AddressKind kind) {
    switch (kind) {
      case AddressKind::kPublic:
      case AddressKind::kLoopback:
        return 0;
      case AddressKind::kPrivate:
        return 1;
      case AddressKind::kOther:
        return 2;
      case AddressKind::kLinkLocal:
        return 3;
    }
    return 3;
  };
  return rank(one) < rank(other) ? other : one;
}

// 64:ff9b:1::/48 (RFC 8215) is cut by its operator into prefixes of any length of RFC 6052, which
// the address does not tell, and translators ignore what is behind. So every reading counts, but
// those of 0.0.0.0/8: they are the filling of another one.
AddressKind kind_local_nat64(const in6_addr& ip) {
  constexpr std::array<Places, 4> kReadings = {
      {{6, 7, 9, 10}, {7, 9, 10, 11}, {9, 10, 11, 12}, kLast}};
  AddressKind kind = AddressKind::kPublic;
  bool any = false;
  for (const Places& places : kReadings) {
    const std::uint32_t v4 = v4_at(ip, places);
    if (v4 >> 24U == 0) continue;
    kind = stricter(kind, kind_carried(v4));
    any = true;
  }
  return any ? kind : AddressKind::kOther;
}

// The IPv6 forms of IPv4 addresses, judged as what they carry; nothing for other addresses.
std::optional<AddressKind> kind_of_carried(const in6_addr& ip) {
  const auto starts = [&](std::initializer_list<std::uint8_t> prefix) {
    return std::equal(prefix.begin(), prefix.end(), std::begin(ip.s6_addr));
  };
  if (IN6_IS_ADDR_V4MAPPED(&ip)) return kind_v4(v4_at(ip, kLast));
  // IPv4-compatible, IPv4-translated (RFC 2765), NAT64's well-known prefix (RFC 6052).
  if (starts({0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0}) ||
      starts({0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF, 0, 0}) ||
      starts({0, 0x64, 0xFF, 0x9B, 0, 0, 0, 0, 0, 0, 0, 0})) {
    return kind_carried(v4_at(ip, kLast));
  }
  if (starts({0, 0x64, 0xFF, 0x9B, 0, 1})) return kind_local_nat64(ip);
  if (starts({0x20, 0x02})) return kind_carried(v4_at(ip, {2, 3, 4, 5}));  // 6to4
  // Teredo: the server, and the client with its bits inverted.
  if (starts({0x20, 0x01, 0, 0})) {
    return stricter(kind_carried(v4_at(ip, {4, 5, 6, 7})), kind_carried(~v4_at(ip, kLast)));
  }
  return std::nullopt;
}

AddressKind kind_v6(const in6_addr& ip) {
  if (IN6_IS_ADDR_LOOPBACK(&ip)) return AddressKind::kLoopback;
  if (IN6_IS_ADDR_LINKLOCAL(&ip)) return AddressKind::kLinkLocal;
  if ((ip.s6_addr[0] & 0xFEU) == 0xFC) return AddressKind::kPrivate;
  if (IN6_IS_ADDR_UNSPECIFIED(&ip) || IN6_IS_ADDR_MULTICAST(&ip)) return AddressKind::kOther;
  return kind_of_carried(ip).value_or(AddressKind::kPublic);
}

}  // namespace

bool is_localhost(std::string_view name) {
  constexpr std::string_view kBelow = ".localhost";
  if (name.ends_with('.')) name.remove_suffix(1);
  return iequals(name, kBelow.substr(1)) ||
         (name.size() > kBelow.size() && iequals(name.substr(name.size() - kBelow.size()), kBelow));
}

Result<Address> Address::from_literal(std::string_view host, std::uint16_t port) {
  const std::string name(host);
  std::array<unsigned char, sizeof(in6_addr)> ip{};
  if (::inet_pton(AF_INET, name.c_str(), ip.data()) == 1) {
    return from_bytes(std::span(ip).first(sizeof(in_addr)), port);
  }
  if (::inet_pton(AF_INET6, name.c_str(), ip.data()) == 1) return from_bytes(ip, port);
  return gateway_error(ErrorCode::kConfigInvalid, "not an IP address: " + name);
}

Result<Address> Address::from_text(std::string_view text, std::uint16_t default_port) {
  if (auto literal = from_literal(text, default_port)) return literal;
  const auto colon = text.rfind(':');
  if (colon != std::string_view::npos) {
    std::string_view host = text.substr(0, colon);
    const bool bracketed = host.starts_with('[') && host.ends_with(']');
    if (bracketed) host = host.substr(1, host.size() - 2);
    const bool is_v6 = host.find(':') != std::string_view::npos;
    const auto port = parse_int(text.substr(colon + 1));
    if (is_v6 == bracketed && port && *port > 0 && *port <= 65535) {
      return from_literal(host, static_cast<std::uint16_t>(*port));
    }
  }
  return gateway_error(ErrorCode::kConfigInvalid,
                       "not an IP address with or without a port: " + std::string(text));
}

Address Address::from_bytes(std::span<const unsigned char> ip, std::uint16_t port) {
  Address address;
  if (ip.size() == sizeof(in_addr)) {
    sockaddr_in v4{};
    v4.sin_family = AF_INET;
    v4.sin_port = htons(port);
    std::memcpy(&v4.sin_addr, ip.data(), sizeof v4.sin_addr);
    std::memcpy(&address.storage, &v4, sizeof v4);
    address.size = sizeof v4;
    return address;
  }
  BF_ASSERT(ip.size() == sizeof(in6_addr));
  sockaddr_in6 v6{};
  v6.sin6_family = AF_INET6;
  v6.sin6_port = htons(port);
  std::memcpy(&v6.sin6_addr, ip.data(), sizeof v6.sin6_addr);
  std::memcpy(&address.storage, &v6, sizeof v6);
  address.size = sizeof v6;
  return address;
}

Address Address::with_port(std::uint16_t port) const {
  Address address = *this;
  if (storage.ss_family == AF_INET) {
    auto v4 = as<sockaddr_in>(storage);
    v4.sin_port = htons(port);
    std::memcpy(&address.storage, &v4, sizeof v4);
  } else {
    auto v6 = as<sockaddr_in6>(storage);
    v6.sin6_port = htons(port);
    std::memcpy(&address.storage, &v6, sizeof v6);
  }
  return address;
}

AddressKind Address::kind() const {
  if (storage.ss_family == AF_INET) return kind_v4(ntohl(as<sockaddr_in>(storage).sin_addr.s_addr));
  if (storage.ss_family == AF_INET6) return kind_v6(as<sockaddr_in6>(storage).sin6_addr);
  return AddressKind::kOther;
}

Address::Ip Address::ip() const {
  Ip ip;
  const auto take = [&](const auto* bytes, std::size_t size) {
    std::copy_n(bytes, size, ip.bytes.begin());
    ip.size = size;
  };
  if (storage.ss_family == AF_INET) {
    const auto v4 =
        std::bit_cast<std::array<std::uint8_t, sizeof(in_addr)>>(as<sockaddr_in>(storage).sin_addr);
    take(v4.data(), v4.size());
  } else if (storage.ss_family == AF_INET6) {
    const in6_addr v6 = as<sockaddr_in6>(storage).sin6_addr;
    const std::size_t skipped = IN6_IS_ADDR_V4MAPPED(&v6) ? kLast.front() : 0;
    take(std::begin(v6.s6_addr) + skipped, sizeof v6 - skipped);
  }
  return ip;
}

std::uint16_t Address::port() const {
  if (storage.ss_family == AF_INET) return ntohs(as<sockaddr_in>(storage).sin_port);
  return ntohs(as<sockaddr_in6>(storage).sin6_port);
}

std::string Address::host() const {
  std::array<char, INET6_ADDRSTRLEN> text{};
  if (storage.ss_family == AF_INET) {
    const auto v4 = as<sockaddr_in>(storage);
    ::inet_ntop(AF_INET, &v4.sin_addr, text.data(), text.size());
  } else {
    const auto v6 = as<sockaddr_in6>(storage);
    ::inet_ntop(AF_INET6, &v6.sin6_addr, text.data(), text.size());
  }
  return text.data();
}

std::string Address::text() const {
  const std::string number = std::to_string(port());
  if (storage.ss_family == AF_INET6) return "[" + host() + "]:" + number;
  return host() + ":" + number;
}

const sockaddr* Address::raw() const {
  return reinterpret_cast<const sockaddr*>(&storage);  // NOLINT: what the system calls take
}

}  // namespace bifrost::net
