// Watches what is short, decides what is done about it, and tells the workers.
//
//   look()  ── monitors ─▶ pressures ─▶ stages ─▶ levels ─▶ read by workers for each request
//
// Lag is each worker's own, and so is what follows from it (`door.h`); the pressure of lag, and the
// levels that are told here, are those of the worker that is latest.
//
// One per process. `look` and the settings belong to one thread; whatever a worker calls is a load
// or two of memory that is written a few times a second.
#pragma once

#include "base/result.h"
#include "overload/byte_budget.h"
#include "overload/door.h"
#include "overload/pressure.h"
#include "overload/refusals.h"
#include "overload/settings.h"
#include "overload/stages.h"

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <vector>

namespace bifrost::overload {

class Control {
 public:
  using Reading = std::move_only_function<double()>;

  Control() = default;
  Control(const Control&) = delete;
  Control& operator=(const Control&) = delete;

  // Of the thread that looks.
  void watch(Monitor monitor, Reading reading);  // in place of the one before
  void watch(Door& door, Reading lag);           // of its worker; the door outlives the looks
  void configure(const Settings& settings);
  void look();

  // Of any thread.
  [[nodiscard]] ByteBudget& memory() { return memory_; }
  [[nodiscard]] Refusals& refusals() { return refusals_; }

  // May it have a body of that size? Fails with kBusy.
  Result<void> admit_body(std::size_t bytes) {
    if (level(Action::kRefuseLargeBodies) == 0 || bytes <= large_body_bytes()) [[likely]]
      return {};
    return refuse_body();
  }
  // The refusal of a body that turned out to be larger; it is counted.
  Error refuse_body();
  // Bodies beyond are refused while the action is taken.
  [[nodiscard]] std::size_t large_body_bytes() const {
    return large_body_bytes_.load(std::memory_order_relaxed);
  }
  [[nodiscard]] bool takes(Action action) const { return level(action) > 0; }

  // For metrics.
  [[nodiscard]] double pressure(Monitor monitor) const {
    return pressures_[static_cast<std::size_t>(monitor)].load(std::memory_order_relaxed);
  }
  [[nodiscard]] double level_of(Action action) const { return level(action) / kHundredths; }

 private:
  struct Watched {
    Door& door;
    Reading lag;
    Stages stages = {};
  };

  [[nodiscard]] std::uint8_t level(Action action) const {
    return levels_[static_cast<std::size_t>(action)].load(std::memory_order_relaxed);
  }
  void publish(const Levels& levels);

  Refusals refusals_;
  ByteBudget memory_{refusals_};
  std::array<Reading, kMonitorCount> readings_;
  std::vector<Watched> doors_;
  Thresholds thresholds_{};
  Stages stages_;

  std::array<std::atomic<double>, kMonitorCount> pressures_{};
  std::array<std::atomic<std::uint8_t>, kActionCount> levels_{};  // in hundredths
  std::atomic<std::size_t> large_body_bytes_{0};
};

}  // namespace bifrost::overload
