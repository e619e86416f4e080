// The grammar of a free-form tool. Chats write it with one more level than Responses:
//
//   {"type":"grammar","grammar":{"syntax":"lark","definition":"…"}}     chats, and llm::Tool
//   {"type":"grammar","syntax":"lark","definition":"…"}                 Responses
#pragma once

#include "json/document.h"

#include <string>
#include <string_view>

namespace bifrost::dialect::openai_responses {

// Both as JSON text. What is no grammar is the same in both.
[[nodiscard]] std::string nested_format(json::Value flat);
[[nodiscard]] std::string flat_format(std::string_view nested);

}  // namespace bifrost::dialect::openai_responses
