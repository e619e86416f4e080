#include "llm/event.h"

namespace bifrost::llm {
namespace {

struct ContentVisitor {
  bool operator()(const TextDelta& delta) const { return !delta.text.empty(); }
  bool operator()(const RefusalDelta& delta) const { return !delta.text.empty(); }
  bool operator()(const ReasoningDelta& delta) const {
    return !delta.text.empty() || !delta.data.empty();
  }
  bool operator()(const ToolCallStart&) const { return true; }
  bool operator()(const ToolCallDelta& delta) const { return !delta.arguments.empty(); }
  bool operator()(const MediaDelta&) const { return true; }
  bool operator()(const RawDelta&) const { return true; }
  bool operator()(const auto&) const { return false; }
};

struct BytesVisitor {
  std::size_t operator()(const TextDelta& delta) const { return delta.text.size(); }
  std::size_t operator()(const RefusalDelta& delta) const { return delta.text.size(); }
  std::size_t operator()(const ReasoningDelta& delta) const { return delta.text.size(); }
  std::size_t operator()(const ToolCallStart& start) const { return start.name.size(); }
  std::size_t operator()(const ToolCallDelta& delta) const { return delta.arguments.size(); }
  std::size_t operator()(const auto&) const { return 0; }
};

struct ChoiceVisitor {
  std::optional<std::int64_t> operator()(const auto& event) const {
    if constexpr (requires { event.choice; }) return event.choice;
    return std::nullopt;
  }
};

}  // namespace

bool is_content(const StreamEvent& event) { return std::visit(ContentVisitor{}, event); }

std::size_t content_bytes(const StreamEvent& event) { return std::visit(BytesVisitor{}, event); }

std::optional<std::int64_t> choice_of(const StreamEvent& event) {
  return std::visit(ChoiceVisitor{}, event);
}

}  // namespace bifrost::llm
