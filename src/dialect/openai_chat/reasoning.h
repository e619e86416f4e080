// What a model thought, in the three spellings of OpenAI-shaped providers:
//
//   reasoning_content   text (DeepSeek, Z.ai, Moonshot, vLLM)
//   reasoning           text (OpenRouter, Groq, Cerebras)
//   reasoning_details   blocks with signatures (OpenRouter), which repeat the text of `reasoning`
//
// We write the last two. A block that Anthropic redacted and one that OpenAI encrypted share the
// type "reasoning.encrypted"; `redacted: true` tells ours apart.
#pragma once

#include "json/document.h"
#include "json/writer.h"
#include "llm/content.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace bifrost::dialect::openai_chat {

// One entry of `reasoning_details`; `index` is -1 when the provider gave none.
struct ReasoningDetail {
  llm::ReasoningPart part;
  std::int64_t index = -1;
};

[[nodiscard]] std::vector<ReasoningDetail> decode_reasoning_details(json::Value details);

// The plain text of a message or delta.
[[nodiscard]] std::string plain_reasoning(json::Value message);

// The reasoning of a whole message: pieces of one block are joined, text that stands in two
// spellings counts once.
[[nodiscard]] std::vector<llm::ReasoningPart> decode_reasoning(json::Value message);

// Appends one entry of `reasoning_details`.
void encode_reasoning_detail(json::Writer& writer, const llm::ReasoningPart& part,
                             std::int64_t index);

// Appends the members `reasoning` (when there is text) and `reasoning_details`.
void encode_reasoning(json::Writer& writer, const std::vector<const llm::ReasoningPart*>& parts);

// All text of the parts, as `reasoning` shows it.
[[nodiscard]] std::string joined_text(const std::vector<const llm::ReasoningPart*>& parts);

// A thought signature of Gemini's compatible endpoint: extra_content.google.thought_signature.
[[nodiscard]] std::string decode_signature(json::Value owner);
void encode_signature(json::Writer& writer, std::string_view signature);

}  // namespace bifrost::dialect::openai_chat
