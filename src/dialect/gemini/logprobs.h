// logprobsResult and OpenAI's shape of log probabilities, which is the one of our model.
#pragma once

#include "json/document.h"
#include "json/writer.h"

#include <string>
#include <string_view>

namespace bifrost::dialect::gemini {

// JSON text; empty when there is nothing.
[[nodiscard]] std::string decode_logprobs(json::Value result);

// Appends the member `logprobsResult`, or nothing when `openai_json` is not usable.
void write_logprobs(json::Writer& out, std::string_view openai_json);

}  // namespace bifrost::dialect::gemini
