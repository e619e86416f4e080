// What was measured, round by round and in all, and its form as JSON.
#pragma once

#include "bench/load/frame_check.h"
#include "bench/load/histogram.h"
#include "bench/load/process_usage.h"

#include <chrono>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace bifrost::bench {

// One leg's turn.
struct Slice {
  std::uint64_t requests = 0;  // answered 200, whole and in time or a little later
  std::uint64_t in_time = 0;   // of those: before the slice was over
  std::chrono::nanoseconds time{0};
  CpuTime cpu;           // of the leg's processes
  Histogram latency;     // from the intended time of sending to the end of the answer
  Histogram send_delay;  // the driver's own: from the intended time to the real one
  std::map<int, std::uint64_t> failures;  // by status; 0: no whole answer

  // Streams only.
  Histogram first_event;  // from sending to the first event
  Histogram event_delay;  // from the provider's sending of an event to its arrival
  std::uint64_t streams = 0;
  StreamFaults faults;
  StreamCounts counts;

  std::uint64_t resident_before = 0;
  std::uint64_t resident_peak = 0;
  std::uint64_t resident_after = 0;

  [[nodiscard]] std::uint64_t failed() const;
};

struct LegReport {
  std::string name;
  bool has_processes = false;
  std::vector<Slice> rounds;
};

// One object with a member for each leg.
[[nodiscard]] std::string to_json(const std::vector<LegReport>& legs);

}  // namespace bifrost::bench
