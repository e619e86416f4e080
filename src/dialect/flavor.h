// How one endpoint departs from the letter of its wire format, as data of a provider's row.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <utility>

namespace bifrost::dialect {

// How an OpenAI-shaped endpoint takes earlier reasoning on assistant messages.
enum class ReasoningHistory : std::uint8_t {
  kNone,     // not at all (OpenAI): left out when translating
  kContent,  // `reasoning_content` (DeepSeek)
  kDetails,  // `reasoning` and `reasoning_details` (OpenRouter)
};

// How one endpoint differs from the letter of its dialect. Data of a provider's row; both ways
// through the dialect (encode_request and edit_request) obey it.
struct Flavor {
  // Top-level fields that the endpoint refuses: removed, and named as dropped when translating.
  std::span<const std::string_view> removed_fields = {};
  // Top-level fields under another name: {ours, theirs}.
  std::span<const std::pair<std::string_view, std::string_view>> renamed_fields = {};
  bool keeps_cache_control = false;  // `cache_control` on messages and blocks is understood
  bool injects_usage_option = true;  // takes stream_options.include_usage
  bool developer_role = false;       // knows the role "developer"; else it becomes "system"
  bool named_tool_choice = true;     // else a named choice becomes "required"
  std::string_view required_choice = "required";  // its word for tool_choice "required"
  std::string_view minimal_effort = "minimal";    // its word for reasoning effort "minimal"
  std::size_t user_bytes_max = 0;                 // a longer `user` is dropped; 0: any
  bool files_by_address = false;  // documents may be told by their address (OpenRouter)
  bool reasoning_object = false;  // takes `reasoning` {effort, …}; else `reasoning_effort`
  ReasoningHistory reasoning_history = ReasoningHistory::kNone;
  bool keeps_unless_told = false;  // stores answers unless the request says otherwise (Responses)
  bool never_stores = false;       // is told not to, whatever the caller wishes
  // Thinks by default and refuses a forced tool call then: such requests switch thinking off.
  bool forced_tool_ends_thinking = false;

  [[nodiscard]] bool removes(std::string_view field) const {
    return std::ranges::find(removed_fields, field) != removed_fields.end();
  }
  // The endpoint's name of a field.
  [[nodiscard]] std::string_view name_of(std::string_view field) const {
    for (const auto& [ours, theirs] : renamed_fields) {
      if (ours == field) return theirs;
    }
    return field;
  }
};

}  // namespace bifrost::dialect
