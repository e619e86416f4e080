#include "bench/load/socket.h"

#include "base/try.h"

#include <arpa/inet.h>
#include <bit>
#include <cerrno>
#include <cstring>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

namespace bifrost::bench {
namespace {

constexpr int kBacklog = 4096;

Error failure(std::string_view doing) {
  return gateway_error(ErrorCode::kInternal,
                       std::string(doing) + ": " + std::generic_category().message(errno));
}

Result<sockaddr_in> address_of(const std::string& host, std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  if (::inet_pton(AF_INET, host.c_str(), &address.sin_addr) != 1) {
    return gateway_error(ErrorCode::kInternal, "not an IPv4 address: " + host);
  }
  return address;
}

Result<Socket> new_socket() {
  Socket socket(::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (!socket.open()) return failure("socket");
  return socket;
}

void switch_on(int fd, int level, int option) {
  const int on = 1;
  ::setsockopt(fd, level, option, &on, sizeof on);
}

}  // namespace

Result<Socket> Socket::listen(const std::string& host, std::uint16_t port) {
  BF_TRY(const sockaddr_in address, address_of(host, port));
  BF_TRY(Socket socket, new_socket());
  switch_on(socket.fd_, SOL_SOCKET, SO_REUSEADDR);
  const auto* raw = std::bit_cast<const sockaddr*>(&address);
  if (::bind(socket.fd_, raw, sizeof address) != 0) return failure("bind");
  if (::listen(socket.fd_, kBacklog) != 0) return failure("listen");
  return socket;
}

Result<Socket> Socket::connect(const std::string& host, std::uint16_t port) {
  BF_TRY(const sockaddr_in address, address_of(host, port));
  BF_TRY(Socket socket, new_socket());
  switch_on(socket.fd_, IPPROTO_TCP, TCP_NODELAY);
  const auto* raw = std::bit_cast<const sockaddr*>(&address);
  if (::connect(socket.fd_, raw, sizeof address) != 0 && errno != EINPROGRESS) {
    return failure("connect");
  }
  return socket;
}

Socket Socket::accept() const {
  Socket accepted(::accept4(fd_, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC));
  if (accepted.open()) switch_on(accepted.fd_, IPPROTO_TCP, TCP_NODELAY);
  return accepted;
}

std::uint16_t Socket::local_port() const {
  sockaddr_in address{};
  socklen_t size = sizeof address;
  if (::getsockname(fd_, std::bit_cast<sockaddr*>(&address), &size) != 0) return 0;
  return ntohs(address.sin_port);
}

bool Socket::connected() const {
  int error = 0;
  socklen_t size = sizeof error;
  return ::getsockopt(fd_, SOL_SOCKET, SO_ERROR, &error, &size) == 0 && error == 0;
}

void Socket::close() {
  if (fd_ >= 0) ::close(std::exchange(fd_, -1));
}

std::ptrdiff_t Socket::write(std::string_view bytes) const {
  const auto sent = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
  if (sent >= 0) return sent;
  return errno == EAGAIN || errno == EINTR ? 0 : -1;
}

std::ptrdiff_t Socket::read(std::span<char> into) const {
  const auto got = ::recv(fd_, into.data(), into.size(), 0);
  if (got > 0) return got;
  return got < 0 && (errno == EAGAIN || errno == EINTR) ? 0 : -1;
}

void raise_descriptor_limit() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &limit);
}

}  // namespace bifrost::bench
