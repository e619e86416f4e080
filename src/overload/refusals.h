// Why callers were sent away for want of something of ours, counted for the whole process.
//
// Thread-safe. A refusal is rare and has cost a system call already, so the counts are shared.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace bifrost::overload {

enum class Reason : std::uint8_t {
  kMemory,              // it does not fit into the budget of bytes now
  kTooLarge,            // it would not fit into an empty one
  kPressure,            // a request, because of what is short
  kLargeBody,           // a large body, because memory is short
  kConnections,         // a connection, because there are as many as there may be
  kDescriptors,         // a connection, because no descriptor is left for it
  kAddressConnections,  // a connection: its address has as many as it may
  kAddressRate,         // a request: its address has sent as many as it may
  kCount,               // number of reasons, not a reason
};

inline constexpr std::size_t kReasonCount = static_cast<std::size_t>(Reason::kCount);

// As a label of metrics.
inline constexpr std::array<std::string_view, kReasonCount> kReasonNames = {
    "memory",      "too_large",           "pressure",    "large_body", "connections",
    "descriptors", "address_connections", "address_rate"};

constexpr std::string_view name_of(Reason reason) {
  return kReasonNames[static_cast<std::size_t>(reason)];
}

class Refusals {
 public:
  void add(Reason reason) {
    counts_[static_cast<std::size_t>(reason)].fetch_add(1, std::memory_order_relaxed);
  }
  [[nodiscard]] std::uint64_t count(Reason reason) const {
    return counts_[static_cast<std::size_t>(reason)].load(std::memory_order_relaxed);
  }

 private:
  std::array<std::atomic<std::uint64_t>, kReasonCount> counts_{};
};

}  // namespace bifrost::overload
