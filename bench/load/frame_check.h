// Compares a stream, frame by frame, with what the fake provider was asked to send.
//
// A frame is one server-sent event. With `exact` every byte of every frame must be what the
// provider sent (only the times in the marks are taken as they come); without it, for streams that
// are translated on the way, each numbered event must arrive once, in order, with its text whole,
// in a frame of its own that is well-formed. Comments (signs of life) are counted and passed over.
#pragma once

#include "base/clock.h"
#include "bench/load/histogram.h"
#include "bench/load/wire_format.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace bifrost::bench {

struct StreamFaults {
  std::uint64_t lost = 0;        // events that never came
  std::uint64_t misplaced = 0;   // came twice, or not in order
  std::uint64_t merged = 0;      // frames with more than one event in them
  std::uint64_t altered = 0;     // text or bytes are not those that were sent
  std::uint64_t cut = 0;         // not a whole frame
  std::uint64_t unfinished = 0;  // streams without their end

  [[nodiscard]] std::uint64_t total() const {
    return lost + misplaced + merged + altered + cut + unfinished;
  }
  void add(const StreamFaults& other);
};

struct StreamCounts {
  std::uint64_t frames = 0;
  std::uint64_t events = 0;  // frames with numbered text
  std::uint64_t comments = 0;
  // HTTP chunks with more than one event: nothing is broken, but an event waited for another.
  std::uint64_t joined_chunks = 0;

  void add(const StreamCounts& other);
};

struct FrameCheckOptions {
  WireFormat format = WireFormat::kOpenAi;
  Recipe recipe;
  bool exact = true;
};

class FrameCheck {
 public:
  // `delays` gets the time from sending to arrival of each event; it outlives the check.
  FrameCheck(const FrameCheckOptions& options, Histogram& delays);

  // `chunk_ends`: the last byte is that of an HTTP chunk.
  void feed(std::string_view bytes, bool chunk_ends, SteadyTime arrived);
  // The answer is through.
  void finish();

  [[nodiscard]] const StreamFaults& faults() const { return faults_; }
  [[nodiscard]] const StreamCounts& counts() const { return counts_; }

 private:
  void frame(std::string_view bytes, SteadyTime arrived);
  void event(std::string_view bytes, std::size_t mark_at, SteadyTime arrived);
  [[nodiscard]] bool is_expected(std::string_view bytes, const EventMark* mark) const;

  FrameCheckOptions options_;
  Histogram& delays_;
  std::vector<std::string> opening_;
  std::vector<std::string> closing_;
  std::string held_;  // an unfinished frame
  std::uint32_t next_event_ = 0;
  std::uint64_t frames_of_chunk_ = 0;  // with events, of the chunk that is being read
  bool ended_ = false;                 // the format's end marker was there
  StreamFaults faults_;
  StreamCounts counts_;
};

}  // namespace bifrost::bench
