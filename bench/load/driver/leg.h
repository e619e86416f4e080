// One way to the provider: directly, or through a gateway. All legs get the same request.
#pragma once

#include "bench/load/process_usage.h"

#include <cstdint>
#include <string>

namespace bifrost::bench {

struct Leg {
  std::string name;
  std::string host;
  std::uint16_t port = 0;
  std::string request;  // head and body, ready to be sent
  ProcessUsage processes{0};
};

}  // namespace bifrost::bench
