// How short the gateway is of each thing, from 0 (plenty) to 1 (nothing left).
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace bifrost::overload {

enum class Monitor : std::uint8_t {
  kMemory,       // what is used of what the process may use
  kDescriptors,  // open files and connections, of the limit of the process
  kLoopLag,      // how late workers are that have work, of the setting
  kQueues,       // requests that wait for a place at a provider, of the setting
  kConnections,  // of callers, of the setting
  kCount,        // number of monitors, not a monitor
};

inline constexpr std::size_t kMonitorCount = static_cast<std::size_t>(Monitor::kCount);

// As a label of metrics.
inline constexpr std::array<std::string_view, kMonitorCount> kMonitorNames = {
    "memory", "descriptors", "loop_lag", "queues", "connections"};

using Pressures = std::array<double, kMonitorCount>;  // by Monitor

}  // namespace bifrost::overload
