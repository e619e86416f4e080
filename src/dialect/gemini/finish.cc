#include "dialect/gemini/finish.h"

#include <algorithm>
#include <array>

namespace bifrost::dialect::gemini {
namespace {

using enum llm::FinishReason;

struct Row {
  std::string_view name;
  llm::FinishReason reason;
};

constexpr std::array<Row, 21> kReasons{{
    {"STOP", kStop},
    {"MAX_TOKENS", kLength},
    {"SAFETY", kContentFilter},
    {"RECITATION", kContentFilter},
    {"LANGUAGE", kContentFilter},
    {"BLOCKLIST", kContentFilter},
    {"PROHIBITED_CONTENT", kContentFilter},
    {"SPII", kContentFilter},
    {"IMAGE_SAFETY", kContentFilter},
    {"IMAGE_PROHIBITED_CONTENT", kContentFilter},
    {"IMAGE_RECITATION", kContentFilter},
    {"MODEL_ARMOR", kContentFilter},
    {"MALFORMED_FUNCTION_CALL", kToolCalls},
    {"UNEXPECTED_TOOL_CALL", kToolCalls},
    {"TOO_MANY_TOOL_CALLS", kError},
    {"MISSING_THOUGHT_SIGNATURE", kError},
    {"MALFORMED_RESPONSE", kError},
    {"CONTINUATION", kPause},
    {"NO_IMAGE", kUnknown},
    {"IMAGE_OTHER", kUnknown},
    {"OTHER", kUnknown},
}};

const Row* row_of(std::string_view name) {
  const auto found = std::ranges::find(kReasons, name, &Row::name);
  return found == kReasons.end() ? nullptr : &*found;
}

}  // namespace

llm::FinishReason finish_reason(std::string_view name, bool has_calls) {
  const Row* row = row_of(name);
  const llm::FinishReason reason = row == nullptr ? kUnknown : row->reason;
  return reason == kStop && has_calls ? kToolCalls : reason;
}

bool is_block_reason_only(std::string_view name) {
  return name == "JAILBREAK" || name == "MODEL_ARMOR" || name == "OTHER" ||
         name == "BLOCKED_REASON_UNSPECIFIED";
}

std::string_view finish_name(llm::FinishReason reason, std::string_view raw) {
  const Row* row = row_of(raw);
  if (row != nullptr && (row->reason == reason || (raw == "STOP" && reason == kToolCalls))) {
    return row->name;
  }
  switch (reason) {
    case kStop:
    case kStopSequence:
    case kToolCalls:
      return "STOP";
    case kLength:
      return "MAX_TOKENS";
    case kContentFilter:
    case kRefusal:
      return "SAFETY";
    // A paused turn is continued by sending the answer back, not by Google's token: a client that
    // read CONTINUATION would wait for one.
    case kPause:
    case kError:
    case kUnknown:
      return "OTHER";
  }
  return "OTHER";
}

bool is_final(std::string_view name) {
  return !name.empty() && name != "FINISH_REASON_UNSPECIFIED";
}

}  // namespace bifrost::dialect::gemini
