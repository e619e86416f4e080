// Which parts of a conversation stand where in a Messages request.
//
// Instructions leave the list of messages and become the system prompt, except that a native
// request keeps those between turns in place. Neighbours of one role are one turn; the results of
// tool calls are the user's, and first in the turn. Where instructions are all there is, they are
// the user's turn.
#pragma once

#include "dialect/anthropic/encode_blocks.h"
#include "llm/request.h"

#include <string_view>
#include <vector>

namespace bifrost::dialect::anthropic {

struct Turn {
  std::string_view role;
  std::vector<const llm::Part*> parts;
};

struct Layout {
  std::vector<const llm::Part*> system;
  std::vector<Turn> turns;
};

// Parts point into `request`. Those that `blocks` does not keep are named in `dropped`.
[[nodiscard]] Layout lay_out(const llm::Request& request, const BlockEncoder& blocks,
                             Dropped& dropped);

}  // namespace bifrost::dialect::anthropic
