#include "net/listener.h"

#include "base/log.h"
#include "base/try.h"
#include "net/shortage.h"

#include <cerrno>
#include <chrono>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <system_error>
#include <unistd.h>
#include <utility>

namespace bifrost::net {
namespace {

constexpr int kBacklog = 4096;
constexpr auto kShortagePause = std::chrono::milliseconds(100);

Error listen_error(const Address& address, int code) {
  return gateway_error(ErrorCode::kConfigInvalid, "cannot listen on " + address.text() + ": " +
                                                      std::generic_category().message(code));
}

enum class Port : std::uint8_t { kShared, kAlone };

// The descriptor of a socket that is bound to the address.
Result<int> bound_socket(const Address& address, Port port) {
  const int fd = ::socket(address.storage.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd < 0) return listen_error(address, errno);
  const int on = 1;
  ::setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (port == Port::kShared) ::setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &on, sizeof on);
  if (::bind(fd, address.raw(), address.size) == 0) return fd;
  const int code = errno;
  ::close(fd);
  return listen_error(address, code);
}

}  // namespace

Listener::Listener(Loop& loop, int fd, const Address& address)
    : loop_(loop), fd_(fd), address_(address) {
  loop_.watch(fd_, *this);
}

Listener::~Listener() { ::close(fd_); }

Result<void> Listener::check_free(const Address& address) {
  BF_TRY(const int fd, bound_socket(address, Port::kAlone));
  ::close(fd);
  return {};
}

Result<std::unique_ptr<Listener>> Listener::open(Loop& loop, const Address& address) {
  BF_TRY(const int fd, bound_socket(address, Port::kShared));
  Address bound = address;
  bound.size = sizeof bound.storage;
  auto* raw = reinterpret_cast<sockaddr*>(&bound.storage);  // NOLINT: what the system call takes
  if (::listen(fd, kBacklog) != 0 || ::getsockname(fd, raw, &bound.size) != 0) {
    const int code = errno;
    ::close(fd);
    return listen_error(address, code);
  }
  return std::unique_ptr<Listener>(new Listener(loop, fd, bound));  // NOLINT: private constructor
}

Task<Result<std::unique_ptr<Stream>>> Listener::accept(CallScope& scope) {
  while (true) {
    if (scope.turn_is_over()) co_await scope.next_turn();
    if (auto interruption = scope.interruption()) co_return *std::move(interruption);
    if (ready_) {
      Descriptor socket(take());
      if (socket.number() >= 0) {
        scope.moved(0);
        co_return std::make_unique<Stream>(loop_, std::move(socket));
      }
      if (is_shortage(errno)) {
        log_shortage(errno);
        auto slept = co_await sleep_for(scope, kShortagePause);
        if (!slept) co_return std::move(slept).error();
        continue;
      }
      // A connection that was given up before we took it is no reason to stop.
      if (errno != EAGAIN) continue;
      ready_ = false;
    }
    co_await scope.wait(acceptor_);
  }
}

// The descriptor of the next connection; below zero there is none, and `errno` says why. The spare
// one is taken where no other is left. Another thread may be faster in taking it: then this is a
// shortage like any other.
int Listener::take() {
  if (!spare_) {
    if (const int spare = ::eventfd(0, EFD_CLOEXEC); spare >= 0) spare_.emplace(spare);
  }
  const auto accept = [this] {
    return ::accept4(fd_, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
  };
  int socket = accept();
  last_is_beyond_ = loop_.is_beyond(socket);
  if (socket < 0 && (errno == EMFILE || errno == ENFILE) && spare_) {
    spare_.reset();
    socket = accept();
    last_is_beyond_ = socket >= 0;
  }
  if (last_is_beyond_) log_shortage(EMFILE);
  return socket;
}

void Listener::log_shortage(int code) {
  const std::size_t times = pace_.next(loop_.now());
  if (times == 0) return;
  BF_LOG(kWarn, "net", "cannot accept more connections",
         {"why", std::generic_category().message(code)}, {"times", times});
}

void Listener::on_events(std::uint32_t /*events*/) {
  ready_ = true;
  loop_.wake(acceptor_);
}

}  // namespace bifrost::net
