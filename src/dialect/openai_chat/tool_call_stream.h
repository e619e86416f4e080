// Puts the tool calls of one choice together from the pieces of a stream.
//
// OpenAI numbers the calls and gives id and name once, in the first piece. Others leave the number
// out, number every call 0, repeat id and name in each piece, give them late or never, or send a
// whole call in one piece. Out come starts and deltas with numbers of our own, without gaps.
#pragma once

#include "json/document.h"
#include "llm/event.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace bifrost::dialect::openai_chat {

class ToolCallStream {
 public:
  explicit ToolCallStream(std::int64_t choice) : choice_(choice) {}

  // One entry of `tool_calls`. False when there are more than kToolCallsMax.
  bool piece(json::Value call, std::string_view answer_id, std::vector<llm::StreamEvent>& out);
  // A piece of the legacy `function_call`.
  void legacy(json::Value call, std::string_view answer_id, std::vector<llm::StreamEvent>& out);
  // The choice is through: starts what has waited for its name in vain.
  void finish(std::string_view answer_id, std::vector<llm::StreamEvent>& out);

  [[nodiscard]] bool any() const { return !calls_.empty(); }

 private:
  struct Call {
    std::int64_t number = 0;                  // ours
    std::optional<std::int64_t> wire_number;  // theirs
    std::string id;
    std::string name;
    std::string signature;
    std::string waiting;  // arguments that came before the name; bounded by the stream's events
    bool custom = false;
    bool started = false;
  };

  Call* find(std::optional<std::int64_t> number, std::string_view id, std::string_view name);
  void append(Call& call, std::string arguments, std::string_view answer_id,
              std::vector<llm::StreamEvent>& out);
  void start(Call& call, std::string_view answer_id, std::vector<llm::StreamEvent>& out);

  std::int64_t choice_;
  std::vector<Call> calls_;
};

}  // namespace bifrost::dialect::openai_chat
