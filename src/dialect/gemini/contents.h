// The messages of a request as `contents` and `systemInstruction`.
#pragma once

#include "llm/request.h"

#include <string>
#include <string_view>
#include <vector>

namespace bifrost::dialect::gemini {

struct Contents {
  std::string contents;            // JSON text of the array
  std::string system_instruction;  // JSON text of a content; empty: none
  std::vector<std::string> dropped;
};

// Turns of one role are joined, results of functions belong to the user. `model` decides what a
// turn may hold: Gemini 3 wants signed calls and takes media inside of results.
[[nodiscard]] Contents encode_contents(const llm::Request& request, std::string_view model);

}  // namespace bifrost::dialect::gemini
