// Two streams that are connected with each other, and what a test does at the far end. For tests.
#pragma once

#include "base/assert.h"
#include "net/stream.h"
#include "net/task_group.h"

#include <array>
#include <memory>
#include <string>
#include <string_view>
#include <sys/socket.h>

namespace bifrost::net {

struct StreamPair {
  std::unique_ptr<Stream> near;
  std::unique_ptr<Stream> far;
};

// The kernel holds about `buffer_bytes` in each direction; then writers wait.
inline StreamPair stream_pair(Loop& loop, int buffer_bytes = 16 * 1024) {
  std::array<int, 2> fds{};
  const int failed =
      ::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, fds.data());
  BF_ASSERT(failed == 0);
  for (const int fd : fds) {
    ::setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &buffer_bytes, sizeof buffer_bytes);
  }
  return {std::make_unique<Stream>(loop, Descriptor(fds[0])),
          std::make_unique<Stream>(loop, Descriptor(fds[1]))};
}

// Everything up to the end, however it ends.
inline Task<std::string> read_to_end(CallScope& scope, Stream& stream) {
  std::string all;
  std::array<char, 4096> buffer{};
  while (true) {
    auto got = co_await stream.read(scope, buffer);
    if (!got || *got == 0) co_return all;
    all.append(buffer.data(), *got);
  }
}

// Up to and including the text, or to the end when it does not come.
inline Task<std::string> read_until(CallScope& scope, Stream& stream, std::string_view text) {
  std::string all;
  std::array<char, 1> byte{};
  while (!all.ends_with(text)) {
    auto got = co_await stream.read(scope, byte);
    if (!got || *got == 0) break;
    all += byte[0];
  }
  co_return all;
}

}  // namespace bifrost::net
