// Streams of a wire format: bytes into events, and events into bytes.
#pragma once

#include "base/error.h"
#include "dialect/tap.h"
#include "llm/event.h"

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace bifrost::dialect {

// What the encoders need that is not in the answer itself.
struct AnswerContext {
  std::string model;           // that is shown to the caller
  std::string fallback_id;     // used when the provider gave no id
  std::int64_t created = 0;    // seconds since the epoch, used when the provider gave none
  bool include_usage = false;  // an OpenAI-shaped stream ends with a usage chunk
  std::string extra_fields;    // of a whole answer, as JSON text; empty: none (native routes)
  // What an answer repeats of its request, as JSON text of an object with the caller's members.
  // Empty: nothing, or the dialect repeats none.
  std::string echo = {};
  // The same for a chunk of a stream, asked for when it is written; null: none.
  std::function<std::string(ChunkPlace chunk)> chunk_extra_fields;
};

// How the streams of an operation look, beside their events.
struct StreamForm {
  std::string_view content_type;
  std::string_view keep_alive;  // a legal no-op for a silent stream
  bool comments = false;        // its readers skip comments
  // An error inside a stream that has already begun, as bytes.
  std::string (*encode_error)(const Error& error);
};

// Bytes of a provider's stream into events. Survives any cut of the bytes. After a StreamFailure
// or StreamEnd, further bytes are ignored.
class StreamDecoder {
 public:
  virtual ~StreamDecoder() = default;
  virtual void feed(std::string_view bytes, std::vector<llm::StreamEvent>& out) = 0;
  // The connection is through. Appends StreamEnd when the answer was complete by then, else a
  // StreamFailure with kUpstreamCutShort.
  virtual void finish(std::vector<llm::StreamEvent>& out) = 0;
};

// Events into bytes that are legal in the caller's dialect, whatever order and kind they come in.
// A StreamFailure is written as the dialect's in-stream error and closes the stream.
class StreamEncoder {
 public:
  virtual ~StreamEncoder() = default;
  virtual void event(const llm::StreamEvent& event, std::string& out) = 0;
};

}  // namespace bifrost::dialect
