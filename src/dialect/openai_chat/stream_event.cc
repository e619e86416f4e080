#include "dialect/openai_chat/stream_event.h"

#include "dialect/openai_chat/usage.h"

namespace bifrost::dialect::openai_chat {

EventKind kind_of(const http::sse::Event& event, json::Value root) {
  if (root["choices"].is_array() || find_usage(root).exists()) return EventKind::kChunk;
  if (!root.is_object()) return EventKind::kForeign;
  // Told by their own type, so that an answer in another format is not taken for a silent one.
  const bool sideband = (!event.type.empty() && event.type != "message") ||
                        root["type"].equals("ping") || root["prompt_filter_results"].exists() ||
                        root["x_groq"].exists() ||
                        root["object"].string_or("").starts_with("chat.completion");
  return sideband ? EventKind::kSideband : EventKind::kForeign;
}

}  // namespace bifrost::dialect::openai_chat
