// The messages of a request as `contents` and `systemInstruction`.
#pragma once

#include "dialect/dropped.h"
#include "llm/request.h"

#include <string>
#include <string_view>

namespace bifrost::dialect::gemini {

struct Contents {
  std::string contents;            // JSON text of the array
  std::string system_instruction;  // JSON text of a content; empty: none
};

// Turns of one role are joined, results of functions belong to the user. `model` decides what a
// turn may hold: Gemini 3 wants signed calls and takes media inside of results. What has no
// counterpart is named in `dropped`.
[[nodiscard]] Contents encode_contents(const llm::Request& request, std::string_view model,
                                       Dropped& dropped);

}  // namespace bifrost::dialect::gemini
