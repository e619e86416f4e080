#include "server/address_table.h"

#include "base/assert.h"
#include "base/random.h"

#include <algorithm>
#include <array>
#include <span>

namespace bifrost::server {
namespace {

constexpr std::size_t kNetworkBytes = 8;  // of an IPv6 address
constexpr int kForgottenAtOnce = 4;       // so that no lock is held for long

}  // namespace

CallerNetwork CallerNetwork::of(const net::Address::Ip& ip) {
  CallerNetwork network{.v4 = ip.size <= 4};
  const std::size_t size = std::min(ip.size, kNetworkBytes);
  for (std::size_t i = 0; i < size; ++i) network.bits = network.bits << 8U | ip.bytes[i];
  return network;
}

std::string CallerNetwork::text() const {
  std::array<unsigned char, 16> bytes{};
  const std::size_t written = v4 ? 4 : kNetworkBytes;
  for (std::size_t i = 0; i < written; ++i) bytes[i] = bits >> 8 * (written - 1 - i) & 0xFFU;
  const auto ip = std::span(bytes).first(v4 ? 4 : bytes.size());
  return net::Address::from_bytes(ip, 0).host() + (v4 ? "" : "/64");
}

// The finalizer of SplitMix64.
std::size_t AddressTable::Hash::operator()(const CallerNetwork& network) const {
  std::uint64_t mixed = network.bits ^ seed;
  if (network.v4) mixed = ~mixed;
  mixed = (mixed ^ mixed >> 30U) * 0xBF58476D1CE4E5B9U;
  mixed = (mixed ^ mixed >> 27U) * 0x94D049BB133111EBU;
  return mixed ^ mixed >> 31U;
}

AddressTable::AddressTable(std::size_t kept_max)
    : hash_{Random::from_entropy().next()}, kept_max_(kept_max / kStripes + 1) {
  for (std::size_t i = 0; i < kStripes; ++i) stripes_.emplace_back(hash_);
}

AddressTable::Stripe& AddressTable::stripe_of(const CallerNetwork& network) {
  return stripes_[hash_(network) >> 32U & (kStripes - 1)];
}

AddressTable::Entry& AddressTable::connected(Stripe& stripe, const CallerNetwork& network) {
  if (const auto found = stripe.by_network.find(network); found != stripe.by_network.end()) {
    Entry& entry = *found->second;
    if (entry.connections_ == 0) {
      stripe.connected.splice(stripe.connected.end(), stripe.kept, found->second);
    }
    return entry;
  }
  Entries added;  // in both, or in none
  added.emplace_back().network_ = network;
  stripe.by_network.emplace(network, added.begin());
  stripe.connected.splice(stripe.connected.end(), added);
  return stripe.connected.back();
}

AddressTable::Entry* AddressTable::enter(const CallerNetwork& network,
                                         std::size_t connections_max) {
  Stripe& stripe = stripe_of(network);
  const std::lock_guard lock(stripe.mutex);
  Entry& entry = connected(stripe, network);
  if (connections_max > 0 && entry.connections_ >= connections_max) return nullptr;
  ++entry.connections_;
  return &entry;
}

void AddressTable::leave(Entry& entry, SteadyTime now) noexcept {
  Stripe& stripe = stripe_of(entry.network_);
  const std::lock_guard lock(stripe.mutex);
  BF_DCHECK(entry.connections_ > 0);
  if (--entry.connections_ == 0) {
    const auto found = stripe.by_network.find(entry.network_);
    if (entry.meter.at_rest(now)) {
      stripe.connected.erase(found->second);
      stripe.by_network.erase(found);
    } else {
      stripe.kept.splice(stripe.kept.end(), stripe.connected, found->second);
    }
  }
  tidy(stripe, now);
}

void AddressTable::tidy(Stripe& stripe, SteadyTime now) const noexcept {
  for (int i = 0; i < kForgottenAtOnce && !stripe.kept.empty(); ++i) {
    const Entry& first = stripe.kept.front();
    if (stripe.kept.size() <= kept_max_ && !first.meter.at_rest(now)) return;
    stripe.by_network.erase(first.network_);
    stripe.kept.pop_front();
  }
}

std::size_t AddressTable::connected() const {
  std::size_t count = 0;
  for (const Stripe& stripe : stripes_) {
    const std::lock_guard lock(stripe.mutex);
    count += stripe.connected.size();
  }
  return count;
}

std::size_t AddressTable::kept() const {
  std::size_t count = 0;
  for (const Stripe& stripe : stripes_) {
    const std::lock_guard lock(stripe.mutex);
    count += stripe.kept.size();
  }
  return count;
}

}  // namespace bifrost::server
