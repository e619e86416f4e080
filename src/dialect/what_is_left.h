// What all encoders do alike where little of a translated request is left.
#pragma once

#include "base/error.h"
#include "dialect/flavor.h"
#include "llm/request.h"

#include <string_view>

namespace bifrost::dialect {

// Is a tool left to choose, where each tool of the caller has a counterpart and a provider's own
// only in its own dialect? Endpoints refuse a choice without tools.
[[nodiscard]] bool any_tool_left(const llm::Request& request, const Flavor& flavor,
                                 std::string_view dialect);

// May the request say which tool is wanted? What a caller of this dialect wrote is for its endpoint
// to judge.
[[nodiscard]] bool may_choose_tool(const llm::Request& request, const Flavor& flavor,
                                   std::string_view dialect);

// Has the answer to be the call of a tool?
[[nodiscard]] bool forces_tool(const llm::Request& request, const Flavor& flavor,
                               std::string_view dialect);

// Of a conversation without a turn that has a counterpart. The next target may have one. `format`
// is for people: "OpenAI's format".
[[nodiscard]] Error nothing_left(const llm::Request& request, std::string_view format);

// Is a text or a call of the message signed by Gemini? Where that cannot be told, one name says it
// for all of a conversation.
[[nodiscard]] bool has_signature(const llm::Message& message);

}  // namespace bifrost::dialect
