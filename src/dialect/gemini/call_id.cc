#include "dialect/gemini/call_id.h"

#include <array>
#include <cstdint>

namespace bifrost::dialect::gemini {
namespace {

// FNV-1a: stable over versions and machines, which std::hash does not promise.
class Fingerprint {
 public:
  void add(std::string_view text) {
    for (const char c : text) mix(static_cast<unsigned char>(c));
    mix(0xFF);  // no UTF-8 text holds it: "a","bc" and "ab","c" differ
  }

  [[nodiscard]] std::string hex() const {
    constexpr std::string_view kHex = "0123456789abcdef";
    std::string text(16, '0');
    std::uint64_t rest = state_;
    for (std::size_t i = text.size(); i-- > 0; rest >>= 4U) text[i] = kHex[rest & 0xFU];
    return text;
  }

 private:
  void mix(unsigned char byte) { state_ = (state_ ^ byte) * 1099511628211ULL; }

  std::uint64_t state_ = 14695981039346656037ULL;
};

}  // namespace

std::string answer_call_id(std::string_view answer_id, std::size_t ordinal, std::string_view name) {
  Fingerprint print;
  print.add(answer_id);
  print.add(name);
  print.add(std::to_string(ordinal));
  return "call_" + print.hex();
}

void CallHistory::add(llm::ToolCallPart& call) {
  if (call.id.empty()) call.id = "call_" + std::to_string(calls_);
  ++calls_;
  names_.try_emplace(call.id, call.name);
  open_[call.name].ids.push_back(call.id);
}

void CallHistory::match(llm::ToolResultPart& result) {
  if (result.name.empty()) result.name = name_of(result.tool_call_id);
  const auto found = open_.find(result.name);
  Open* open = found == open_.end() ? nullptr : &found->second;
  const bool waiting = open != nullptr && open->next < open->ids.size();
  if (result.tool_call_id.empty()) {
    result.tool_call_id =
        waiting ? open->ids[open->next++] : "call_result_" + std::to_string(orphans_++);
    return;
  }
  // Some clients send ids for a part of their history only: keep the order in step.
  if (waiting && open->ids[open->next] == result.tool_call_id) ++open->next;
}

std::string_view CallHistory::name_of(std::string_view id) const {
  const auto found = names_.find(std::string(id));
  return found == names_.end() ? std::string_view{} : std::string_view(found->second);
}

}  // namespace bifrost::dialect::gemini
