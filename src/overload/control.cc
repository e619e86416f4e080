#include "overload/control.h"

#include "base/log.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <string>
#include <utility>

namespace bifrost::overload {
namespace {

constexpr double kWhole = 100;
constexpr int kRetrySecondsMax = 4;

// Not the same for all, who would come back together.
std::chrono::seconds retry_after(Random& random) {
  return std::chrono::seconds(1 + static_cast<int>(random.unit() * kRetrySecondsMax));
}

std::string_view name(Action action) { return kActionNames[static_cast<std::size_t>(action)]; }

}  // namespace

void Control::watch(Monitor monitor, Reading reading) {
  readings_[static_cast<std::size_t>(monitor)] = std::move(reading);
}

void Control::configure(const Settings& settings) {
  const auto set = [this](Action action, double threshold) {
    thresholds_[static_cast<std::size_t>(action)] = threshold;
  };
  set(Action::kStopKeepAlive, settings.stop_keep_alive_at);
  set(Action::kRefuseLargeBodies, settings.refuse_large_bodies_at);
  set(Action::kCloseIdle, settings.close_idle_at);
  set(Action::kRefuseLow, settings.refuse_low_priority_at);
  set(Action::kRefuse, settings.refuse_at);
  large_body_bytes_.store(static_cast<std::size_t>(settings.large_body_kb) * 1024,
                          std::memory_order_relaxed);
}

void Control::look() {
  Pressures pressures{};
  for (std::size_t i = 0; i < kMonitorCount; ++i) {
    if (readings_[i]) pressures[i] = std::clamp(readings_[i](), 0.0, 1.0);
    pressures_[i].store(pressures[i], std::memory_order_relaxed);
  }
  publish(stages_.next(pressures, thresholds_));
}

void Control::publish(const Levels& levels) {
  for (std::size_t i = 0; i < kActionCount; ++i) {
    const auto action = static_cast<Action>(i);
    const auto now = static_cast<std::uint8_t>(std::ceil(levels[i] * kWhole));
    const std::uint8_t before = levels_[i].exchange(now, std::memory_order_relaxed);
    if ((now > 0) == (before > 0)) continue;
    BF_LOG(kWarn, "overload", now > 0 ? "action begins" : "action ends", {"action", name(action)},
           {"memory", pressure(Monitor::kMemory)}, {"descriptors", pressure(Monitor::kDescriptors)},
           {"loop_lag", pressure(Monitor::kLoopLag)}, {"queues", pressure(Monitor::kQueues)},
           {"connections", pressure(Monitor::kConnections)});
  }
}

Result<void> Control::admit(Priority priority, Random& random) {
  if (priority == Priority::kHigh || !sheds()) return {};
  const bool low = priority == Priority::kLow && level(Action::kRefuseLow) > 0;
  if (!low && random.unit() * kWhole >= level(Action::kRefuse)) return {};
  refusals_.add(Reason::kPressure);
  Error error = gateway_error(ErrorCode::kBusy,
                              "the gateway has more to do than it can, and refuses requests until "
                              "that is over; try again");
  error.retry_after = retry_after(random);
  return error;
}

Error Control::refuse_body() {
  refusals_.add(Reason::kLargeBody);
  Error error = gateway_error(ErrorCode::kBusy,
                              "memory is short, and bodies of more than " +
                                  std::to_string(large_body_bytes() / 1024) +
                                  " KiB are refused until that is over; try again, or send less");
  error.retry_after = std::chrono::seconds(kRetrySecondsMax);
  return error;
}

}  // namespace bifrost::overload
