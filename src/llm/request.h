// A chat request in our own words.
//
// Strings own their text. "JSON text" members hold one complete value exactly as the caller wrote
// it, so that schemas and arguments keep their key order and number spelling (provider caches and
// signatures depend on it).
#pragma once

#include "llm/content.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace bifrost::llm {

enum class Role : std::uint8_t { kSystem, kDeveloper, kUser, kAssistant, kTool };

// kTool messages hold ToolResultParts only. Consecutive messages of one role are legal here;
// dialects that forbid them join them.
struct Message {
  Role role = Role::kUser;
  std::vector<Part> parts;
  std::string name;
  Place place = {};

  bool operator==(const Message&) const = default;
};

struct Tool {
  std::string name;
  std::string description;
  std::string parameters;  // JSON text of a schema; empty: none given
  std::optional<bool> strict;
  std::optional<CacheMarker> cache;
  bool custom = false;  // OpenAI's free-form tools; `format` is their grammar
  std::string format;   // JSON text
  Place place = {};

  bool operator==(const Tool&) const = default;
};

// A tool that the provider runs, as its dialect wrote it.
struct RawTool {
  std::string dialect;
  std::string type;
  std::string json;
  Place place = {};

  bool operator==(const RawTool&) const = default;
};

struct ToolChoice {
  enum class Mode : std::uint8_t { kAuto, kNone, kRequired, kNamed };
  Mode mode = Mode::kAuto;
  std::string name;  // of kNamed

  bool operator==(const ToolChoice&) const = default;
};

struct ResponseFormat {
  enum class Kind : std::uint8_t { kText, kJsonObject, kJsonSchema };
  Kind kind = Kind::kText;
  std::string name;
  std::string description;
  std::string schema;  // JSON text
  std::optional<bool> strict;

  bool operator==(const ResponseFormat&) const = default;
};

struct Reasoning {
  // "none", "minimal", "low", "medium", "high", "xhigh", "max"; empty: not said.
  std::string effort;
  std::optional<std::int64_t> budget_tokens;  // 0: off, -1: the model decides
  bool adaptive = false;                      // the model decides how much (Anthropic)
  std::optional<bool> include_thoughts;       // the caller wants to see them
  std::string summary;                        // "auto", "concise", "detailed"

  bool operator==(const Reasoning&) const = default;
};

// A field that we do not model, so that it can be named when it is dropped and written back to
// the dialect it came from. Its path is that of the caller, beginning with that of the message,
// part or tool it belongs to.
struct Extra {
  std::string path;  // "top_a", "messages[2].annotations"
  std::string json;  // JSON text of the value
};

struct Request {
  std::string model;  // as asked: "provider/model" or "model"
  bool stream = false;
  bool include_usage = false;  // the caller wants usage at the end of an OpenAI-shaped stream

  // System and developer messages stand in the list where the caller put them.
  std::vector<Message> messages;

  std::vector<Tool> tools;
  std::vector<RawTool> raw_tools;
  std::optional<ToolChoice> tool_choice;
  std::optional<bool> parallel_tool_calls;

  std::optional<ResponseFormat> response_format;
  std::optional<Reasoning> reasoning;

  std::optional<std::int64_t> max_tokens;
  std::optional<double> temperature;
  std::optional<double> top_p;
  std::optional<std::int64_t> top_k;
  std::optional<double> frequency_penalty;
  std::optional<double> presence_penalty;
  std::optional<std::int64_t> seed;
  std::optional<std::int64_t> n;
  std::vector<std::string> stop;
  std::optional<bool> logprobs;
  std::optional<std::int64_t> top_logprobs;
  std::string logit_bias;  // JSON text of an object
  std::string user;
  std::string metadata;  // JSON text of an object
  std::string service_tier;
  std::string verbosity;
  std::optional<bool> store;
  std::vector<std::string> modalities;  // "text", "audio", "image"
  std::string audio;                    // JSON text of OpenAI's audio options
  std::string prediction;               // JSON text of OpenAI's predicted output
  std::string prompt_cache_key;
  std::string safety_identifier;
  std::string web_search_options;    // JSON text
  std::optional<CacheMarker> cache;  // Anthropic's request-level marker

  std::vector<std::string> fallbacks;  // "provider/model"

  std::string dialect;  // that the extras and raw parts are written in
  std::vector<Extra> extras;
  Source source;  // what the places of messages, parts and tools mean
};

}  // namespace bifrost::llm
