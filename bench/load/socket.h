// Non-blocking TCP sockets on IPv4, which close themselves.
#pragma once

#include "base/result.h"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace bifrost::bench {

class Socket {
 public:
  Socket() = default;
  explicit Socket(int fd) : fd_(fd) {}
  ~Socket() { close(); }
  Socket(Socket&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Socket& operator=(Socket&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  Socket(const Socket&) = delete;
  Socket& operator=(const Socket&) = delete;

  // Port 0 lets the kernel choose; see `local_port`.
  static Result<Socket> listen(const std::string& host, std::uint16_t port);
  // Begins to connect: ready for writing when it has, or has not, worked.
  static Result<Socket> connect(const std::string& host, std::uint16_t port);
  // The next connection that waits; an empty socket when there is none.
  [[nodiscard]] Socket accept() const;

  [[nodiscard]] bool open() const { return fd_ >= 0; }
  [[nodiscard]] int fd() const { return fd_; }
  [[nodiscard]] std::uint16_t local_port() const;
  // Did connecting work?
  [[nodiscard]] bool connected() const;
  void close();

  // Bytes moved. 0: would block. Below 0: the connection is over.
  [[nodiscard]] std::ptrdiff_t write(std::string_view bytes) const;
  [[nodiscard]] std::ptrdiff_t read(std::span<char> into) const;

 private:
  int fd_ = -1;
};

// As many descriptors as the system lets this process have.
void raise_descriptor_limit();

}  // namespace bifrost::bench
