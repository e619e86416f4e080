// Section `server.overload`: what the gateway may use, and what it stops doing when that is short.
#pragma once

#include "config/facts.h"

#include <cstdint>

namespace bifrost::overload {

struct Settings {
  std::int64_t memory_limit_mb = 0;
  double memory_share = 0.5;

  void describe(this auto& self, auto& visit) {
    visit.field("memory_limit_mb", self.memory_limit_mb,
                {.text = "Memory that the process may use, in MiB. 0: the limit of its control "
                         "group, else the memory of the machine.",
                 .minimum = 0,
                 .maximum = 100'000'000,
                 .ours = true});
    visit.field("memory_share", self.memory_share,
                {.text = "Share of it that requests may hold: bodies as they arrive, what is "
                         "decoded of them, what is sent to providers, and their whole answers. "
                         "Beyond it requests are refused with 503, and with 413 what would not fit "
                         "into all of it. The rest is for connections, streams and the program.",
                 .minimum = 0.05,
                 .maximum = 0.9,
                 .ours = true});
  }

  friend bool operator==(const Settings&, const Settings&) = default;
};

}  // namespace bifrost::overload
