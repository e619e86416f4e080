// Reading along with an answer that is passed on as it came.
#pragma once

#include "base/error.h"
#include "llm/response.h"
#include "llm/usage.h"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace bifrost::dialect {

// What a stream has shown of itself by its first event that says anything, however its bytes were
// cut. Later events change nothing: an error behind a good one is told inside the stream.
enum class Opening : std::uint8_t { kUnknown, kGood, kFailed };

// Which chunk of a stream it is, as the caller counts them.
struct ChunkPlace {
  std::uint64_t number = 0;
  bool last = false;  // nothing but the end marker follows, as far as can be told
};

// An edit of a stream that passes. Places are counted in bytes from the stream's beginning.
struct StreamEdit {
  enum class Kind : std::uint8_t {
    kLeaveOut,     // an event that the caller did not ask for
    kExtraFields,  // becomes the value of `extra_fields`; where it is empty, the whole member
  };
  Kind kind = Kind::kLeaveOut;
  std::uint64_t begin = 0;
  std::uint64_t end = 0;
  ChunkPlace chunk = {};
};

// What the caller's stream is to have else than the provider's. By default the bytes pass.
struct StreamWishes {
  bool without_usage = false;  // no chunk that has nothing but usage (OpenAI)
  bool extra_fields = false;   // in the first chunk, and in those that end something
};

// An answer that we end before its provider does.
struct StreamStop {
  llm::Usage usage;  // up to here
  // The value of `extra_fields` in a chunk of the caller's stream; null: there are none.
  std::function<std::string(ChunkPlace chunk)> extra_fields = {};
};

// What a tap has learnt so far.
struct TapState {
  llm::Usage usage;
  llm::FinishReason finish = llm::FinishReason::kUnknown;
  std::string model;  // as the provider names it
  std::string id;
  Opening opening = Opening::kUnknown;
  std::uint64_t events = 0;
  std::uint64_t content_events = 0;  // with something of the answer in them
  std::uint64_t untold_bytes = 0;    // of content that came after the usage, roughly
  bool ended = false;                // the wire format's end marker was seen
  bool finished = false;             // a finish reason was seen
  bool has_extra_fields = false;     // of a whole answer: a member of that name
  std::optional<Error> error;        // an in-stream error
  bool unreadable = false;           // the error is ours: the caller sees none in the stream
  bool stray = false;                // there was text outside of events: an error, maybe

  // The provider says what it has counted up to now. Some say the same again and again.
  void tell(const llm::Usage& now) {
    if (now.output_total() > usage.output_total()) untold_bytes = 0;
    usage = now;
  }
  // It has ended here, for want of tokens.
  void stop() {
    finish = llm::FinishReason::kLength;
    finished = true;
    ended = true;
  }
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
  // The bytes that end the answer here, for want of tokens, behind the last whole event; the stream
  // has ended then. Empty: it cannot be, since all of the answer is there, or nothing of it.
  virtual std::string stop(const StreamStop& /*stop*/) { return {}; }
  [[nodiscard]] const TapState& state() const { return state_; }

  // Says which edits to look for, before the first byte.
  void look_for(StreamWishes wishes) { wishes_ = wishes; }
  // The edits that were found since the last call, in order.
  [[nodiscard]] std::vector<StreamEdit> take_edits() { return std::exchange(edits_, {}); }
  // So many bytes of the stream are judged. What follows is half an event, which may need an edit.
  [[nodiscard]] virtual std::uint64_t whole_bytes() const = 0;

 protected:
  TapState state_;
  StreamWishes wishes_;
  std::vector<StreamEdit> edits_;
};

}  // namespace bifrost::dialect
