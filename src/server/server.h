// Accepts connections on one worker and keeps their sessions.
#pragma once

#include "net/listener.h"
#include "net/task_group.h"
#include "net/tls.h"
#include "overload/refusals.h"
#include "server/address_limits.h"
#include "server/handler.h"
#include "server/session.h"
#include "server/settings.h"

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <list>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

namespace bifrost::server {

// Connections of the whole process, shared by its workers.
class ConnectionCount {
 public:
  // One connection, counted for as long as it lives.
  class Place {
   public:
    Place(Place&& other) noexcept : count_(std::exchange(other.count_, nullptr)) {}
    Place& operator=(Place&&) = delete;
    Place(const Place&) = delete;
    ~Place() {
      if (count_ != nullptr) count_->open_.fetch_sub(1, std::memory_order_relaxed);
    }

   private:
    friend class ConnectionCount;
    explicit Place(ConnectionCount& count) : count_(&count) {}
    ConnectionCount* count_;
  };

  // There are so many places at most, whatever is asked for. Set before anybody enters.
  void set_places_max(std::size_t places) { places_max_ = places; }
  // How many there are where so many are wanted.
  [[nodiscard]] std::size_t places(std::int64_t wanted) const {
    return std::min(static_cast<std::size_t>(wanted), places_max_);
  }
  // Nothing when all of them are taken.
  [[nodiscard]] std::optional<Place> enter(std::int64_t wanted);
  [[nodiscard]] std::size_t open() const { return open_.load(std::memory_order_relaxed); }

 private:
  std::atomic<std::size_t> open_{0};
  std::size_t places_max_ = std::numeric_limits<std::size_t>::max();
};

// Who is connected to one port, shared by the servers of all workers.
struct Callers {
  explicit Callers(overload::Refusals& counted) : refusals(counted) {}

  ConnectionCount connections;
  AddressTable addresses;
  overload::Refusals& refusals;
};

class Server {
 public:
  // All references outlive the server.
  Server(net::Loop& loop, std::unique_ptr<net::Listener> listener, Handler& handler,
         Callers& callers);

  // Used for connections accepted from now on, and the limits of addresses for requests too; `tls`
  // and `limits` may be null.
  void configure(std::shared_ptr<const Settings> settings,
                 std::shared_ptr<const net::TlsContext> tls,
                 std::shared_ptr<const AddressLimits> limits = nullptr);

  void start();

  // From here on each connection ends with its next answer, which says so: its caller goes to
  // another replica before this one is gone. New ones are accepted, for one request each.
  void close_after_next();
  // The same, and what is idle is closed at once.
  void drain();
  // Closes a tenth of the idle connections, at least one: those that have been idle the longest,
  // and not those that were before a moment.
  void close_longest_idle();
  // Accepts no more.
  void stop_accepting();
  // Ends what is left at once.
  void cancel_all();
  // After `stop_accepting`: waits until nothing is left of the server but itself.
  net::Task<Result<void>> drained(net::CallScope& scope);

  [[nodiscard]] std::size_t connections() const { return sessions_.size(); }
  [[nodiscard]] std::size_t serving() const;
  [[nodiscard]] const net::Address& address() const { return address_; }

 private:
  class Registered;
  net::Task<void> accept_loop(net::CallScope& scope);
  net::Task<bool> accept_one(net::CallScope& scope);
  net::Task<void> serve(net::CallScope& scope, std::unique_ptr<net::Stream> stream,
                        ConnectionCount::Place place, AddressShare share);

  std::unique_ptr<net::Listener> listener_;  // null once nothing is accepted any more
  net::Address address_;
  Handler& handler_;
  Callers& callers_;
  std::shared_ptr<const Settings> settings_;
  std::shared_ptr<const net::TlsContext> tls_;
  std::vector<char> scratch_;
  std::list<Session*> open_;
  bool draining_ = false;
  net::Loop& loop_;
  AddressGate addresses_;
  net::TaskGroup acceptor_;
  net::TaskGroup sessions_;
};

}  // namespace bifrost::server
