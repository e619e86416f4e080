// The pieces of an answer's message: what a whole message and the delta of a stream share.
#pragma once

#include "json/document.h"
#include "llm/content.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace bifrost::dialect::openai_chat {

// The parts of a whole message in the order: thoughts, content, refusal, media, tool calls.
[[nodiscard]] std::vector<llm::Part> decode_message_parts(json::Value message);

// `content` as text or as a list of chunks (Mistral); no parts for null and "".
[[nodiscard]] std::vector<llm::Part> decode_content(json::Value content);

// The list of a Mistral thinking chunk as text.
[[nodiscard]] std::string decode_thinking(json::Value chunk);

// The entries of `images` (OpenRouter).
[[nodiscard]] std::vector<llm::Part> decode_images(json::Value images);

// Nothing when the provider wrote an empty object.
[[nodiscard]] std::optional<llm::AudioPart> decode_audio(json::Value audio);

// Nothing when it has neither id nor name nor arguments.
[[nodiscard]] std::optional<llm::ToolCallPart> decode_tool_call(json::Value call);

// Arguments are a string; some providers write the object itself.
[[nodiscard]] std::string decode_arguments(json::Value arguments);

// OpenAI's logprobs as JSON text; empty when there is nothing in them.
[[nodiscard]] std::string decode_logprobs(json::Value logprobs);

// An id for a call whose provider gave none, made from what the answer has: the same answer read
// twice gives the same id.
[[nodiscard]] std::string made_up_call_id(std::string_view answer_id, std::int64_t choice,
                                          std::size_t call);

}  // namespace bifrost::dialect::openai_chat
