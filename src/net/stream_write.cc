// The writing half of Stream.

#include "base/assert.h"
#include "base/try.h"
#include "net/stream.h"

#include <openssl/err.h>
#include <openssl/ssl.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <linux/sockios.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <system_error>
#include <utility>

namespace bifrost::net {
namespace {

bool done(const Stream::Pieces& left) { return left[0].empty() && left[1].empty(); }

void take_off(Stream::Pieces& left, std::size_t bytes) {
  for (std::string_view& piece : left) {
    const std::size_t part = std::min(bytes, piece.size());
    piece.remove_prefix(part);
    bytes -= part;
  }
}

}  // namespace

Task<Result<void>> Stream::write(CallScope& scope, std::string_view bytes, std::string_view more,
                                 Silence silence) {
  const Pieces pieces = {bytes, more};
  if (pending_.empty()) return write_all(scope, pieces, silence);
  return write_pending_and(scope, pieces, silence);
}

Task<Result<void>> Stream::write_pending_and(CallScope& scope, Pieces pieces, Silence silence) {
  const std::string pending = std::exchange(pending_, {});
  auto sent = co_await write_all(scope, {pending}, silence);
  if (!sent) co_return sent;
  co_return co_await write_all(scope, pieces, silence);
}

// Bytes that the peer's kernel has not taken yet.
int Stream::unacknowledged() const {
  int bytes = 0;
  ::ioctl(socket_.number(), SIOCOUTQ, &bytes);
  return bytes;
}

// The kernel says that there is room only once much of what it holds is gone: a slow peer may need
// longer for that than it may be silent.
Task<Result<void>> Stream::wait_writable(CallScope& scope, Silence silence) {
  if (silence.limit.count() <= 0) {
    co_await scope.wait(writer_);
    if (auto interruption = scope.interruption()) co_return *std::move(interruption);
    co_return Result<void>();
  }
  for (int held = unacknowledged();;) {
    bool silent = false;
    {
      const CallScope::Deadline patience(scope, silence.limit, *silence.then);
      co_await scope.wait(writer_);
      silent = patience.expired();
    }
    if (auto interruption = scope.interruption()) co_return *std::move(interruption);
    if (!silent || writable_) co_return Result<void>();
    const int still_held = unacknowledged();
    if (still_held >= held) co_return silence.then->error();
    held = still_held;
  }
}

// What the socket takes at once is taken off; false: it took nothing, it is full.
Result<bool> Stream::write_some(CallScope& scope, Pieces& left) {
  const std::ptrdiff_t sent = try_write(left);
  if (sent == kFailed) return failure("the connection broke");
  if (sent == kWouldBlock) return false;
  scope.moved(static_cast<std::size_t>(sent));
  take_off(left, static_cast<std::size_t>(sent));
  return true;
}

Task<Result<void>> Stream::write_all(CallScope& scope, Pieces left, Silence silence) {
  while (!done(left)) {
    if (scope.turn_is_over()) {
      co_await scope.next_turn();
      if (auto interruption = scope.interruption()) co_return *std::move(interruption);
    }
    BF_CO_TRY(const bool took, write_some(scope, left));
    if (took) continue;
    writable_ = false;
    BF_CO_TRY_VOID(co_await wait_writable(scope, silence));
  }
  co_return Result<void>();
}

Task<Result<bool>> Stream::write_while_quiet(CallScope& scope, Pieces& left) {
  BF_DCHECK(pending_.empty());
  while (!done(left)) {
    if (scope.turn_is_over()) {
      co_await scope.next_turn();
      if (auto interruption = scope.interruption()) co_return *std::move(interruption);
    }
    BF_CO_TRY(const bool took, write_some(scope, left));
    if (took) continue;
    if (!quiet()) co_return false;
    writable_ = false;
    writer_listens_ = true;
    co_await scope.wait(writer_);
    writer_listens_ = false;
    if (auto interruption = scope.interruption()) co_return *std::move(interruption);
  }
  co_return true;
}

bool Stream::write_now(std::string_view bytes) {
  if (writer_.waiting() || !pending_.empty() || !writable_) return false;
  std::string rest(bytes);  // before anything is sent: then nothing may fail any more
  const std::ptrdiff_t sent = try_write({bytes});
  if (sent == kFailed) return false;
  rest.erase(0, static_cast<std::size_t>(std::max<std::ptrdiff_t>(sent, 0)));
  pending_ = std::move(rest);
  if (!pending_.empty()) writable_ = false;
  return true;
}

void Stream::shutdown_write() {
  if (ssl_ != nullptr) {
    SSL_shutdown(ssl_);
    ERR_clear_error();
  }
  ::shutdown(socket_.number(), SHUT_WR);
}

std::ptrdiff_t Stream::try_write(const Pieces& pieces) {
  if (ssl_ != nullptr) return try_write_tls(pieces);
  std::array<iovec, std::tuple_size_v<Pieces>> parts{};
  std::size_t count = 0;
  for (const std::string_view piece : pieces) {
    if (piece.empty()) continue;
    parts[count].iov_base = const_cast<char*>(piece.data());  // NOLINT: it is only read
    parts[count].iov_len = piece.size();
    ++count;
  }
  msghdr message{};
  message.msg_iov = parts.data();
  message.msg_iovlen = count;
  ssize_t sent = 0;
  do {
    sent = ::sendmsg(socket_.number(), &message, MSG_NOSIGNAL);
  } while (sent < 0 && errno == EINTR);
  if (sent >= 0) return sent;
  if (errno == EAGAIN) return kWouldBlock;
  failure_ = std::generic_category().message(errno);
  return kFailed;
}

// One TLS record for two small pieces: each SSL_write would be a record and a system call.
std::ptrdiff_t Stream::try_write_tls(const Pieces& pieces) {
  constexpr std::size_t kRecordBytes = 16 * 1024;
  ERR_clear_error();
  std::string_view bytes = pieces[0].empty() ? pieces[1] : pieces[0];
  std::string joined;
  if (!pieces[0].empty() && !pieces[1].empty() && bytes.size() < kRecordBytes) {
    joined = pieces[0];
    joined += pieces[1].substr(0, kRecordBytes - joined.size());
    bytes = joined;
  }
  const int sent = SSL_write(ssl_, bytes.data(),
                             static_cast<int>(std::min<std::size_t>(bytes.size(), 1U << 30U)));
  return sent > 0 ? sent : tls_outcome(sent);
}

}  // namespace bifrost::net
