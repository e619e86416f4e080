// A provider that does what the test says, and remembers what it saw.
//
//   FakeProvider provider;
//   provider.push(Script::json(429, "{}"));                 // the first request
//   provider.push(Script::events({one, two}, {.between = gate}));
//   ... let the gateway call provider.url() ...
//   EXPECT_TRUE(provider.wait_for_requests(2));
//   EXPECT_EQ(provider.requests()[0].headers.get("authorization"), "Bearer key");
//
// HTTP/1.1 on a free port of the loopback, one thread per connection. Thread-safe. Scripts are
// taken in order; when none is left, the handler makes one from the request; without a handler the
// answer is 500 and a problem is noted.
#pragma once

#include "http/headers.h"
#include "tests/support/script.h"
#include "tests/support/transport.h"
#include "tests/support/wire.h"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace bifrost::test {

struct ReceivedRequest {
  std::string method;
  std::string target;
  http::Headers headers;
  std::string body;
  std::size_t connection = 0;  // number of the connection, from 0
};

struct FakeProviderOptions {
  bool tls = false;
  bool answer_before_body = false;  // the script starts after the head, the body stays unread
};

class FakeProvider {
 public:
  using Options = FakeProviderOptions;
  using Handler = std::function<Script(const ReceivedRequest&)>;

  explicit FakeProvider(Options options = {});
  ~FakeProvider();  // ends all connections
  FakeProvider(const FakeProvider&) = delete;
  FakeProvider& operator=(const FakeProvider&) = delete;

  [[nodiscard]] std::uint16_t port() const;
  [[nodiscard]] std::string url() const;                 // "http://127.0.0.1:12345", or https
  [[nodiscard]] const std::string& certificate() const;  // PEM, to be trusted; empty without TLS

  void push(Script script);
  void handle(Handler handler);

  // Stalls before a script is chosen; they hold for connections and requests that come later.
  // Each needs as many openings as there are connections, or requests.
  void hold_accepts(Gate gate);  // the kernel has connected, TLS has not begun
  void hold_reads(Gate gate);    // the first byte of a request is there, it is not read
  void hold_bodies(Gate gate);   // the head was read, the body is not

  // Closes the connections that wait for a request, as a server does with idle ones, once there
  // are so many. A connection becomes one shortly after its caller has read the answer. False when
  // it did not happen in time.
  [[nodiscard]] bool close_idle_connections(std::size_t count);
  // From now on connecting is refused; open connections stay.
  void stop_listening();

  [[nodiscard]] std::vector<ReceivedRequest> requests() const;
  [[nodiscard]] std::size_t request_count() const;
  [[nodiscard]] std::size_t connection_count() const;  // so far
  [[nodiscard]] std::size_t open_connections() const;
  [[nodiscard]] std::size_t abort_count() const;  // peers that left before their answer was over
  [[nodiscard]] std::vector<std::string> problems() const;  // requests against the rules of HTTP

  // Each is false when it did not happen in time.
  [[nodiscard]] bool wait_for_requests(std::size_t count,
                                       std::chrono::milliseconds timeout = kPatience) const;
  [[nodiscard]] bool wait_for_aborts(std::size_t count,
                                     std::chrono::milliseconds timeout = kPatience) const;
  [[nodiscard]] bool wait_for_abort(std::chrono::milliseconds timeout = kPatience) const {
    return wait_for_aborts(1, timeout);
  }
  [[nodiscard]] bool wait_for_open_connections(std::size_t count,
                                               std::chrono::milliseconds timeout = kPatience) const;

 private:
  class Server;
  std::unique_ptr<Server> server_;
};

// A port that nobody listens on: connecting is refused.
std::uint16_t refusing_port();

// A port where connecting neither succeeds nor fails, as behind a firewall that drops packets.
class UnreachablePort {
 public:
  UnreachablePort();
  [[nodiscard]] std::uint16_t port() const { return port_of(listener_); }

 private:
  Descriptor listener_;
  std::vector<Descriptor> waiting_;  // fill the queue of the kernel
};

}  // namespace bifrost::test
