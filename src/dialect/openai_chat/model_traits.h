// What OpenAI's own models take, by their names.
#pragma once

#include <string_view>

namespace bifrost::dialect::openai_chat {

// Can the model be told not to think, and with which word?
struct ThinkingOff {
  enum class Way { kWord, kNeverThinks, kUnknown };
  Way way = Way::kUnknown;
  std::string_view effort = {};  // of kWord: the least that the model takes
};

[[nodiscard]] ThinkingOff thinking_off(std::string_view model);

}  // namespace bifrost::dialect::openai_chat
