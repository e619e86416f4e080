// A whole answer in our own words.
#pragma once

#include "llm/content.h"
#include "llm/usage.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace bifrost::llm {

enum class FinishReason : std::uint8_t {
  kStop,          // the model was through
  kStopSequence,  // it met one of the caller's stop sequences
  kLength,        // max_tokens or the context window
  kToolCalls,
  kContentFilter,  // safety, recitation, block lists
  kRefusal,        // the model declined
  kPause,          // a long turn was paused and can be continued (Anthropic)
  kError,          // malformed output
  kUnknown,
};

// A finish that says "call the tools" needs a call: whoever reads it would wait for one that never
// comes. Some models end so after a call that nobody could read; that is an answer gone wrong.
[[nodiscard]] constexpr FinishReason with_calls(FinishReason reason, bool any_call) {
  return reason == FinishReason::kToolCalls && !any_call ? FinishReason::kError : reason;
}

struct Choice {
  std::int64_t index = 0;
  std::vector<Part> parts;  // in the order the model wrote them
  FinishReason finish = FinishReason::kUnknown;
  std::string finish_raw;  // as the provider wrote it
  std::string stop_sequence;
  std::string logprobs;  // JSON text in OpenAI's shape
};

struct Response {
  std::string id;
  std::string model;         // that the provider says it used
  std::int64_t created = 0;  // seconds since the epoch; 0: the provider did not say
  std::vector<Choice> choices;
  Usage usage;
  std::string service_tier;
  std::string system_fingerprint;

  std::string dialect;  // that the raw parts are written in
};

}  // namespace bifrost::llm
