// What is known of this process as a whole, for the process_* metrics: from the kernel and the log.
#pragma once

#include <cstdint>
#include <optional>

namespace bifrost::telemetry {

// A field is empty when the kernel does not say.
struct ProcessSample {
  std::optional<double> cpu_seconds;  // user and system
  std::optional<std::uint64_t> resident_bytes;
  std::optional<std::uint64_t> open_fds;
  std::optional<double> start_time_seconds;  // since 1970
  std::uint64_t log_lines_dropped = 0;
};

// Descriptors of the calling process; nothing when the kernel does not say.
[[nodiscard]] std::optional<std::uint64_t> open_fds();

// Reads /proc of the calling process: a few microseconds, and no allocation that grows with load.
[[nodiscard]] ProcessSample sample_process();

}  // namespace bifrost::telemetry
