// An HTTP proxy that opens tunnels to the loopback (CONNECT), and remembers who asked for what.
//
// One thread per connection; anything but CONNECT is answered with 405. Thread-safe.
#pragma once

#include "http/headers.h"
#include "tests/support/transport.h"
#include "tests/support/wire.h"

#include <cstdint>
#include <list>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace bifrost::test {

class TunnelProxy {
 public:
  // Wants that value of Proxy-Authorization; empty: none.
  explicit TunnelProxy(std::string authorization = {});
  ~TunnelProxy();
  TunnelProxy(const TunnelProxy&) = delete;
  TunnelProxy& operator=(const TunnelProxy&) = delete;

  [[nodiscard]] std::uint16_t port() const { return port_; }
  [[nodiscard]] std::string url() const;
  // The heads that have come so far.
  [[nodiscard]] std::vector<Head> heads() const;

 private:
  void accept_connections();
  void serve(Descriptor socket);
  [[nodiscard]] int status_for(const Head& head) const;
  void pump(Transport& here, Transport& there) const;

  std::string authorization_;
  Descriptor listener_;
  std::uint16_t port_;
  Descriptor stop_;
  mutable std::mutex mutex_;
  std::vector<Head> heads_;              // guarded by mutex_
  std::list<std::jthread> connections_;  // of the accepting thread
  std::jthread acceptor_;
};

}  // namespace bifrost::test
