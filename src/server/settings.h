// How much a caller may send, and how long it may take. Shared by the sessions of all workers;
// replaced as a whole when the configuration changes.
#pragma once

#include "base/limits.h"

#include <chrono>
#include <cstddef>

namespace bifrost::server {

struct Settings {
  std::size_t head_bytes_max = limits::kRequestHeadBytesMax;
  std::chrono::milliseconds header_timeout{30'000};  // from the first byte of a head to its end
  std::chrono::milliseconds body_timeout{60'000};    // silence inside a body
  std::chrono::milliseconds idle_timeout{75'000};    // between two requests
  std::chrono::milliseconds write_timeout{120'000};  // a peer that takes nothing
  std::size_t connections_max = 10'000;              // of the process
};

}  // namespace bifrost::server
