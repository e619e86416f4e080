// The parts of a request that say what tools there are, how much to think and in what form to
// answer.
#pragma once

#include "base/result.h"
#include "json/document.h"
#include "llm/request.h"

namespace bifrost::dialect::anthropic {

// `tools` and `tool_choice`.
Result<void> read_tools(json::Value root, llm::Request& request);

// `thinking`, `output_config` and `output_format`.
Result<void> read_thinking(json::Value root, llm::Request& request);

}  // namespace bifrost::dialect::anthropic
