#include "dialect/what_is_left.h"

#include <algorithm>
#include <string>

namespace bifrost::dialect {

bool any_tool_left(const llm::Request& request, const Flavor& flavor, std::string_view dialect) {
  if (flavor.removes("tools")) return false;
  return !request.tools.empty() ||
         std::ranges::any_of(request.raw_tools,
                             [&](const llm::RawTool& tool) { return tool.dialect == dialect; });
}

bool may_choose_tool(const llm::Request& request, const Flavor& flavor, std::string_view dialect) {
  const bool native = request.dialect == dialect && !flavor.removes("tools");
  return native || any_tool_left(request, flavor, dialect);
}

bool forces_tool(const llm::Request& request, const Flavor& flavor, std::string_view dialect) {
  using Mode = llm::ToolChoice::Mode;
  const auto& choice = request.tool_choice;
  const bool forced = choice && (choice->mode == Mode::kRequired || choice->mode == Mode::kNamed);
  return forced && may_choose_tool(request, flavor, dialect);
}

Error nothing_left(const llm::Request& request, std::string_view format) {
  Error error =
      client_error(ErrorCode::kInvalidRequest,
                   "nothing of the conversation has a counterpart in " + std::string(format),
                   request.source.field("messages"));
  error.retry = Retry::kOtherTarget;
  return error;
}

bool has_signature(const llm::Message& message) {
  return std::ranges::any_of(message.parts, [](const llm::Part& part) {
    const auto* text = part.as<llm::TextPart>();
    const auto* call = part.as<llm::ToolCallPart>();
    return (text != nullptr && !text->signature.empty()) ||
           (call != nullptr && !call->signature.empty());
  });
}

}  // namespace bifrost::dialect
