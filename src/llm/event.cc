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

}  // namespace

bool is_content(const StreamEvent& event) { return std::visit(ContentVisitor{}, event); }

}  // namespace bifrost::llm
