// A listening socket of one worker. Workers share a port: the kernel spreads the connections.
#pragma once

#include "base/descriptor.h"
#include "base/log_pace.h"
#include "base/result.h"
#include "net/address.h"
#include "net/call_scope.h"
#include "net/loop.h"
#include "net/stream.h"
#include "net/task.h"

#include <memory>
#include <optional>

namespace bifrost::net {

class Listener final : private FdHandler {
 public:
  // Fails with kConfigInvalid when somebody listens there already. Listeners that share a port do
  // not notice each other, so a second gateway would take half of the first one's connections.
  static Result<void> check_free(const Address& address);

  // Port 0 lets the kernel choose; see `address`. Fails with kConfigInvalid when the address is
  // not ours, or taken by somebody who does not share it.
  static Result<std::unique_ptr<Listener>> open(Loop& loop, const Address& address);
  ~Listener() override;
  Listener(const Listener&) = delete;
  Listener& operator=(const Listener&) = delete;

  // Waits for the next connection. A shortage of memory is waited out here.
  Task<Result<std::unique_ptr<Stream>>> accept(CallScope& scope);
  // Is there no descriptor for the connection that was accepted last? It has one that is kept for
  // this: tell its caller, and close it before the next wait. Left in the kernel's queue it would
  // hang there, and its caller with it.
  [[nodiscard]] bool last_is_beyond() const { return last_is_beyond_; }

  [[nodiscard]] const Address& address() const { return address_; }

 private:
  Listener(Loop& loop, int fd, const Address& address);
  void on_events(std::uint32_t events) override;
  int take();
  void log_shortage(int code);

  Loop& loop_;
  int fd_;
  Address address_;
  bool ready_ = true;
  std::optional<Descriptor> spare_;  // to be given away where there is no other
  bool last_is_beyond_ = false;
  LogPace pace_;
  WaitSlot acceptor_;
};

}  // namespace bifrost::net
