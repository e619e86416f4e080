// The events of a streamed answer in our own words.
//
// Order per choice: Start once, then parts one after the other. A part that has a beginning
// (ToolCallStart) ends when the next part begins or at Finish. Usage may come at any time and
// replaces what came before; Finish once per choice; End once, last. After a Failure nothing comes.
#pragma once

#include "base/error.h"
#include "llm/response.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>

namespace bifrost::llm {

struct StreamStart {
  std::string id;
  std::string model;
  std::int64_t created = 0;
  std::string service_tier;
  std::string system_fingerprint;
};

struct TextDelta {
  std::int64_t choice = 0;
  std::string text;
  std::string signature;   // Gemini's thought signature of the text part
  std::string logprobs;    // JSON text in OpenAI's shape
  std::int64_t block = 0;  // deltas with one number belong to one part
};

struct RefusalDelta {
  std::int64_t choice = 0;
  std::string text;
};

// A piece of a ReasoningPart: text is appended, a signature completes the block, redacted and
// encrypted data come whole.
struct ReasoningDelta {
  std::int64_t choice = 0;
  ReasoningPart::Kind kind = ReasoningPart::Kind::kText;
  std::string text;
  std::string signature;
  std::string data;
  std::string id;
  std::string format;
  std::int64_t block = 0;  // deltas with one number belong to one part
};

struct ToolCallStart {
  std::int64_t choice = 0;
  std::int64_t index = 0;  // of the call in this choice, from 0
  std::string id;
  std::string name;
  std::string signature;
  bool custom = false;
};

struct ToolCallDelta {
  std::int64_t choice = 0;
  std::int64_t index = 0;
  std::string arguments;  // appended
};

struct CitationDelta {
  std::int64_t choice = 0;
  Citation citation;
  std::int64_t block = 0;  // of the text it belongs to
};

// An image or a sound inside the answer.
struct MediaDelta {
  std::int64_t choice = 0;
  Part part;
};

// A block that only the provider's dialect knows, whole.
struct RawDelta {
  std::int64_t choice = 0;
  RawPart part;
};

struct UsageUpdate {
  Usage usage;
};

struct StreamFinish {
  std::int64_t choice = 0;
  FinishReason reason = FinishReason::kUnknown;
  std::string raw;
  std::string stop_sequence;
};

// The provider says that it is alive.
struct Ping {};

// An error inside a stream, from the provider or from us.
struct StreamFailure {
  Error error;
};

// The provider ended the stream as its wire format says.
struct StreamEnd {};

using StreamEvent = std::variant<StreamStart, TextDelta, RefusalDelta, ReasoningDelta,
                                 ToolCallStart, ToolCallDelta, CitationDelta, MediaDelta, RawDelta,
                                 UsageUpdate, StreamFinish, Ping, StreamFailure, StreamEnd>;

// Is there something of the answer in it, for the time to the first token?
[[nodiscard]] bool is_content(const StreamEvent& event);
// How much of it is text, be it for people or for tools.
[[nodiscard]] std::size_t content_bytes(const StreamEvent& event);
// The choice that it belongs to; nothing when it is of the whole answer.
[[nodiscard]] std::optional<std::int64_t> choice_of(const StreamEvent& event);

}  // namespace bifrost::llm
