// One connected socket, with or without TLS.
//
// At most one reader and one writer wait at a time. Belongs to one loop's thread. Errors carry
// kUpstreamConnect with Retry::kSameTarget; who the peer was, and so whose fault it is, the caller
// knows better.
#pragma once

#include "base/descriptor.h"
#include "base/result.h"
#include "net/address.h"
#include "net/call_scope.h"
#include "net/loop.h"
#include "net/task.h"
#include "net/tls.h"

#include <array>
#include <cstddef>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace bifrost::net {

// How long a peer may take nothing of what is written, however long all of it takes; zero: for
// ever. What the kernel hands over counts, so a slow peer is told from one that does not read.
struct Silence {
  std::chrono::nanoseconds limit{};
  const CallScope::Expiry* then = nullptr;  // outlives the wait
};

class Stream final : private FdHandler {
 public:
  // Takes a connected, non-blocking socket.
  Stream(Loop& loop, Descriptor socket);
  ~Stream() override;
  Stream(const Stream&) = delete;
  Stream& operator=(const Stream&) = delete;

  // Fails with kUpstreamConnect, and with kBusy where it is this machine that has no socket left.
  static Task<Result<std::unique_ptr<Stream>>> connect(CallScope& scope, const Address& address);

  // Speaks TLS from here on. `server_name` is empty on the server's side.
  Task<Result<void>> start_tls(CallScope& scope, std::shared_ptr<const TlsContext> context,
                               std::string server_name);

  // Waits for at least one byte; 0 means that the peer has closed.
  Task<Result<std::size_t>> read(CallScope& scope, std::span<char> into);

  // What one write takes: both in one system call when the socket takes them.
  using Pieces = std::array<std::string_view, 2>;

  // Writes both. They outlive the wait.
  Task<Result<void>> write(CallScope& scope, std::string_view bytes, std::string_view more = {},
                           Silence silence = {});

  // The same up to where the socket is full and the peer has sent something, or closed: then it
  // should be listened to. False when so; `left` is what was not written.
  Task<Result<bool>> write_while_quiet(CallScope& scope, Pieces& left);

  // Takes bytes without waiting, for a sign of life from a timer's callback. What the socket does
  // not take goes out before the next write. False, and nothing happened, when the peer is slow:
  // someone waits to write, or earlier bytes still wait.
  bool write_now(std::string_view bytes);

  // Has nothing arrived that nobody has read? Asks the kernel only when there may be something.
  [[nodiscard]] bool quiet();

  // Has the peer closed, as far as the kernel knows?
  [[nodiscard]] bool peer_closed() const { return peer_closed_; }
  // Called once, when the peer closes while nobody reads; at once if it already has.
  void on_peer_closed(std::move_only_function<void()> call);
  void forget_peer_closed() { peer_closed_call_ = nullptr; }

  // Sends no more; the peer sees the end.
  void shutdown_write();

  [[nodiscard]] bool encrypted() const { return ssl_ != nullptr; }
  [[nodiscard]] Result<Address> peer() const;

 private:
  void on_events(std::uint32_t events) override;

  Task<Result<void>> write_pending_and(CallScope& scope, Pieces pieces, Silence silence);
  Task<Result<void>> write_all(CallScope& scope, Pieces pieces, Silence silence);
  Result<bool> write_some(CallScope& scope, Pieces& left);
  Task<Result<void>> wait_writable(CallScope& scope, Silence silence);
  [[nodiscard]] int unacknowledged() const;

  // One attempt. Bytes moved; kWouldBlock or kFailed below zero.
  static constexpr std::ptrdiff_t kWouldBlock = -1;
  static constexpr std::ptrdiff_t kFailed = -2;
  std::ptrdiff_t try_read(std::span<char> into);
  std::ptrdiff_t try_write(const Pieces& pieces);
  std::ptrdiff_t try_write_tls(const Pieces& pieces);
  std::ptrdiff_t tls_outcome(int result);
  Error failure(std::string_view doing) const;

  Loop& loop_;
  Descriptor socket_;
  ssl_st* ssl_ = nullptr;
  std::shared_ptr<const TlsContext> tls_;
  std::string failure_;  // why the last attempt failed
  std::string pending_;  // taken by write_now, not yet sent
  WaitSlot reader_;
  WaitSlot writer_;
  bool readable_ = true;  // the kernel may have bytes for us
  bool writable_ = true;
  bool writer_listens_ = false;   // it is woken too when there is something to read
  bool tls_wants_write_ = false;  // a TLS read cannot go on before the socket takes bytes
  bool peer_closed_ = false;
  std::move_only_function<void()> peer_closed_call_;
};

}  // namespace bifrost::net
