// One small chat in each dialect: what a caller sends, and what a provider answers.
#pragma once

#include "tests/support/script.h"

#include <cstddef>
#include <ostream>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace bifrost::test {

struct WireSample {
  std::string name;      // of the dialect, as it may stand in the name of a test
  std::string provider;  // that speaks it

  std::string path;  // of the gateway, for a whole answer
  std::string request;
  std::string answer;

  std::string stream_path;
  std::string stream_request;
  std::vector<std::string> events;   // with their blank lines
  std::size_t first_content_at = 0;  // the first event that shows something of the answer
  std::size_t finish_at = 0;         // the one that says why the model stopped
  std::string keep_alive;            // the sign of life in this dialect, as raw text

  [[nodiscard]] Script reply() const { return Script::json(200, answer); }
  [[nodiscard]] Script stream(const EventOptions& options = {}) const {
    return Script::events(events, options);
  }
  // Everything up to the first content at once; the rest when the gate opens, once.
  [[nodiscard]] Script held_stream(const Gate& rest) const;
  [[nodiscard]] std::string stream_text() const;
};

inline void PrintTo(const WireSample& sample, std::ostream* out) { *out << sample.name; }

// A provider whose models speak the dialect, asked in the same dialect at its native route.
const WireSample& openai();
const WireSample& anthropic();
const WireSample& gemini();
std::span<const WireSample> all_samples();
// A second format of the openai provider, which it is asked in by callers of that format only.
const WireSample& responses();
// With that one.
std::span<const WireSample> passing_samples();

// The openai sample at /v1, where errors tell the gateway's own code in `type`.
const WireSample& unified();

// The unified request with more members at its front: R"("fallbacks": ["anthropic/claude-test"])".
std::string unified_request(std::string_view members);
std::string unified_stream_request(std::string_view members = {});
inline constexpr std::string_view kFallback = R"("fallbacks": ["anthropic/claude-test"])";

// A provider's whole answer to an error, in OpenAI's shape.
std::string openai_error(std::string_view message, std::string_view type = "server_error",
                         std::string_view code = {});

}  // namespace bifrost::test
