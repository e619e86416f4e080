// Tokens of one call in disjoint classes: their sum is what was processed, nothing counts twice.
//
// Providers count differently: OpenAI's prompt_tokens contains the cached ones, Anthropic's
// input_tokens does not, Gemini's candidatesTokenCount is without thoughts while OpenAI's
// completion_tokens contains reasoning. Dialects convert at the border.
#pragma once

#include <cstdint>

namespace bifrost::llm {

struct Usage {
  std::int64_t input = 0;  // plain text input, neither cached nor written to a cache
  std::int64_t cache_read = 0;
  std::int64_t cache_write = 0;     // all cache writes; the next one is a part of it
  std::int64_t cache_write_1h = 0;  // part of cache_write that lives an hour (Anthropic)
  std::int64_t input_audio = 0;
  std::int64_t input_image = 0;  // only where a provider reports it apart
  std::int64_t output = 0;       // visible text and tool calls
  std::int64_t reasoning = 0;
  std::int64_t output_audio = 0;
  std::int64_t output_image = 0;
  std::int64_t web_searches = 0;  // requests, not tokens
  bool known = false;             // a provider reported at least one number

  [[nodiscard]] std::int64_t input_total() const {
    return input + cache_read + cache_write + input_audio + input_image;
  }
  [[nodiscard]] std::int64_t output_total() const {
    return output + reasoning + output_audio + output_image;
  }
  [[nodiscard]] std::int64_t total() const { return input_total() + output_total(); }

  bool operator==(const Usage&) const = default;
};

}  // namespace bifrost::llm
