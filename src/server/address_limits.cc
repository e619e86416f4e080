#include "server/address_limits.h"

#include "base/log.h"
#include "base/try.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <span>
#include <string>

namespace bifrost::server {
namespace {

using std::chrono::nanoseconds;

std::string text_of(const net::Address::Ip& ip) {
  return net::Address::from_bytes(std::span(ip.bytes).first(ip.size), 0).host();
}

RequestRate rate_of(const AddressSettings& settings) {
  if (settings.requests_per_second == 0) return {};
  const std::chrono::duration<double> seconds(1 / settings.requests_per_second);
  const auto interval = std::chrono::duration_cast<nanoseconds>(seconds);
  const auto second = static_cast<std::int64_t>(std::ceil(settings.requests_per_second));
  const std::int64_t burst = settings.burst > 0 ? settings.burst : second;
  return {.interval = interval, .credit = burst * interval};
}

}  // namespace

Result<AddressLimits> AddressLimits::from(const AddressSettings& settings) {
  AddressLimits limits{.connections_max = static_cast<std::size_t>(settings.connections_max),
                       .rate = rate_of(settings)};
  for (const std::string& text : settings.exempt) {
    BF_TRY(const net::AddressBlock block, net::AddressBlock::from_text(text));
    limits.exempt.push_back(block);
  }
  return limits;
}

bool AddressLimits::apply_to(const net::Address::Ip& ip) const {
  return (connections_max > 0 || rate.interval > nanoseconds::zero()) &&
         std::ranges::none_of(exempt,
                              [&](const net::AddressBlock& block) { return block.contains(ip); });
}

AddressShare::AddressShare(AddressGate& gate, const net::Address::Ip& ip,
                           AddressTable::Entry* entry)
    : gate_(&gate), ip_(ip), entry_(entry), limits_seen_(gate.limits_number_) {}

void AddressShare::leave() noexcept {
  if (entry_ == nullptr) return;
  gate_->table_.leave(*std::exchange(entry_, nullptr), gate_->loop_.now());
}

// A connection that is there stays, however many there are by now.
void AddressShare::judge() {
  if (!gate_->limits(ip_)) {
    leave();
  } else if (entry_ == nullptr) {
    entry_ = gate_->table_.enter(network(), 0);
  }
  limits_seen_ = gate_->limits_number_;
}

Result<void> AddressShare::take_request() {
  if (gate_ == nullptr) return {};
  if (limits_seen_ != gate_->limits_number_) judge();
  if (entry_ == nullptr) return {};
  const auto early = entry_->meter.refuses(gate_->limits_->rate, gate_->loop_.now());
  if (!early) return {};
  gate_->refused(overload::Reason::kAddressRate, ip_);
  Error error = client_error(ErrorCode::kRateLimited,
                             "this address sends more requests than it may: see "
                             "server.per_address.requests_per_second");
  error.retry_after = std::chrono::ceil<std::chrono::milliseconds>(*early);
  return error;
}

void AddressGate::configure(std::shared_ptr<const AddressLimits> limits) {
  limits_ = std::move(limits);
  ++limits_number_;
}

std::optional<AddressShare> AddressGate::enter(const net::Address::Ip& ip) {
  if (!limits(ip)) return AddressShare(*this, ip, nullptr);
  AddressTable::Entry* const entry = table_.enter(CallerNetwork::of(ip), limits_->connections_max);
  if (entry != nullptr) return AddressShare(*this, ip, entry);
  refused(overload::Reason::kAddressConnections, ip);
  return std::nullopt;
}

void AddressGate::refused(overload::Reason reason, const net::Address::Ip& ip) {
  refusals_.add(reason);
  if (const std::size_t times = pace_.next(loop_.now())) {
    BF_LOG(kWarn, "server", "an address has all that it may have, and is refused",
           {"address", text_of(ip)}, {"reason", overload::name_of(reason)}, {"times", times});
  }
}

}  // namespace bifrost::server
