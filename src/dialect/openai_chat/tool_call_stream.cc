#include "dialect/openai_chat/tool_call_stream.h"

#include "base/limits.h"
#include "dialect/openai_chat/answer.h"
#include "dialect/openai_chat/functions.h"
#include "dialect/openai_chat/reasoning.h"

#include <ranges>
#include <utility>

namespace bifrost::dialect::openai_chat {

// The call that a piece belongs to; nullptr: it begins a new one.
ToolCallStream::Call* ToolCallStream::find(std::optional<std::int64_t> number, std::string_view id,
                                           std::string_view name) {
  for (Call& call : std::views::reverse(calls_)) {
    if (number && call.wire_number == number) {
      // The same number with another id and a name is another call: all are numbered 0.
      const bool other = !id.empty() && !name.empty() && !call.id.empty() && call.id != id;
      return other ? nullptr : &call;
    }
    if (!number && !id.empty() && call.id == id) return &call;
  }
  if (number || calls_.empty() || !id.empty() || !name.empty()) return nullptr;
  return &calls_.back();
}

bool ToolCallStream::piece(json::Value call, std::string_view answer_id,
                           std::vector<llm::StreamEvent>& out) {
  if (!call.is_object()) return true;
  const bool custom = call["type"].equals("custom") ||
                      (call["custom"].is_object() && !call["function"].is_object());
  const json::Value body = custom ? call["custom"] : call["function"];
  const auto number = call["index"].integer();
  const std::string id = call["id"].string_or("");
  std::string name = body["name"].string_or("");

  Call* found = find(number, id, name);
  if (found == nullptr) {
    if (calls_.size() >= kToolCallsMax) return false;
    found = &calls_.emplace_back();
    found->number = static_cast<std::int64_t>(calls_.size()) - 1;
    found->wire_number = number;
    found->custom = custom;
  }
  if (found->id.empty()) found->id = id;
  if (found->name.empty()) found->name = std::move(name);
  if (std::string signature = decode_signature(call); !signature.empty()) {
    found->signature = std::move(signature);
  }
  append(*found, decode_arguments(custom ? body["input"] : body["arguments"]), answer_id, out);
  return true;
}

void ToolCallStream::legacy(json::Value call, std::string_view answer_id,
                            std::vector<llm::StreamEvent>& out) {
  if (calls_.empty()) calls_.emplace_back();
  Call& only = calls_.front();
  if (only.name.empty()) only.name = call["name"].string_or("");
  append(only, decode_arguments(call["arguments"]), answer_id, out);
}

void ToolCallStream::append(Call& call, std::string arguments, std::string_view answer_id,
                            std::vector<llm::StreamEvent>& out) {
  if (!call.started && call.name.empty() &&
      call.waiting.size() + arguments.size() <= limits::kStreamEventBytesMax) {
    call.waiting += arguments;
    return;
  }
  start(call, answer_id, out);
  if (arguments.empty()) return;
  out.emplace_back(llm::ToolCallDelta{choice_, call.number, std::move(arguments)});
}

void ToolCallStream::start(Call& call, std::string_view answer_id,
                           std::vector<llm::StreamEvent>& out) {
  if (std::exchange(call.started, true)) return;
  if (call.id.empty()) {
    call.id = made_up_call_id(answer_id, choice_, static_cast<std::size_t>(call.number));
  }
  out.emplace_back(llm::ToolCallStart{.choice = choice_,
                                      .index = call.number,
                                      .id = call.id,
                                      .name = call.name,
                                      .signature = call.signature,
                                      .custom = call.custom});
  if (call.waiting.empty()) return;
  out.emplace_back(llm::ToolCallDelta{choice_, call.number, std::exchange(call.waiting, {})});
}

void ToolCallStream::finish(std::string_view answer_id, std::vector<llm::StreamEvent>& out) {
  for (Call& call : calls_) start(call, answer_id, out);
}

}  // namespace bifrost::dialect::openai_chat
