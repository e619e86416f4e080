// The parts that messages are made of, on the way in and on the way out.
#pragma once

#include "llm/source.h"

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace bifrost::llm {

// A prompt-cache breakpoint that stands behind the part, tool or message it belongs to.
struct CacheMarker {
  std::string ttl;  // "5m", "1h"; empty: the provider's default

  bool operator==(const CacheMarker&) const = default;
};

// Bytes that stand for an image, a sound or a file. Exactly one of url, data, file_id is set.
struct Media {
  std::string url;         // http(s), gs:// and the like; never a data: URL
  std::string data;        // base64, as it came
  std::string file_id;     // an upload the provider knows
  std::string media_type;  // "image/png"; may be empty for a url

  bool operator==(const Media&) const = default;
};

// A source that an answer names for a piece of its text.
struct Citation {
  std::string url;
  std::string title;
  std::string cited_text;
  std::int64_t start = -1;  // in the text of the part, in characters; -1: unknown
  std::int64_t end = -1;
  std::string raw;  // the citation as its dialect wrote it
  std::string raw_dialect;

  bool operator==(const Citation&) const = default;
};

struct TextPart {
  std::string text;
  std::vector<Citation> citations;
  std::string signature;  // Gemini's thought signature on a text part, byte-exact

  bool operator==(const TextPart&) const = default;
};

struct ImagePart {
  Media media;
  std::string detail;  // "low", "high", "auto" or empty

  bool operator==(const ImagePart&) const = default;
};

struct AudioPart {
  Media media;
  std::string format;      // "wav", "mp3" …
  std::string transcript;  // on answers
  std::string id;          // OpenAI's handle of an earlier audio answer
  std::int64_t expires_at = 0;

  bool operator==(const AudioPart&) const = default;
};

struct FilePart {
  Media media;
  std::string filename;
  std::string text;     // a plain-text document given inline instead of media
  std::string context;  // what the caller says about the document (Anthropic)
  bool citations = false;

  bool operator==(const FilePart&) const = default;
};

// What the model thought. Signed, redacted and encrypted blocks are only valid unchanged: the
// strings `signature` and `data` are passed on byte for byte.
struct ReasoningPart {
  enum class Kind { kText, kSummary, kRedacted, kEncrypted };
  Kind kind = Kind::kText;
  std::string text;
  std::string signature;
  std::string data;  // of kRedacted and kEncrypted
  std::string id;
  std::string format;  // the scheme of the signature where a dialect names it

  bool operator==(const ReasoningPart&) const = default;
};

struct RefusalPart {
  std::string text;

  bool operator==(const RefusalPart&) const = default;
};

struct ToolCallPart {
  std::string id;
  std::string name;
  std::string arguments;  // JSON text of an object, as the model wrote it; may be broken JSON
  std::string signature;  // Gemini's thought signature, byte-exact
  bool custom = false;    // OpenAI's free-form tools: `arguments` is plain text

  bool operator==(const ToolCallPart&) const = default;
};

// A block that only one dialect knows (server tools, code execution …), as raw JSON.
struct RawPart {
  std::string dialect;
  std::string type;  // its type as the dialect names it, for the list of what was dropped
  std::string json;

  bool operator==(const RawPart&) const = default;
};

struct ToolResultPart;

struct Part;

struct ToolResultPart {
  std::string tool_call_id;
  std::string name;         // needed by Gemini; decoders fill it from the matching call
  std::vector<Part> parts;  // text, images, files
  bool is_error = false;
  std::string json;  // Gemini's structured response object, when it was one

  bool operator==(const ToolResultPart&) const;
};

struct Part {
  std::variant<TextPart, ImagePart, AudioPart, FilePart, ReasoningPart, RefusalPart, ToolCallPart,
               ToolResultPart, RawPart>
      content;
  std::optional<CacheMarker> cache;
  Place place = {};  // of a request: where the caller wrote it

  bool operator==(const Part&) const = default;

  template <class T>
  [[nodiscard]] const T* as() const {
    return std::get_if<T>(&content);
  }
  template <class T>
  [[nodiscard]] T* as() {
    return std::get_if<T>(&content);
  }
};

}  // namespace bifrost::llm
