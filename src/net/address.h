// An IPv4 or IPv6 address with its port, and what kind of network it is in.
#pragma once

#include "base/result.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <sys/socket.h>

namespace bifrost::net {

enum class AddressKind : std::uint8_t {
  kPublic,
  kLoopback,
  kPrivate,    // RFC 1918, unique local, carrier-grade NAT
  kLinkLocal,  // 169.254/16 and fe80::/10: cloud metadata services live here
  kOther,      // unspecified, multicast, reserved
};

// "localhost" and what ends in ".localhost" (RFC 6761): this machine, whatever a DNS says.
[[nodiscard]] bool is_localhost(std::string_view name);

struct Address {
  sockaddr_storage storage{};
  socklen_t size = 0;

  // From a literal such as "127.0.0.1" or "::1". Fails with kConfigInvalid.
  static Result<Address> from_literal(std::string_view host, std::uint16_t port);
  // "192.0.2.1", "192.0.2.1:53", "2001:db8::1" or "[2001:db8::1]:53". Fails with kConfigInvalid.
  static Result<Address> from_text(std::string_view text, std::uint16_t default_port);
  // From the 4 or 16 bytes of an IP address, in the order of the network.
  static Address from_bytes(std::span<const unsigned char> ip, std::uint16_t port);
  [[nodiscard]] Address with_port(std::uint16_t port) const;

  // IPv6 forms that carry an IPv4 address (mapped, compatible, translated, NAT64, 6to4, Teredo) are
  // of its kind; but only the mapped form of a loopback address is kLoopback, others are kOther.
  [[nodiscard]] AddressKind kind() const;
  // The bytes alone, 4 or 16 in the order of the network. Of an IPv4-mapped IPv6 address, under
  // which a socket of both families knows an IPv4 one, it is those 4.
  struct Ip {
    std::array<std::uint8_t, 16> bytes{};
    std::size_t size = 0;  // 0: there is none
    friend bool operator==(const Ip&, const Ip&) = default;
  };
  [[nodiscard]] Ip ip() const;
  [[nodiscard]] std::uint16_t port() const;
  [[nodiscard]] std::string host() const;
  [[nodiscard]] std::string text() const;  // "127.0.0.1:8080", "[::1]:8080"
  [[nodiscard]] const sockaddr* raw() const;
};

}  // namespace bifrost::net
