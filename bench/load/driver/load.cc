#include "bench/load/driver/load.h"

#include "bench/load/driver/closed_load.h"
#include "bench/load/driver/open_load.h"
#include "bench/load/driver/stream_load.h"

#include <algorithm>

namespace bifrost::bench {
namespace {

// Looks at the memory of the processes now and then, for its peak.
class MemoryWatch final : private Alarm {
 public:
  MemoryWatch(Poller& poller, const ProcessUsage& processes)
      : Alarm(poller), processes_(processes) {
    if (processes.known()) on_time();
  }
  [[nodiscard]] std::uint64_t peak() const { return peak_; }

 private:
  static constexpr std::chrono::milliseconds kInterval{200};

  void on_time() override {
    peak_ = std::max(peak_, processes_.resident_bytes_quick());
    arm(std::chrono::steady_clock::now() + kInterval);
  }

  const ProcessUsage& processes_;
  std::uint64_t peak_ = 0;
};

}  // namespace

std::unique_ptr<Load> make_load(const LoadOptions& options, Poller& poller, const Leg& leg) {
  switch (options.kind) {
    case LoadKind::kClosed:
      return std::make_unique<ClosedLoad>(options, poller, leg);
    case LoadKind::kOpen:
      return std::make_unique<OpenLoad>(options, poller, leg);
    case LoadKind::kStreams:
      return std::make_unique<StreamLoad>(options, poller, leg);
  }
  return nullptr;
}

Slice measured(Load& load, const Turn& turn, Leg& leg, Poller& poller) {
  Slice slice;
  leg.processes.refresh();
  slice.resident_before = leg.processes.resident_bytes();
  const MemoryWatch watch(poller, leg.processes);
  const CpuTime before = leg.processes.cpu();
  load.run(turn, slice);
  slice.cpu = leg.processes.cpu() - before;
  slice.resident_after = leg.processes.resident_bytes();
  slice.resident_peak = std::max({watch.peak(), slice.resident_before, slice.resident_after});
  return slice;
}

}  // namespace bifrost::bench
