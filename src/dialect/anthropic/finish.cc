#include "dialect/anthropic/finish.h"

#include <algorithm>
#include <array>

namespace bifrost::dialect::anthropic {
namespace {

using llm::FinishReason;

struct Row {
  std::string_view wire;
  FinishReason reason;
};

// The first row of a reason is its usual spelling.
constexpr std::array<Row, 8> kRows{{
    {"end_turn", FinishReason::kStop},
    {"stop_sequence", FinishReason::kStopSequence},
    {"max_tokens", FinishReason::kLength},
    {"model_context_window_exceeded", FinishReason::kLength},
    {"tool_use", FinishReason::kToolCalls},
    {"pause_turn", FinishReason::kPause},
    {"compaction", FinishReason::kPause},
    {"refusal", FinishReason::kRefusal},
}};

std::string_view usual(FinishReason reason) {
  const auto* row = std::ranges::find(kRows, reason, &Row::reason);
  if (row != kRows.end()) return row->wire;
  return reason == FinishReason::kContentFilter ? "refusal" : "end_turn";
}

}  // namespace

FinishReason finish_reason(std::string_view stop_reason) {
  const auto* row = std::ranges::find(kRows, stop_reason, &Row::wire);
  return row == kRows.end() ? FinishReason::kUnknown : row->reason;
}

std::string_view stop_reason(FinishReason reason, std::string_view raw, AnswerShape shape) {
  const auto* row = std::ranges::find(kRows, raw, &Row::wire);
  if (row != kRows.end() && row->reason == reason) return row->wire;
  if (reason == FinishReason::kStop || reason == FinishReason::kUnknown) {
    if (shape.has_refusal) return "refusal";
    if (shape.has_tool_call) return "tool_use";
  }
  return usual(reason);
}

}  // namespace bifrost::dialect::anthropic
