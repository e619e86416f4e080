#include "dialect/openai_chat/finish.h"

#include "base/strings.h"

#include <array>

namespace bifrost::dialect::openai_chat {
namespace {

using enum llm::FinishReason;

struct Word {
  std::string_view word;
  llm::FinishReason reason;
};

constexpr std::array<Word, 37> kWords{{
    {"stop", kStop},
    {"length", kLength},
    {"tool_calls", kToolCalls},
    {"function_call", kToolCalls},
    {"content_filter", kContentFilter},
    // Others, seen from Anthropic-, Gemini- and Cohere-minded proxies, Hugging Face, Mistral, Z.ai.
    {"eos", kStop},
    {"eos_token", kStop},
    {"end_turn", kStop},
    {"end", kStop},
    {"complete", kStop},
    {"completed", kStop},
    {"finish", kStop},
    {"stop_sequence", kStopSequence},
    {"stop_word", kStopSequence},
    {"max_tokens", kLength},
    {"max_output_tokens", kLength},
    {"max_length", kLength},
    {"model_length", kLength},
    {"model_context_window_exceeded", kLength},
    {"context_length_exceeded", kLength},
    {"tool_call", kToolCalls},
    {"tool_use", kToolCalls},
    {"safety", kContentFilter},
    {"recitation", kContentFilter},
    {"blocklist", kContentFilter},
    {"prohibited_content", kContentFilter},
    {"spii", kContentFilter},
    {"sensitive", kContentFilter},
    {"guardrail_intervened", kContentFilter},
    {"refusal", kRefusal},
    {"pause_turn", kPause},
    {"error", kError},
    {"network_error", kError},
    {"insufficient_system_resource", kError},
    {"abort", kError},
    {"malformed_function_call", kError},
    {"cancelled", kError},
}};

}  // namespace

llm::FinishReason decode_finish(std::string_view word) {
  for (const Word& row : kWords) {
    if (iequals(row.word, word)) return row.reason;
  }
  return kUnknown;
}

llm::FinishReason settle_finish(llm::FinishReason reason, bool has_tool_calls) {
  return has_tool_calls && (reason == kStop || reason == kUnknown) ? kToolCalls : reason;
}

std::string_view encode_finish(llm::FinishReason reason) {
  switch (reason) {
    case kLength:
      return "length";
    case kToolCalls:
      return "tool_calls";
    case kContentFilter:
    case kRefusal:
      return "content_filter";
    case kStop:
    case kStopSequence:
    case kPause:
    case kError:
    case kUnknown:
      return "stop";
  }
  return "stop";
}

}  // namespace bifrost::dialect::openai_chat
