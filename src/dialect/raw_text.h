// Words inside of a block that only its own dialect knows.
#pragma once

#include "llm/content.h"

#include <string>

namespace bifrost::dialect {

// What a model reads in the block where another dialect has no counterpart: title, source and text
// of an Anthropic `search_result`. Empty: nothing, the block cannot be told in words.
// https://docs.anthropic.com/en/docs/build-with-claude/search-results
[[nodiscard]] std::string raw_text(const llm::RawPart& part);

}  // namespace bifrost::dialect
