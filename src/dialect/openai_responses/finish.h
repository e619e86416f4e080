// Why an answer ended: `status` and `incomplete_details` of a response.
#pragma once

#include "json/document.h"
#include "llm/response.h"

#include <string>
#include <string_view>

namespace bifrost::dialect::openai_responses {

struct Finish {
  llm::FinishReason reason = llm::FinishReason::kUnknown;
  std::string raw;       // the reason where one is given, else the status
  bool settled = false;  // nothing more will come; a background answer may be asked for again
};

// Of a response object that is no failure.
[[nodiscard]] Finish decode_finish(json::Value response, bool any_call);

// "completed" or "incomplete".
[[nodiscard]] std::string_view encode_status(llm::FinishReason reason);
// Empty: there are no details.
[[nodiscard]] std::string_view encode_incomplete_reason(llm::FinishReason reason);

}  // namespace bifrost::dialect::openai_responses
