#include "overload/control.h"

#include "base/log.h"

#include <algorithm>
#include <chrono>
#include <string>
#include <utility>

namespace bifrost::overload {
namespace {

// Of a large body: memory comes back with the ends of requests.
constexpr std::chrono::seconds kRetryBodyAfter{4};

std::string_view name(Action action) { return kActionNames[static_cast<std::size_t>(action)]; }

}  // namespace

void Control::watch(Monitor monitor, Reading reading) {
  readings_[static_cast<std::size_t>(monitor)] = std::move(reading);
}

void Control::watch(Door& door, Reading lag) {
  doors_.push_back({.door = door, .lag = std::move(lag)});
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
  }
  double& lag = pressures[static_cast<std::size_t>(Monitor::kLoopLag)];
  double latest = lag;
  for (Watched& worker : doors_) {
    lag = std::clamp(worker.lag(), 0.0, 1.0);
    latest = std::max(latest, lag);
    worker.door.set(worker.stages.next(pressures, thresholds_));
  }
  lag = latest;
  for (std::size_t i = 0; i < kMonitorCount; ++i) {
    pressures_[i].store(pressures[i], std::memory_order_relaxed);
  }
  publish(stages_.next(pressures, thresholds_));
}

void Control::publish(const Levels& levels) {
  for (std::size_t i = 0; i < kActionCount; ++i) {
    const auto action = static_cast<Action>(i);
    const std::uint8_t now = in_hundredths(levels, action);
    const std::uint8_t before = levels_[i].exchange(now, std::memory_order_relaxed);
    if ((now > 0) == (before > 0)) continue;
    BF_LOG(kWarn, "overload", now > 0 ? "action begins" : "action ends", {"action", name(action)},
           {"memory", pressure(Monitor::kMemory)}, {"descriptors", pressure(Monitor::kDescriptors)},
           {"loop_lag", pressure(Monitor::kLoopLag)}, {"queues", pressure(Monitor::kQueues)},
           {"connections", pressure(Monitor::kConnections)});
  }
}

Error Control::refuse_body() {
  refusals_.add(Reason::kLargeBody);
  Error error = gateway_error(ErrorCode::kBusy,
                              "memory is short, and bodies of more than " +
                                  std::to_string(large_body_bytes() / 1024) +
                                  " KiB are refused until that is over; try again, or send less");
  error.retry_after = kRetryBodyAfter;
  return error;
}

}  // namespace bifrost::overload
