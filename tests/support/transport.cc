#include "tests/support/transport.h"

#include "base/assert.h"
#include "base/random.h"

#include <algorithm>
#include <arpa/inet.h>
#include <array>
#include <cerrno>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

namespace bifrost::test {
namespace {

int milliseconds_until(Deadline deadline) {
  const auto left =
      std::chrono::ceil<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
  return static_cast<int>(std::clamp<std::int64_t>(left.count(), 0, 3'600'000));
}

enum class Ready : std::uint8_t { kYes, kStopped, kTimeout };

Ready wait_for(int socket, short events, int stop, Deadline deadline) {
  while (true) {
    std::array<pollfd, 2> watched = {pollfd{socket, events, 0}, pollfd{stop, POLLIN, 0}};
    const int count = ::poll(watched.data(), watched.size(), milliseconds_until(deadline));
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return Ready::kTimeout;
    return watched[1].revents != 0 ? Ready::kStopped : Ready::kYes;
  }
}

sockaddr_in loopback(std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

const sockaddr* generic(const sockaddr_in& address) {
  return reinterpret_cast<const sockaddr*>(&address);
}

}  // namespace

Deadline after(std::chrono::milliseconds timeout) {
  return std::chrono::steady_clock::now() + timeout;
}

Descriptor listen_on_loopback(int backlog) {
  Descriptor socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  const sockaddr_in address = loopback(0);
  BF_ASSERT(::bind(socket.number(), generic(address), sizeof address) == 0);
  BF_ASSERT(::listen(socket.number(), backlog) == 0);
  return socket;
}

std::uint16_t port_to_tell() {
  constexpr int kFirst = 20'000;
  constexpr int kCount = 12'000;  // below those that are given to connections
  Random random = Random::from_entropy();
  while (true) {
    const Descriptor socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    sockaddr_in address = loopback(static_cast<std::uint16_t>(kFirst + random.unit() * kCount));
    address.sin_addr.s_addr = htonl(INADDR_ANY);
    if (::bind(socket.number(), generic(address), sizeof address) == 0) return port_of(socket);
  }
}

std::uint16_t port_of(const Descriptor& socket) {
  sockaddr_in address{};
  socklen_t size = sizeof address;
  BF_ASSERT(::getsockname(socket.number(), reinterpret_cast<sockaddr*>(&address), &size) == 0);
  return ntohs(address.sin_port);
}

Descriptor connect_to_loopback(std::uint16_t port, int receive_buffer_bytes,
                               std::uint8_t own_number) {
  Descriptor socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (receive_buffer_bytes > 0) {
    ::setsockopt(socket.number(), SOL_SOCKET, SO_RCVBUF, &receive_buffer_bytes,
                 sizeof receive_buffer_bytes);
  }
  if (own_number > 0) {
    sockaddr_in own = loopback(0);
    own.sin_addr.s_addr = htonl((127U << 24U) | own_number);
    BF_ASSERT(::bind(socket.number(), generic(own), sizeof own) == 0);
  }
  const sockaddr_in address = loopback(port);
  if (::connect(socket.number(), generic(address), sizeof address) != 0) return Descriptor();
  return socket;
}

Descriptor begin_connect_to_loopback(std::uint16_t port) {
  Descriptor socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  const sockaddr_in address = loopback(port);
  const int result = ::connect(socket.number(), generic(address), sizeof address);
  BF_ASSERT(result == 0 || errno == EINPROGRESS);
  return socket;
}

bool is_connected_within(const Descriptor& socket, std::chrono::milliseconds timeout) {
  if (wait_for(socket.number(), POLLOUT, -1, after(timeout)) != Ready::kYes) return false;
  int error = 0;
  socklen_t size = sizeof error;
  return ::getsockopt(socket.number(), SOL_SOCKET, SO_ERROR, &error, &size) == 0 && error == 0;
}

bool wait_readable(int descriptor, int stop) {
  Ready ready = Ready::kTimeout;
  while (ready == Ready::kTimeout) ready = wait_for(descriptor, POLLIN, stop, after(1h));
  return ready == Ready::kYes;
}

Transport::Transport(Descriptor socket, int stop) : socket_(std::move(socket)), stop_(stop) {
  const int on = 1;
  ::setsockopt(socket_.number(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}

bool Transport::start_tls(const TlsContext& context, TlsRole role, Deadline deadline) {
  tls_.start(context, role);
  while (true) {
    const TlsFilter::State state = tls_.handshake();
    if (!flush_tls(deadline)) return false;
    if (state == TlsFilter::State::kDone) return true;
    if (state != TlsFilter::State::kWantsBytes) return false;
    const Read got = read_socket(deadline);
    if (got.end != ReadEnd::kOpen) return false;
    tls_.put(got.bytes);
  }
}

Read Transport::read(Deadline deadline) {
  if (!tls_.is_on()) return read_socket(deadline);
  while (true) {
    Read plain;
    const TlsFilter::State state = tls_.decrypt(plain.bytes);
    if (!plain.bytes.empty()) return plain;
    if (state == TlsFilter::State::kEnded) return {.bytes = {}, .end = ReadEnd::kEnd};
    if (state == TlsFilter::State::kFailed) return {.bytes = {}, .end = ReadEnd::kReset};
    const Read got = read_socket(deadline);
    // The end of the socket without the goodbye of TLS is a broken connection.
    if (got.end == ReadEnd::kEnd) return {.bytes = {}, .end = ReadEnd::kReset};
    if (got.end != ReadEnd::kOpen) return got;
    tls_.put(got.bytes);
  }
}

bool Transport::write(std::string_view bytes, Deadline deadline) {
  if (!tls_.is_on()) return write_socket(bytes, deadline);
  return tls_.encrypt(bytes) && flush_tls(deadline);
}

Transport::Event Transport::wait(int wake, Deadline deadline) const {
  while (true) {
    std::array<pollfd, 3> watched = {pollfd{socket_.number(), POLLRDHUP, 0},
                                     pollfd{stop_, POLLIN, 0}, pollfd{wake, POLLIN, 0}};
    const int count = ::poll(watched.data(), watched.size(), milliseconds_until(deadline));
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return Event::kTimeout;
    if (watched[1].revents != 0) return Event::kStopped;
    return watched[0].revents != 0 ? Event::kPeerGone : Event::kWake;
  }
}

void Transport::finish_sending() {
  if (tls_.is_on()) {
    tls_.say_goodbye();
    static_cast<void>(flush_tls(after(1s)));
  }
  if (socket_) ::shutdown(socket_.number(), SHUT_WR);
}

void Transport::close() {
  if (!socket_) return;
  finish_sending();
  socket_.close();
}

// Bytes of the peer that nobody read would make the kernel send RST in place of FIN.
void Transport::cut() {
  if (!socket_) return;
  ::shutdown(socket_.number(), SHUT_WR);
  std::array<char, 64 * 1024> unread;
  while (::recv(socket_.number(), unread.data(), unread.size(), MSG_DONTWAIT) > 0) {
  }
  socket_.close();
}

void Transport::reset() {
  if (!socket_) return;
  const linger now = {.l_onoff = 1, .l_linger = 0};
  ::setsockopt(socket_.number(), SOL_SOCKET, SO_LINGER, &now, sizeof now);
  socket_.close();
}

Read Transport::read_socket(Deadline deadline) {
  if (!socket_) return {.bytes = {}, .end = ReadEnd::kReset};
  while (true) {
    const Ready ready = wait_for(socket_.number(), POLLIN, stop_, deadline);
    if (ready == Ready::kStopped) return {.bytes = {}, .end = ReadEnd::kStopped};
    if (ready == Ready::kTimeout) return {.bytes = {}, .end = ReadEnd::kTimeout};
    std::array<char, 64 * 1024> piece;
    const ssize_t count = ::recv(socket_.number(), piece.data(), piece.size(), MSG_DONTWAIT);
    if (count > 0) return {.bytes = std::string(piece.data(), static_cast<std::size_t>(count))};
    if (count == 0) return {.bytes = {}, .end = ReadEnd::kEnd};
    if (errno != EAGAIN && errno != EINTR) return {.bytes = {}, .end = ReadEnd::kReset};
  }
}

bool Transport::write_socket(std::string_view bytes, Deadline deadline) {
  while (!bytes.empty()) {
    if (!socket_ || wait_for(socket_.number(), POLLOUT, stop_, deadline) != Ready::kYes) {
      return false;
    }
    const ssize_t count =
        ::send(socket_.number(), bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    if (count < 0 && errno != EAGAIN && errno != EINTR) return false;
    if (count > 0) bytes.remove_prefix(static_cast<std::size_t>(count));
  }
  return true;
}

bool Transport::flush_tls(Deadline deadline) { return write_socket(tls_.take(), deadline); }

}  // namespace bifrost::test
