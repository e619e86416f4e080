// A blocking connection with deadlines, plain or TLS, for both sides of a test.
//
// Every wait ends: at its deadline, when the peer leaves, or when the owner's stop descriptor
// becomes readable. For one thread; only the stop descriptor may be written to from elsewhere.
#pragma once

#include "base/descriptor.h"
#include "tests/support/tls.h"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

namespace bifrost::test {

using namespace std::chrono_literals;

using Deadline = std::chrono::steady_clock::time_point;

// Generous: it is only reached when a test fails, and a sanitizer on a busy machine is slow.
inline constexpr std::chrono::milliseconds kPatience = 120s;

Deadline after(std::chrono::milliseconds timeout);

// A socket that listens on a free port of the loopback; `backlog` is what the kernel queues.
Descriptor listen_on_loopback(int backlog = 512);
std::uint16_t port_of(const Descriptor& socket);
// A free port that the kernel gives to no connection by itself, for who has to be told one.
std::uint16_t port_to_tell();
// Invalid when refused. 0 leaves either to the kernel; `own_number` N connects from 127.0.0.N.
Descriptor connect_to_loopback(std::uint16_t port, int receive_buffer_bytes = 0,
                               std::uint8_t own_number = 0);

// Begins to connect, and does not wait for how it goes.
Descriptor begin_connect_to_loopback(std::uint16_t port);

bool is_connected_within(const Descriptor& socket, std::chrono::milliseconds timeout);

// False when `stop` was readable first.
bool wait_readable(int descriptor, int stop);

enum class ReadEnd : std::uint8_t {
  kOpen,   // bytes were read, there may be more
  kEnd,    // the peer closed properly; with TLS it said so
  kReset,  // the connection broke
  kTimeout,
  kStopped,
};

struct Read {
  std::string bytes;
  ReadEnd end = ReadEnd::kOpen;
};

class Transport {
 public:
  Transport() = default;
  // Waits end when `stop` becomes readable; -1: nothing stops them.
  explicit Transport(Descriptor socket, int stop = -1);

  // Shakes hands; false when that fails.
  bool start_tls(const TlsContext& context, TlsRole role, Deadline deadline);

  // What has arrived, at least one byte when `end` is kOpen.
  Read read(Deadline deadline);
  // False when not everything could be handed to the kernel.
  bool write(std::string_view bytes, Deadline deadline);

  // Waits until the peer leaves or `wake` is readable. It is a peer that leaves as well when it
  // only finishes its sending half, which no gateway should do in the middle of an answer.
  enum class Event : std::uint8_t { kWake, kPeerGone, kStopped, kTimeout };
  Event wait(int wake, Deadline deadline) const;

  void finish_sending();  // end of our half; the other one stays open
  void close();           // properly
  void cut();             // as a process that dies: no TLS goodbye, but a FIN
  void reset();           // RST

  [[nodiscard]] bool is_open() const { return static_cast<bool>(socket_); }
  [[nodiscard]] int descriptor() const { return socket_.number(); }

 private:
  Read read_socket(Deadline deadline);
  bool write_socket(std::string_view bytes, Deadline deadline);
  bool flush_tls(Deadline deadline);

  Descriptor socket_;
  int stop_ = -1;
  TlsFilter tls_;
};

}  // namespace bifrost::test
