// Places for requests that tests put together by hand.
#pragma once

#include "llm/request.h"

namespace bifrost::llm {

inline void place_parts(Source& source, Place above, std::vector<Part>& parts) {
  for (std::size_t i = 0; i < parts.size(); ++i) {
    parts[i].place = source.add(above, "content", i);
    if (auto* result = parts[i].as<ToolResultPart>()) {
      place_parts(source, parts[i].place, result->parts);
    }
  }
}

// As if a caller had written each message, and each result of a tool, with a list of parts.
inline void place_all(Request& request) {
  request.source = {};
  for (std::size_t i = 0; i < request.messages.size(); ++i) {
    Message& message = request.messages[i];
    message.place = request.source.add({}, "messages", i);
    place_parts(request.source, message.place, message.parts);
  }
  std::size_t index = 0;
  for (Tool& tool : request.tools) tool.place = request.source.add({}, "tools", index++);
  for (RawTool& tool : request.raw_tools) tool.place = request.source.add({}, "tools", index++);
}

}  // namespace bifrost::llm
