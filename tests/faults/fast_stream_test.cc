// A stream for which nobody ever has to wait, and somebody else on the same worker.
//
// All of it is on one thread: what the kernel holds when the worker has its turn is known, and how
// much of it goes before the other one is counted in bytes.
#include "net/loop_fixture.h"
#include "net/pair_fixture.h"
#include "tests/faults/whole_worker.h"
#include "tests/integration/config_text.h"
#include "tests/integration/wire_samples.h"
#include "tests/support/transport.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <fcntl.h>
#include <memory>
#include <string>
#include <string_view>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

namespace bifrost::test {
namespace {

using net::CallScope;
using net::Task;
using ::testing::HasSubstr;

constexpr int kBufferBytes = 4 * 1024 * 1024;       // or as much as the system allows
constexpr std::size_t kWaitingMin = 300'000;        // of the stream, when the other one comes
constexpr std::size_t kRelayedMax = 3 * 64 * 1024;  // before the other one: a few turns' worth

std::string chunk(std::string_view bytes) {
  return fmt::format("{:x}\r\n{}\r\n", bytes.size(), bytes);
}

// A caller whose kernel takes much before he reads any of it.
class Caller {
 public:
  Caller(net::Loop& loop, std::uint16_t port)
      : socket_(connect_to_loopback(port, kBufferBytes)),
        stream_(loop, Descriptor(::dup(socket_.number()))) {
    ::fcntl(socket_.number(), F_SETFL, O_NONBLOCK);
  }
  [[nodiscard]] net::Stream& stream() { return stream_; }
  [[nodiscard]] std::size_t unread() const {
    int bytes = 0;
    EXPECT_EQ(::ioctl(socket_.number(), FIONREAD, &bytes), 0);
    return static_cast<std::size_t>(bytes);
  }

 private:
  Descriptor socket_;
  net::Stream stream_;
};

// A provider whose kernel takes much before it is sent.
class FastProvider {
 public:
  FastProvider() : listener_(listen_on_loopback()) {
    ::setsockopt(listener_.number(), SOL_SOCKET, SO_SNDBUF, &kBufferBytes, sizeof kBufferBytes);
    ::fcntl(listener_.number(), F_SETFL, O_NONBLOCK);
  }
  [[nodiscard]] std::string url() const {
    return fmt::format("http://127.0.0.1:{}", port_of(listener_));
  }
  // Waits for a request, and begins to answer it.
  Task<void> begin(CallScope& scope) {
    int socket = -1;
    while ((socket = accept()) < 0) co_await scope.next_turn();
    stream_ = std::make_unique<net::Stream>(scope.loop(), Descriptor(socket));
    co_await net::read_until(scope, *stream_, R"("Hi"}]})");
    EXPECT_TRUE(
        stream_->write_now("HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n"
                           "transfer-encoding: chunked\r\n\r\n" +
                           chunk(unified().events[0]) + chunk(unified().events[1])));
  }
  // Without a wait, as much as the kernel takes.
  std::size_t send_as_much_as_goes() {
    const std::string event = chunk(unified().events[1]);
    std::size_t bytes = 0;
    while (bytes < std::size_t{kBufferBytes} && stream_->write_now(event)) bytes += event.size();
    return bytes;
  }

 private:
  [[nodiscard]] int accept() const {
    return ::accept4(listener_.number(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
  }

  Descriptor listener_;
  std::unique_ptr<net::Stream> stream_;
};

std::string one_provider(const std::string& url) {
  return config_text({.providers = {{.url = url}}});
}

Task<std::string> ask_health(CallScope& scope, net::Stream& caller) {
  EXPECT_TRUE(caller.write_now("GET /health HTTP/1.1\r\nhost: localhost\r\n\r\n"));
  std::array<char, 4096> answer{};
  auto got = co_await caller.read(scope, answer);
  EXPECT_TRUE(got);
  co_return std::string(answer.data(), got ? *got : 0);
}

Task<void> ask_beside_a_stream(CallScope& scope, WholeWorker& worker, FastProvider& provider) {
  {
    Caller caller(scope.loop(), worker.port());
    Caller other(scope.loop(), worker.port());
    EXPECT_THAT(co_await ask_health(scope, other.stream()), HasSubstr("200 OK"));
    const std::string& body = unified().stream_request;
    EXPECT_TRUE(caller.stream().write_now(
        fmt::format("POST {} HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n"
                    "content-length: {}\r\n\r\n{}",
                    unified().stream_path, body.size(), body)));
    co_await provider.begin(scope);
    co_await net::read_until(scope, caller.stream(), "Hel");
    const std::size_t before = caller.unread();

    // The worker finds both ready at once, the stream first.
    EXPECT_GT(provider.send_as_much_as_goes(), kWaitingMin);
    EXPECT_THAT(co_await ask_health(scope, other.stream()), HasSubstr("200 OK"));
    EXPECT_LT(caller.unread() - before, kRelayedMax);
  }
  worker.drain();
  co_await worker.drained(scope);
}

TEST(FastStream, LeavesTheOthersOfItsWorkerTheirTurns) {
  FastProvider provider;
  WholeWorker worker(one_provider(provider.url()));
  net::run_on(worker.loop(),
              [&](CallScope& scope) { return ask_beside_a_stream(scope, worker, provider); });
}

}  // namespace
}  // namespace bifrost::test
