// Connections of one worker, kept alive between calls.
//
// The most recently used one is taken first, so that a burst's connections age and close. Belongs
// to one loop's thread.
#pragma once

#include "base/result.h"
#include "client/connection.h"
#include "client/transport.h"
#include "net/loop.h"
#include "net/resolver.h"

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace bifrost::client {

class Pool;

// A connection that is in use. Goes back to the pool when its answer was read to the end, else it
// is closed: that is how a call is cancelled.
class Lease {
 public:
  Lease(Lease&& other) noexcept;
  Lease& operator=(Lease&&) = delete;
  Lease(const Lease&) = delete;
  ~Lease();

  [[nodiscard]] Connection& connection() { return *connection_; }
  [[nodiscard]] bool reused() const { return reused_; }

 private:
  friend class Pool;
  Lease(Pool& pool, std::shared_ptr<const Origin> origin, std::unique_ptr<Connection> connection,
        bool reused);
  Pool* pool_;
  std::shared_ptr<const Origin> origin_;
  std::unique_ptr<Connection> connection_;
  bool reused_;
};

class Pool final : public Transport, private net::Timer {
 public:
  // References outlive the pool. `open` counts the connections, idle ones too.
  Pool(net::Loop& loop, net::Resolver& resolver, telemetry::Gauge& open);
  ~Pool() override;

  // A reused connection that turns out to be closed is replaced by a fresh one, once.
  net::Task<Result<Response>> send(net::CallScope& scope, std::shared_ptr<const Origin> origin,
                                   const Request& request) override;

  // Closes what is idle.
  void clear();
  [[nodiscard]] std::size_t idle() const;

 private:
  friend class Lease;
  struct Idle {
    std::unique_ptr<Connection> connection;
    SteadyTime since;
  };
  struct Shelf {
    std::shared_ptr<const Origin> origin;
    std::vector<Idle> idle;
  };

  net::Task<Result<Lease>> acquire(net::CallScope& scope, std::shared_ptr<const Origin> origin,
                                   bool fresh);
  net::Task<Result<std::unique_ptr<net::Stream>>> connect(net::CallScope& scope,
                                                          const Origin& origin);
  net::Task<Result<std::unique_ptr<net::Stream>>> connect_tcp(net::CallScope& scope,
                                                              const Origin& origin);
  // Keeps a connection for the next call, unless it is too old.
  void give_back(std::shared_ptr<const Origin> origin, std::unique_ptr<Connection> connection);
  void fire() override;  // closes what was idle for too long

  net::Loop& loop_;
  net::Resolver& resolver_;
  telemetry::Gauge& open_;
  std::vector<char> scratch_;
  // By the address of the origin: one configuration makes one origin per endpoint.
  std::unordered_map<const Origin*, Shelf> shelves_;
};

}  // namespace bifrost::client
