#include "overload/stages.h"

#include <algorithm>
#include <cmath>

namespace bifrost::overload {
namespace {

constexpr std::uint32_t bit(Monitor monitor) { return 1U << static_cast<std::uint32_t>(monitor); }

constexpr std::uint32_t kMemory = bit(Monitor::kMemory);
constexpr std::uint32_t kDescriptors = bit(Monitor::kDescriptors);
constexpr std::uint32_t kLoopLag = bit(Monitor::kLoopLag);
constexpr std::uint32_t kQueues = bit(Monitor::kQueues);
constexpr std::uint32_t kConnections = bit(Monitor::kConnections);

// By Action. New connections cost more time than kept ones, so lag ends none.
constexpr std::array<std::uint32_t, kActionCount> kHeeded = {
    kMemory | kDescriptors,
    kMemory,
    kMemory | kDescriptors | kConnections,
    kMemory | kDescriptors | kLoopLag | kQueues,
    kMemory | kDescriptors | kLoopLag | kQueues,
};

constexpr bool by_share(Action action) { return action == Action::kRefuse; }

double level(Action action, double pressure, double threshold, double before) {
  const double end = threshold - kHysteresis;
  const bool on = pressure >= threshold || (before > 0 && pressure > end);
  if (!on) return 0;
  if (!by_share(action)) return 1;
  return std::clamp((pressure - end) / std::max(1 - end, kHysteresis), 0.01, 1.0);
}

}  // namespace

std::uint8_t in_hundredths(const Levels& levels, Action action) {
  return static_cast<std::uint8_t>(
      std::ceil(levels[static_cast<std::size_t>(action)] * kHundredths));
}

bool heeds(Action action, Monitor monitor) {
  return (kHeeded[static_cast<std::size_t>(action)] & bit(monitor)) != 0;
}

const Levels& Stages::next(const Pressures& pressures, const Thresholds& thresholds) {
  for (std::size_t i = 0; i < kActionCount; ++i) {
    const auto action = static_cast<Action>(i);
    double highest = 0;
    for (std::size_t m = 0; m < kMonitorCount; ++m) {
      if (heeds(action, static_cast<Monitor>(m))) highest = std::max(highest, pressures[m]);
    }
    levels_[i] = level(action, highest, thresholds[i], levels_[i]);
  }
  return levels_;
}

}  // namespace bifrost::overload
