// A way to put load on a leg. The loads of one run take turns: each keeps its connections from one
// turn to the next, and is silent in between.
#pragma once

#include "bench/load/driver/leg.h"
#include "bench/load/driver/report.h"
#include "bench/load/poller.h"
#include "bench/load/wire_format.h"

#include <chrono>
#include <cstdint>
#include <memory>

namespace bifrost::bench {

enum class LoadKind : std::uint8_t {
  kClosed,   // each connection sends its next request when the last one is answered
  kOpen,     // requests are sent at a fixed rate, whatever becomes of them
  kStreams,  // so many streams at once, each watched to its end
};

struct LoadOptions {
  LoadKind kind = LoadKind::kClosed;
  std::size_t connections = 1;       // closed; of an open load the most that it opens; streams
  double rate = 1000;                // open: requests a second
  std::chrono::nanoseconds ramp{0};  // streams: over which they are begun
  FrameCheckOptions check;           // streams
};

// How long one turn is. Streams end by themselves.
struct Turn {
  std::chrono::nanoseconds length{std::chrono::seconds(1)};
  std::uint64_t requests = 0;  // closed: so many, however long they take; 0: as the length says
};

class Load {
 public:
  virtual ~Load() = default;
  // One turn: load, then wait for what is under way, at most kPatience.
  virtual void run(const Turn& turn, Slice& slice) = 0;

  static constexpr std::chrono::seconds kPatience{20};
};

// All outlive it.
[[nodiscard]] std::unique_ptr<Load> make_load(const LoadOptions& options, Poller& poller,
                                              const Leg& leg);

// Runs one turn and accounts for the leg's processes meanwhile.
[[nodiscard]] Slice measured(Load& load, const Turn& turn, Leg& leg, Poller& poller);

}  // namespace bifrost::bench
