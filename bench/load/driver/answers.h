// What all loads do with an answer.
#pragma once

#include "bench/load/driver/client_connection.h"
#include "bench/load/driver/report.h"

#include <cstddef>

namespace bifrost::bench {

inline constexpr std::size_t kReadBytes = 256 * 1024;
// Of a slice that has a number of requests instead of a time.
inline constexpr std::chrono::seconds kRequestsTimeMax{600};

inline void count_answer(Slice& slice, const Answer& answer, SteadyTime until) {
  if (answer.status != 200 || !answer.whole) {
    ++slice.failures[answer.whole ? answer.status : 0];
    return;
  }
  ++slice.requests;
  if (answer.done <= until) ++slice.in_time;
  slice.latency.record(answer.done - answer.intended);
  slice.send_delay.record(answer.sent - answer.intended);
}

}  // namespace bifrost::bench
