// The three wire formats, as far as a benchmark needs them: what a client sends, what a provider
// answers, and the text of a numbered event. Both sides of the bench use it, so a stream that is
// passed on unchanged can be compared byte for byte.
#pragma once

#include "bench/load/recipe.h"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace bifrost::bench {

enum class WireFormat : std::uint8_t { kOpenAi, kAnthropic, kGemini };

// "openai", "anthropic", "gemini".
[[nodiscard]] std::optional<WireFormat> parse_wire_format(std::string_view name);

// ---------------------------------------------------------------------------------------------
// Requests

struct RequestOptions {
  WireFormat format = WireFormat::kOpenAi;
  std::string model;
  bool stream = false;
  std::size_t body_bytes = 1024;  // about; at least what the format needs
};

// Where a request goes, without the gateway's own prefix.
[[nodiscard]] std::string request_path(const RequestOptions& options);
// Of exactly `body_bytes`, if the format needs no more.
[[nodiscard]] std::string request_body(const RequestOptions& options);

// Stands at the end of every prompt: a provider that does not find it got a cut body.
inline constexpr std::string_view kPromptEnd = "the prompt ends here";

// What a provider reads out of a request.
struct Asked {
  WireFormat format = WireFormat::kOpenAi;
  Recipe recipe;
  bool stream = false;
};

// Nothing when the path, the model or the prompt is not of this bench.
[[nodiscard]] std::optional<Asked> read_request(std::string_view path, std::string_view body);

// ---------------------------------------------------------------------------------------------
// Answers

[[nodiscard]] std::string answer_body(WireFormat format, const Recipe& recipe);
[[nodiscard]] std::string error_body(WireFormat format, int status);

// Server-sent events before and behind those with numbered text.
[[nodiscard]] std::vector<std::string> opening_frames(WireFormat format);
[[nodiscard]] std::vector<std::string> closing_frames(WireFormat format, const Recipe& recipe);
// Appends one event with this text.
void append_frame(std::string& out, WireFormat format, std::string_view text);

// The text of an event: its number, when it was sent, and filler that depends on the number. All of
// it stands in JSON as it is, so it also survives a translation.
struct EventMark {
  std::uint32_t number = 0;
  std::chrono::nanoseconds sent_at{0};  // of the machine's monotonic clock

  bool operator==(const EventMark&) const = default;
};

inline constexpr std::size_t kMarkBytes = 27;  // also the least that a text has

// `text_bytes` in all.
[[nodiscard]] std::string event_text(const EventMark& mark, std::size_t text_bytes);

// Where the next mark begins; npos when there is none.
[[nodiscard]] std::size_t find_mark(std::string_view bytes, std::size_t from = 0);
[[nodiscard]] std::optional<EventMark> parse_mark(std::string_view text);

}  // namespace bifrost::bench
