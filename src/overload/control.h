// Watches what is short, decides what is done about it, and tells the workers.
//
//   look()  ── monitors ─▶ pressures ─▶ stages ─▶ levels ─▶ read by workers for each request
//
// One per process. `look` and the settings belong to one thread; whatever a worker calls is a load
// or two of memory that is written a few times a second.
#pragma once

#include "base/random.h"
#include "base/result.h"
#include "overload/byte_budget.h"
#include "overload/pressure.h"
#include "overload/refusals.h"
#include "overload/settings.h"
#include "overload/stages.h"

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>

namespace bifrost::overload {

// Who is refused first.
enum class Priority : std::uint8_t {
  kLow,     // a caller can do without the answer, or wait for it
  kNormal,  //
  kHigh,    // operators: never refused
};

class Control {
 public:
  using Reading = std::move_only_function<double()>;

  Control() = default;
  Control(const Control&) = delete;
  Control& operator=(const Control&) = delete;

  // Of the thread that looks.
  void watch(Monitor monitor, Reading reading);  // in place of the one before
  void configure(const Settings& settings);
  void look();

  // Of any thread.
  [[nodiscard]] ByteBudget& memory() { return memory_; }
  [[nodiscard]] Refusals& refusals() { return refusals_; }

  // Are any requests refused? Only then they have to be admitted.
  [[nodiscard]] bool sheds() const { return takes(Action::kRefuseLow) || takes(Action::kRefuse); }
  // May the request be served? Fails with kBusy.
  Result<void> admit(Priority priority, Random& random);
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
  [[nodiscard]] double level_of(Action action) const { return level(action) / 100.0; }

 private:
  [[nodiscard]] std::uint8_t level(Action action) const {
    return levels_[static_cast<std::size_t>(action)].load(std::memory_order_relaxed);
  }
  void publish(const Levels& levels);

  Refusals refusals_;
  ByteBudget memory_{refusals_};
  std::array<Reading, kMonitorCount> readings_;
  Thresholds thresholds_{};
  Stages stages_;

  std::array<std::atomic<double>, kMonitorCount> pressures_{};
  std::array<std::atomic<std::uint8_t>, kActionCount> levels_{};  // in hundredths
  std::atomic<std::size_t> large_body_bytes_{0};
};

}  // namespace bifrost::overload
