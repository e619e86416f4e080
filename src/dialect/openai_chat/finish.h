// Why a model stopped: the many words of OpenAI-shaped providers, and the five of OpenAI.
#pragma once

#include "llm/response.h"

#include <string_view>

namespace bifrost::dialect::openai_chat {

// Without case; kUnknown for a word nobody knows.
[[nodiscard]] llm::FinishReason decode_finish(std::string_view word);

// Some providers write "stop" behind tool calls, which tells a caller of another dialect that
// there is nothing to do.
[[nodiscard]] llm::FinishReason settle_finish(llm::FinishReason reason, bool has_tool_calls);

// One of OpenAI's words, for strict clients know no others.
[[nodiscard]] std::string_view encode_finish(llm::FinishReason reason);

}  // namespace bifrost::dialect::openai_chat
