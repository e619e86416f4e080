// Where a provider is reached, and on which terms: what two calls must share to share a connection.
#pragma once

#include "net/tls.h"

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>

namespace bifrost::client {

// An HTTP proxy on the way. For https it is asked for a tunnel, for http it gets the whole URL.
struct Proxy {
  std::string host;
  std::uint16_t port = 0;
  std::string authorization;  // value of Proxy-Authorization; empty: none. A secret.
};

// Immutable once it is in use; shared by the calls of one endpoint.
struct Origin {
  bool https = true;
  std::string host;
  std::uint16_t port = 443;
  std::shared_ptr<const net::TlsContext> tls;  // set when https
  std::shared_ptr<const Proxy> proxy;          // null: direct
  bool allow_private_network = false;          // RFC 1918 and the like; loopback always
  bool allow_link_local = false;  // the machine's metadata server; never what is configured
  std::chrono::nanoseconds connect_timeout{std::chrono::seconds(10)};
  std::chrono::nanoseconds keep_alive_timeout{std::chrono::seconds(30)};   // of an idle connection
  std::chrono::nanoseconds connection_age_max{std::chrono::seconds(300)};  // a name may move
  std::size_t idle_connections_max = 256;                                  // of one worker

  // Value of the Host header: without the port that the scheme implies.
  [[nodiscard]] std::string authority() const {
    const bool implied = port == (https ? 443 : 80);
    const std::string name = host.find(':') == std::string::npos ? host : "[" + host + "]";
    return implied ? name : name + ":" + std::to_string(port);
  }
};

}  // namespace bifrost::client
