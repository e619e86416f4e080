// Why an answer ended, both ways.
#pragma once

#include "llm/response.h"

#include <string>
#include <string_view>

namespace bifrost::dialect::anthropic {

[[nodiscard]] llm::FinishReason finish_reason(std::string_view stop_reason);

// What an answer shows beside its finish reason.
struct AnswerShape {
  bool has_tool_call = false;
  bool has_refusal = false;
};

// `raw` is the provider's own word and wins where it says the same more exactly. Servers that end
// a turn with tool calls by a plain "stop" are corrected: clients of this dialect go by it.
[[nodiscard]] std::string_view stop_reason(llm::FinishReason reason, std::string_view raw,
                                           AnswerShape shape);

}  // namespace bifrost::dialect::anthropic
