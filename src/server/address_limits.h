// What one caller's address may have: connections at once, and requests a second.
//
//   AddressLimits   the settings, as they are used
//   AddressGate     of a worker: the limits in force, and the table of the process
//   AddressShare    of a connection: its place among those of its address
#pragma once

#include "base/log_pace.h"
#include "base/result.h"
#include "net/address_block.h"
#include "net/loop.h"
#include "overload/refusals.h"
#include "server/address_settings.h"
#include "server/address_table.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace bifrost::server {

struct AddressLimits {
  std::size_t connections_max = 0;  // 0: no limit
  RequestRate rate = {};
  std::vector<net::AddressBlock> exempt = {};

  // Fails with kConfigInvalid.
  static Result<AddressLimits> from(const AddressSettings& settings);
  [[nodiscard]] bool apply_to(const net::Address::Ip& ip) const;
};

class AddressGate;

// Belongs to the thread of its gate, which outlives it. A default-constructed one has no limits.
class AddressShare {
 public:
  AddressShare() = default;
  AddressShare(AddressShare&& other) noexcept
      : gate_(std::exchange(other.gate_, nullptr)),
        ip_(other.ip_),
        entry_(std::exchange(other.entry_, nullptr)),
        limits_seen_(other.limits_seen_) {}
  AddressShare& operator=(AddressShare&&) = delete;
  AddressShare(const AddressShare&) = delete;
  ~AddressShare() { leave(); }

  // Counts one more request. Fails with kRateLimited. Limits that came by a reload hold for
  // connections of before too.
  Result<void> take_request();
  // Who the caller is as far as his address says it; the same for all that he may choose from.
  [[nodiscard]] CallerNetwork network() const { return CallerNetwork::of(ip_); }

 private:
  friend class AddressGate;
  AddressShare(AddressGate& gate, const net::Address::Ip& ip, AddressTable::Entry* entry);
  void leave() noexcept;
  void judge();

  AddressGate* gate_ = nullptr;
  net::Address::Ip ip_;
  AddressTable::Entry* entry_ = nullptr;  // null: no limits
  std::uint32_t limits_seen_ = 0;
};

class AddressGate {
 public:
  // References outlive it.
  AddressGate(net::Loop& loop, AddressTable& table, overload::Refusals& refusals)
      : loop_(loop), table_(table), refusals_(refusals) {}

  // Null: no limits.
  void configure(std::shared_ptr<const AddressLimits> limits);
  // Nothing when the address has all its connections; that is counted and logged.
  [[nodiscard]] std::optional<AddressShare> enter(const net::Address::Ip& ip);

 private:
  friend class AddressShare;
  [[nodiscard]] bool limits(const net::Address::Ip& ip) const {
    return limits_ != nullptr && limits_->apply_to(ip);
  }
  void refused(overload::Reason reason, const net::Address::Ip& ip);

  net::Loop& loop_;
  AddressTable& table_;
  overload::Refusals& refusals_;
  std::shared_ptr<const AddressLimits> limits_;
  std::uint32_t limits_number_ = 0;  // of all that have been in force
  LogPace pace_;
};

}  // namespace bifrost::server
