// What each address of callers has at the moment, for the whole process.
//
// Shared by all workers; thread-safe. A lock is taken when a connection comes and when it goes, one
// of many, so that workers seldom meet at one; a request needs none.
//
// Bounded, and nobody can crowd others out: an address is here as long as it is connected, so there
// are no more of these than connections, and one that is gone until its meter is at rest. Of those
// there are kAddressesKept at most; then the one that left first is forgotten, which gives it the
// burst of a new one, and does no harm to anybody else.
#pragma once

#include "base/clock.h"
#include "net/address.h"
#include "server/request_meter.h"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <list>
#include <mutex>
#include <string>
#include <unordered_map>

namespace bifrost::server {

// What counts as one caller: an IPv4 address, or the /64 of an IPv6 one, since a line has one of
// these at least and chooses among its addresses as it likes.
struct CallerNetwork {
  std::uint64_t bits = 0;
  bool v4 = false;

  static CallerNetwork of(const net::Address::Ip& ip);
  [[nodiscard]] std::string text() const;  // "192.0.2.1", "2001:db8:1:2::/64"
  friend bool operator==(const CallerNetwork&, const CallerNetwork&) = default;
};

inline constexpr std::size_t kAddressesKept = 50'000;  // of callers that have left, with a rate

class AddressTable {
 public:
  class Entry {
   public:
    RequestMeter meter;  // of any thread while the entry is held

   private:
    friend class AddressTable;
    CallerNetwork network_;
    std::size_t connections_ = 0;  // guarded by the stripe's mutex
  };

  explicit AddressTable(std::size_t kept_max = kAddressesKept);
  AddressTable(const AddressTable&) = delete;
  AddressTable& operator=(const AddressTable&) = delete;

  // Counts a connection. Null when there are `connections_max`; 0: no limit. What is returned is
  // held until it has left.
  [[nodiscard]] Entry* enter(const CallerNetwork& network, std::size_t connections_max);
  void leave(Entry& entry, SteadyTime now) noexcept;

  // Addresses that are connected, and others that are remembered.
  [[nodiscard]] std::size_t connected() const;
  [[nodiscard]] std::size_t kept() const;

 private:
  static constexpr std::size_t kStripes = 16;

  // Callers choose their addresses, not where these lie in the table.
  struct Hash {
    std::uint64_t seed;
    std::size_t operator()(const CallerNetwork& network) const;
  };
  using Entries = std::list<Entry>;
  struct Stripe {
    explicit Stripe(const Hash& hash) : by_network(0, hash) {}
    mutable std::mutex mutex;
    Entries connected;
    Entries kept;  // the one that left first in front
    std::unordered_map<CallerNetwork, Entries::iterator, Hash> by_network;
  };

  [[nodiscard]] Stripe& stripe_of(const CallerNetwork& network);
  // With the stripe's mutex held.
  static Entry& connected(Stripe& stripe, const CallerNetwork& network);
  void tidy(Stripe& stripe, SteadyTime now) const noexcept;

  const Hash hash_;
  const std::size_t kept_max_;  // in a stripe
  std::deque<Stripe> stripes_;
};

}  // namespace bifrost::server
