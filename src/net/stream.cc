#include "net/stream.h"

#include "base/assert.h"
#include "net/shortage.h"

#include <openssl/err.h>
#include <openssl/ssl.h>

#include <algorithm>
#include <cerrno>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <system_error>
#include <unistd.h>
#include <utility>

namespace bifrost::net {
namespace {

std::string system_message(int code) { return std::generic_category().message(code); }

Error connection_error(std::string message) {
  return upstream_error(ErrorCode::kUpstreamConnect, Retry::kSameTarget, std::move(message));
}

Error no_socket(int code) {
  if (!is_shortage(code)) return connection_error("no socket: " + system_message(code));
  return shortage_error("the gateway cannot open another connection", system_message(code));
}

}  // namespace

Stream::Stream(Loop& loop, Descriptor socket) : loop_(loop), socket_(std::move(socket)) {
  const int on = 1;
  ::setsockopt(socket_.number(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  loop_.watch(socket_.number(), *this);
}

Stream::~Stream() {
  BF_DCHECK(!reader_.waiting() && !writer_.waiting());
  if (ssl_ != nullptr) {
    SSL_shutdown(ssl_);  // says goodbye if that goes without waiting
    ERR_clear_error();
    SSL_free(ssl_);
  }
}

Task<Result<std::unique_ptr<Stream>>> Stream::connect(CallScope& scope, const Address& address) {
  Descriptor socket(
      ::socket(address.storage.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (socket.number() < 0) co_return no_socket(errno);
  if (scope.loop().is_beyond(socket.number())) co_return no_socket(EMFILE);
  if (::connect(socket.number(), address.raw(), address.size) != 0 && errno != EINPROGRESS) {
    const std::string why = system_message(errno);
    co_return connection_error("cannot connect to " + address.text() + ": " + why);
  }
  auto stream = std::make_unique<Stream>(scope.loop(), std::move(socket));
  // Writable means decided; the error, if any, is kept for us.
  stream->writable_ = false;
  while (!stream->writable_) {
    co_await scope.wait(stream->writer_);
    if (auto interruption = scope.interruption()) co_return *std::move(interruption);
  }
  int code = 0;
  socklen_t size = sizeof code;
  ::getsockopt(stream->socket_.number(), SOL_SOCKET, SO_ERROR, &code, &size);
  if (code != 0) {
    co_return connection_error("cannot connect to " + address.text() + ": " + system_message(code));
  }
  stream->readable_ = false;
  co_return std::move(stream);
}

Task<Result<void>> Stream::start_tls(CallScope& scope, std::shared_ptr<const TlsContext> context,
                                     std::string server_name) {
  BF_ASSERT(ssl_ == nullptr);
  tls_ = std::move(context);
  ssl_ = tls_->open(socket_.number(), server_name);
  if (ssl_ == nullptr) co_return connection_error("no TLS state: " + tls_failure());
  readable_ = true;
  while (true) {
    ERR_clear_error();
    const int result = SSL_do_handshake(ssl_);
    if (result == 1) co_return Result<void>();
    if (tls_outcome(result) != kWouldBlock) {
      const long verdict = SSL_get_verify_result(ssl_);
      if (verdict != X509_V_OK) failure_ = X509_verify_cert_error_string(verdict);
      co_return failure("TLS handshake failed");
    }
    co_await scope.wait(tls_wants_write_ ? writer_ : reader_);
    if (auto interruption = scope.interruption()) co_return *std::move(interruption);
  }
}

Task<Result<std::size_t>> Stream::read(CallScope& scope, std::span<char> into) {
  if (scope.turn_is_over()) {
    co_await scope.next_turn();
    if (auto interruption = scope.interruption()) co_return *std::move(interruption);
  }
  while (true) {
    // TLS may hold bytes that the kernel has given already.
    if (readable_ || (ssl_ != nullptr && SSL_pending(ssl_) > 0)) {
      const std::ptrdiff_t got = try_read(into);
      if (got >= 0) {
        scope.moved(static_cast<std::size_t>(got));
        co_return static_cast<std::size_t>(got);
      }
      if (got == kFailed) co_return failure("the connection broke");
    }
    co_await scope.wait(tls_wants_write_ ? writer_ : reader_);
    if (auto interruption = scope.interruption()) co_return *std::move(interruption);
  }
}

bool Stream::quiet() {
  if (!readable_) return ssl_ == nullptr || SSL_pending(ssl_) == 0;
  char byte = 0;
  if (ssl_ != nullptr) {
    ERR_clear_error();
    const int got = SSL_peek(ssl_, &byte, 1);
    return got <= 0 && tls_outcome(got) == kWouldBlock;
  }
  if (::recv(socket_.number(), &byte, 1, MSG_PEEK) >= 0 || errno != EAGAIN) return false;
  readable_ = false;
  return true;
}

void Stream::on_peer_closed(std::move_only_function<void()> call) {
  peer_closed_call_ = std::move(call);
  if (peer_closed_ && peer_closed_call_) std::exchange(peer_closed_call_, nullptr)();
}

Result<Address> Stream::peer() const {
  Address address;
  address.size = sizeof address.storage;
  auto* raw = reinterpret_cast<sockaddr*>(&address.storage);  // NOLINT: what the system call takes
  if (::getpeername(socket_.number(), raw, &address.size) != 0) {
    return connection_error("no peer: " + system_message(errno));
  }
  return address;
}

void Stream::on_events(std::uint32_t events) {
  if ((events & (EPOLLRDHUP | EPOLLHUP | EPOLLERR)) != 0) peer_closed_ = true;
  if ((events & (EPOLLIN | EPOLLRDHUP | EPOLLHUP | EPOLLERR)) != 0) {
    readable_ = true;
    loop_.wake(reader_);
    if (writer_listens_) loop_.wake(writer_);
  }
  if ((events & (EPOLLOUT | EPOLLHUP | EPOLLERR)) != 0) {
    writable_ = true;
    loop_.wake(writer_);
  }
  if (peer_closed_ && peer_closed_call_) std::exchange(peer_closed_call_, nullptr)();
}

std::ptrdiff_t Stream::try_read(std::span<char> into) {
  if (ssl_ != nullptr) {
    ERR_clear_error();
    const int wanted = static_cast<int>(std::min<std::size_t>(into.size(), 1U << 30U));
    const int got = SSL_read(ssl_, into.data(), wanted);
    tls_wants_write_ = false;
    return got > 0 ? got : tls_outcome(got);
  }
  ssize_t got = 0;
  do {
    got = ::recv(socket_.number(), into.data(), into.size(), 0);
  } while (got < 0 && errno == EINTR);
  if (got < 0) {
    if (errno == EAGAIN) {
      readable_ = false;
      return kWouldBlock;
    }
    failure_ = system_message(errno);
    return kFailed;
  }
  // A short read has drained the socket: the next byte raises the next edge. After a close there
  // is no further edge, and the end must still be read.
  if (static_cast<std::size_t>(got) < into.size() && !peer_closed_) readable_ = false;
  return got;
}

std::ptrdiff_t Stream::tls_outcome(int result) {
  switch (SSL_get_error(ssl_, result)) {
    case SSL_ERROR_WANT_READ:
      tls_wants_write_ = false;
      readable_ = false;
      return kWouldBlock;
    case SSL_ERROR_WANT_WRITE:
      tls_wants_write_ = true;
      writable_ = false;
      return kWouldBlock;
    case SSL_ERROR_ZERO_RETURN:
      peer_closed_ = true;
      return 0;
    case SSL_ERROR_SYSCALL:
      failure_ = errno != 0 ? system_message(errno) : "closed without notice";
      return kFailed;
    default:
      failure_ = tls_failure();
      return kFailed;
  }
}

Error Stream::failure(std::string_view doing) const {
  std::string message(doing);
  if (!failure_.empty()) message += ": " + failure_;
  return connection_error(std::move(message));
}

}  // namespace bifrost::net
