// What models take that are spoken to in this dialect, by their names.
#pragma once

#include "dialect/refusals.h"

#include <string_view>

namespace bifrost::dialect::openai_chat {

// Can the model be told not to think, and with which word?
struct ThinkingOff {
  enum class Way { kWord, kNeverThinks, kUnknown };
  Way way = Way::kUnknown;
  std::string_view effort = {};  // of kWord: the least that the model takes
};

[[nodiscard]] ThinkingOff thinking_off(std::string_view model);

[[nodiscard]] Refusals refusals(std::string_view model);

}  // namespace bifrost::dialect::openai_chat
