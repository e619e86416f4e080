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

#include <list>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace bifrost::client {

class Pool;

// The connections to one origin that wait for a call, the one used last at the end. Lists, so that
// one goes from the shelf to a call and back without memory being needed for it.
struct Shelf {
  struct Kept {
    Kept(std::unique_ptr<net::Stream> stream, std::span<char> scratch, SteadyTime opened,
         telemetry::Gauge& open)
        : connection(std::move(stream), scratch, opened, open) {}
    Connection connection;
    SteadyTime since{};  // it waits
  };
  std::shared_ptr<const Origin> origin;
  std::list<Kept> idle = {};
};

// A connection that is in use. Goes back to the pool when its answer was read to the end, else it
// is closed: that is how a call is cancelled.
class Lease {
 public:
  Lease(Lease&& other) noexcept = default;
  Lease& operator=(Lease&&) = delete;
  Lease(const Lease&) = delete;
  ~Lease();

  [[nodiscard]] Connection& connection() { return taken_.front().connection; }
  [[nodiscard]] bool reused() const { return reused_; }

 private:
  friend class Pool;
  Lease(Pool& pool, std::shared_ptr<Shelf> shelf, std::list<Shelf::Kept> taken, bool reused)
      : pool_(&pool), shelf_(std::move(shelf)), taken_(std::move(taken)), reused_(reused) {}
  Pool* pool_;
  std::shared_ptr<Shelf> shelf_;  // where it came from
  std::list<Shelf::Kept> taken_;  // one; none when moved from
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
  net::Task<Result<Lease>> acquire(net::CallScope& scope, std::shared_ptr<const Origin> origin,
                                   bool fresh);
  net::Task<Result<std::unique_ptr<net::Stream>>> connect(net::CallScope& scope,
                                                          const Origin& origin);
  net::Task<Result<std::unique_ptr<net::Stream>>> connect_tcp(net::CallScope& scope,
                                                              const Origin& origin);
  std::shared_ptr<Shelf> shelf_of(const std::shared_ptr<const Origin>& origin);
  // Keeps a connection for the next call, unless it is too old.
  void give_back(Shelf& shelf, std::list<Shelf::Kept>& taken) noexcept;
  void fire() override;  // closes what was idle for too long

  net::Loop& loop_;
  net::Resolver& resolver_;
  telemetry::Gauge& open_;
  std::vector<char> scratch_;
  // By the address of the origin: one configuration makes one origin per endpoint.
  std::unordered_map<const Origin*, std::shared_ptr<Shelf>> shelves_;
};

}  // namespace bifrost::client
