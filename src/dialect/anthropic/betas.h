// The `anthropic-beta` header that a request needs for what is in it.
//
//   computer-use-2025-01-24, -2025-11-24      a computer tool of that generation
//   structured-outputs-2025-11-13             a strict tool or an output format
//   advanced-tool-use-2025-11-20              defer_loading, input_examples, allowed_callers
//   mcp-client-2025-11-20                     mcp_servers
//   prompt-caching-scope-2026-01-05           cache_control.scope
//   compact-2026-01-12                        a compaction edit
//   context-management-2025-06-27             a clearing edit
//   interleaved-thinking-2025-05-14           thinking with a budget or adaptive
//   fast-mode-2026-02-01                      speed "fast"
//   files-api-2025-04-14                      a source that is an uploaded file
//   server-side-fallback-2026-07-01           the API's own fallbacks
//   mid-conversation-tool-changes-2026-07-01  tools added or removed between turns
//
// Which of them an endpoint understands is for its provider to say.
#pragma once

#include "llm/request.h"

#include <string>
#include <string_view>
#include <vector>

namespace bifrost::dialect::anthropic {

struct BetaFacts {
  bool thinking = false;  // of the request as it is sent
};

// The value of the header; empty: none is needed.
[[nodiscard]] std::string needed_betas(const llm::Request& request, BetaFacts facts);

}  // namespace bifrost::dialect::anthropic
