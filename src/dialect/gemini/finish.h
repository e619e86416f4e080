// Why an answer ended: Google's names and ours.
#pragma once

#include "llm/response.h"

#include <string_view>

namespace bifrost::dialect::gemini {

// Of a candidate. STOP of an answer that calls functions is kToolCalls.
[[nodiscard]] llm::FinishReason finish_reason(std::string_view name, bool has_calls);

// Is it only known as a promptFeedback.blockReason, not as a finishReason?
[[nodiscard]] bool is_block_reason_only(std::string_view name);

// Google's name; `raw` itself when it is one that means `reason`.
[[nodiscard]] std::string_view finish_name(llm::FinishReason reason, std::string_view raw);

// Neither empty nor the placeholder of an answer that goes on.
[[nodiscard]] bool is_final(std::string_view name);

}  // namespace bifrost::dialect::gemini
