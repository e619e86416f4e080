// Reading along with an answer that is passed on as it came.
#pragma once

#include "base/error.h"
#include "llm/response.h"
#include "llm/usage.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace bifrost::dialect {

// What a stream has shown of itself by its first event that says anything, however its bytes were
// cut. Later events change nothing: an error behind a good one is told inside the stream.
enum class Opening : std::uint8_t { kUnknown, kGood, kFailed };

// What a tap has learnt so far.
struct TapState {
  llm::Usage usage;
  llm::FinishReason finish = llm::FinishReason::kUnknown;
  std::string model;  // as the provider names it
  std::string id;
  Opening opening = Opening::kUnknown;
  std::uint64_t events = 0;
  std::uint64_t content_events = 0;  // with something of the answer in them
  bool ended = false;                // the wire format's end marker was seen
  bool finished = false;             // a finish reason was seen
  std::optional<Error> error;        // an in-stream error
};

// Reads a stream that is passed on unchanged. Costs little: only events that may matter are looked
// into.
class StreamTap {
 public:
  virtual ~StreamTap() = default;
  virtual void feed(std::string_view bytes) = 0;
  // The connection is through: sets `error` to kUpstreamCutShort unless the answer was complete.
  // Returns the bytes that make the stream legal, empty when it is already (a missing end marker).
  virtual std::string finish() = 0;
  [[nodiscard]] const TapState& state() const { return state_; }

 protected:
  TapState state_;
};

}  // namespace bifrost::dialect
