// Edits of passing requests that OpenAI's formats have in common.
#pragma once

#include "dialect/flavor.h"
#include "json/document.h"
#include "json/splice.h"

#include <string_view>

namespace bifrost::dialect::openai_chat {

// Of the value of `user` as it stands: is it longer than the endpoint takes?
[[nodiscard]] inline bool user_too_long(std::string_view value, const Flavor& flavor) {
  if (flavor.user_bytes_max == 0 || value.size() <= flavor.user_bytes_max) return false;
  const auto text = json::unescape(value);
  return text && text->size() > flavor.user_bytes_max;
}

// Cuts `cache_control` out of a message, a part or a tool of the whole body.
inline void remove_marker(json::Value owner, json::Splice& splice) {
  for (const json::Value member : owner.children()) {
    if (!owner.is_object() || member.key() != "cache_control") continue;
    splice.remove_member(member.key_offset(), member.offset() + member.raw().size());
  }
}

}  // namespace bifrost::dialect::openai_chat
