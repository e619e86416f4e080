// What is done at which pressure, as a machine of states without clock or threads.
//
// Each action looks at some monitors and begins when the highest of them reaches its threshold. It
// ends a little below (kHysteresis), so that a pressure near the threshold does not turn it on and
// off. Requests are refused by a share that grows from there to all of them at pressure 1: a
// gateway that refused everybody at once would be idle the moment after, and refuse nobody.
#pragma once

#include "overload/pressure.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace bifrost::overload {

enum class Action : std::uint8_t {
  kStopKeepAlive,      // an answer ends its connection
  kRefuseLargeBodies,  // beyond a size
  kCloseIdle,          // connections without a request, the longest idle first
  kRefuseLow,          // requests of low priority
  kRefuse,             // all that are not for operators
  kCount,              // number of actions, not an action
};

inline constexpr std::size_t kActionCount = static_cast<std::size_t>(Action::kCount);
inline constexpr double kHysteresis = 0.05;

// As a label of metrics.
inline constexpr std::array<std::string_view, kActionCount> kActionNames = {
    "stop_keep_alive", "refuse_large_bodies", "close_idle", "refuse_low_priority", "refuse"};

// How much of an action is taken: 0 none of it, 1 all.
using Levels = std::array<double, kActionCount>;      // by Action
using Thresholds = std::array<double, kActionCount>;  // of pressure; above 1: never

// For one word that threads share; above 0 when any of it is taken.
inline constexpr double kHundredths = 100;
[[nodiscard]] std::uint8_t in_hundredths(const Levels& levels, Action action);

// Does the action look at the monitor?
[[nodiscard]] bool heeds(Action action, Monitor monitor);

class Stages {
 public:
  // The levels that follow from the pressures and from what was done before.
  const Levels& next(const Pressures& pressures, const Thresholds& thresholds);
  [[nodiscard]] const Levels& levels() const { return levels_; }

 private:
  Levels levels_{};
};

}  // namespace bifrost::overload
