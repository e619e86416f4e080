// Ids and inputs of tool calls, made to fit this dialect's rules.
//
// An id must match ^[a-zA-Z0-9_-]+$. One that does not is written as "bfx_" and the base64url of
// its bytes. The thought signature that some models demand back with a call has no field here, and
// an id is the one thing that every client returns unchanged: it is written behind the id as
// "_bfsig_" and the base64url of the signature. Both are undone when they come back.
#pragma once

#include <string>
#include <string_view>

namespace bifrost::dialect::anthropic {

struct ToolId {
  std::string id;
  std::string signature;
};

[[nodiscard]] std::string wire_tool_id(std::string_view id, std::string_view signature = {});
[[nodiscard]] ToolId hub_tool_id(std::string_view wire);

// A call's arguments as the object that `input` has to be: as they stand when they are one, {} when
// there are none, and else as {"input": …}, so that broken JSON of a model never breaks the body.
[[nodiscard]] std::string tool_input(std::string_view arguments, bool custom);

}  // namespace bifrost::dialect::anthropic
