#include "dialect/openai_responses/finish.h"

namespace bifrost::dialect::openai_responses {

using enum llm::FinishReason;

namespace {

// Some part of some message.
bool refuses(json::Value output) {
  for (const json::Value item : output.children()) {
    for (const json::Value part : item["content"].children()) {
      if (part["type"].equals("refusal")) return true;
    }
  }
  return false;
}

}  // namespace

Finish decode_finish(json::Value response, bool any_call) {
  const auto [status, details] = response.members<2>({"status", "incomplete_details"});
  Finish finish;
  finish.raw = status.string_or("");
  if (status.equals("queued") || status.equals("in_progress")) return finish;
  finish.settled = true;
  if (status.equals("incomplete")) {
    finish.raw = details["reason"].string_or(finish.raw);
    finish.reason = finish.raw == "content_filter" ? kContentFilter : kLength;
  } else if (!status.equals("cancelled")) {  // some write "complete", some nothing
    const bool refused = !any_call && refuses(response["output"]);
    finish.reason = refused ? kRefusal : any_call ? kToolCalls : kStop;
  }
  return finish;
}

std::string_view encode_status(llm::FinishReason reason) {
  return encode_incomplete_reason(reason).empty() ? "completed" : "incomplete";
}

std::string_view encode_incomplete_reason(llm::FinishReason reason) {
  switch (reason) {
    case kLength:
      return "max_output_tokens";
    case kContentFilter:
      return "content_filter";
    case kStop:
    case kStopSequence:
    case kToolCalls:
    case kRefusal:
    case kPause:
    case kError:
    case kUnknown:
      return {};
  }
  return {};
}

}  // namespace bifrost::dialect::openai_responses
