#include "net/address.h"

#include <arpa/inet.h>
#include <array>
#include <cstring>
#include <netinet/in.h>

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

AddressKind kind_v6(const in6_addr& ip) {
  if (IN6_IS_ADDR_V4MAPPED(&ip)) {
    std::uint32_t v4 = 0;
    std::memcpy(&v4, &ip.s6_addr[12], sizeof v4);
    return kind_v4(ntohl(v4));
  }
  if (IN6_IS_ADDR_LOOPBACK(&ip)) return AddressKind::kLoopback;
  if (IN6_IS_ADDR_LINKLOCAL(&ip)) return AddressKind::kLinkLocal;
  if ((ip.s6_addr[0] & 0xFEU) == 0xFC) return AddressKind::kPrivate;
  if (IN6_IS_ADDR_UNSPECIFIED(&ip) || IN6_IS_ADDR_MULTICAST(&ip)) return AddressKind::kOther;
  return AddressKind::kPublic;
}

}  // namespace

Result<Address> Address::from_literal(std::string_view host, std::uint16_t port) {
  Address address;
  const std::string name(host);
  sockaddr_in v4{};
  if (::inet_pton(AF_INET, name.c_str(), &v4.sin_addr) == 1) {
    v4.sin_family = AF_INET;
    v4.sin_port = htons(port);
    std::memcpy(&address.storage, &v4, sizeof v4);
    address.size = sizeof v4;
    return address;
  }
  sockaddr_in6 v6{};
  if (::inet_pton(AF_INET6, name.c_str(), &v6.sin6_addr) == 1) {
    v6.sin6_family = AF_INET6;
    v6.sin6_port = htons(port);
    std::memcpy(&address.storage, &v6, sizeof v6);
    address.size = sizeof v6;
    return address;
  }
  return gateway_error(ErrorCode::kConfigInvalid, "not an IP address: " + name);
}

AddressKind Address::kind() const {
  if (storage.ss_family == AF_INET) return kind_v4(ntohl(as<sockaddr_in>(storage).sin_addr.s_addr));
  if (storage.ss_family == AF_INET6) return kind_v6(as<sockaddr_in6>(storage).sin6_addr);
  return AddressKind::kOther;
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
