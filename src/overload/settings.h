// Section `server.overload`: what the gateway may use, and what it stops doing when that is short.
#pragma once

#include "config/facts.h"

#include <chrono>
#include <cstdint>

namespace bifrost::overload {

struct Settings {
  std::int64_t memory_limit_mb = 0;
  double memory_share = 0.5;
  std::chrono::milliseconds loop_lag_max{500};
  std::chrono::milliseconds stalled_after{60'000};
  std::int64_t waiting_max = 20'000;

  double stop_keep_alive_at = 0.85;
  double refuse_large_bodies_at = 0.88;
  std::int64_t large_body_kb = 1024;
  double close_idle_at = 0.9;
  double refuse_low_priority_at = 0.9;
  double refuse_at = 0.95;

  void describe(this auto& self, auto& visit) {
    self.describe_limits(visit);
    self.describe_actions(visit);
  }

  friend bool operator==(const Settings&, const Settings&) = default;

 private:
  void describe_limits(this auto& self, auto& visit) {
    using namespace std::chrono_literals;
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
    visit.field("loop_lag_max_in_seconds", self.loop_lag_max,
                {.text = "Lateness of a worker that has work, over about a second, that counts as "
                         "pressure 1.",
                 .minimum = 0.001,
                 .unit = 1s,
                 .ours = true});
    visit.field("stalled_after_in_seconds", self.stalled_after,
                {.text = "Silence of a worker from which `/livez` answers 503, so that whoever "
                         "watches the program starts it anew.",
                 .minimum = 1,
                 .unit = 1s,
                 .ours = true});
    visit.field(
        "max_waiting_requests", self.waiting_max,
        {.text = "Requests that wait for a place at any provider, in the whole process, that "
                 "count as pressure 1.",
         .minimum = 1,
         .maximum = 10'000'000,
         .ours = true});
  }

  void describe_actions(this auto& self, auto& visit) {
    visit.field("stop_keep_alive_at", self.stop_keep_alive_at,
                threshold("Pressure of memory or descriptors from which each answer ends its "
                          "connection. Of this and the other thresholds: from 0 to 1, and above 1 "
                          "never."));
    visit.field("refuse_large_bodies_at", self.refuse_large_bodies_at,
                threshold("Pressure of memory from which bodies larger than `large_body_kb` are "
                          "refused."));
    visit.field("large_body_kb", self.large_body_kb,
                {.text = "Largest body, in KiB, that is not refused then.",
                 .minimum = 1,
                 .maximum = 100'000'000,
                 .ours = true});
    visit.field("close_idle_at", self.close_idle_at,
                threshold("Pressure of memory, descriptors or connections from which idle "
                          "connections are closed, the longest idle first."));
    visit.field("refuse_low_priority_at", self.refuse_low_priority_at,
                threshold("Pressure of memory, descriptors, lag or queues from which requests of "
                          "low priority are refused: lists of models, and those with "
                          "`x-bf-priority: low`."));
    visit.field("refuse_at", self.refuse_at,
                threshold("The same for the other requests: from here on a share of them that "
                          "grows to all at pressure 1. `/health` and `/metrics` are served."));
  }

  static config::Facts threshold(std::string_view text) {
    return {.text = text, .minimum = 0.01, .maximum = 2, .ours = true};
  }
};

}  // namespace bifrost::overload
