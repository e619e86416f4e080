#include "dialect/anthropic/layout.h"

#include <algorithm>
#include <functional>
#include <iterator>
#include <utility>

namespace bifrost::dialect::anthropic {
namespace {

using llm::Role;

bool is_instruction(Role role) { return role == Role::kSystem || role == Role::kDeveloper; }

std::string_view wire_role(Role role) {
  if (is_instruction(role)) return "system";
  return role == Role::kAssistant ? "assistant" : "user";
}

bool is_result(const llm::Part* part) { return part->as<llm::ToolResultPart>() != nullptr; }

void move_results_first(std::vector<const llm::Part*>& parts) {
  std::vector<const llm::Part*> sorted;
  sorted.reserve(parts.size());
  std::ranges::copy_if(parts, std::back_inserter(sorted), is_result);
  std::ranges::copy_if(parts, std::back_inserter(sorted), std::not_fn(is_result));
  parts = std::move(sorted);
}

class LayoutBuilder {
 public:
  LayoutBuilder(const llm::Request& request, const BlockEncoder& blocks, Dropped& dropped)
      : request_(request),
        blocks_(blocks),
        dropped_(dropped),
        native_(request.dialect == "anthropic") {}

  Layout build() {
    for (const llm::Message& message : request_.messages) {
      if (is_instruction(message.role) && (!native_ || layout_.turns.empty())) {
        add_system(message);
      } else {
        add_turn(message);
      }
    }
    if (!native_) {
      for (Turn& turn : layout_.turns) move_results_first(turn.parts);
      if (layout_.turns.empty()) system_as_user();
    }
    return std::move(layout_);
  }

 private:
  // The API refuses a request without a turn.
  void system_as_user() {
    if (layout_.system.empty()) return;
    layout_.turns.push_back({.role = "user", .parts = std::exchange(layout_.system, {})});
  }

  void add_system(const llm::Message& message) {
    for (const llm::Part& part : message.parts) add(part, message.role, layout_.system);
  }

  void add_turn(const llm::Message& message) {
    const std::string_view role = wire_role(message.role);
    const bool joins = !layout_.turns.empty() && layout_.turns.back().role == role;
    if (!joins) layout_.turns.push_back({.role = role, .parts = {}});
    std::vector<const llm::Part*>& parts = layout_.turns.back().parts;
    for (const llm::Part& part : message.parts) add(part, message.role, parts);
    if (parts.empty()) layout_.turns.pop_back();  // the API refuses a turn without content
  }

  void add(const llm::Part& part, Role role, std::vector<const llm::Part*>& into) {
    if (!blocks_.keeps(part, role)) {
      dropped_.at(part.place);
      return;
    }
    // The API refuses empty text, which other dialects send beside tool calls.
    const auto* text = part.as<llm::TextPart>();
    if (!native_ && text != nullptr && text->text.empty()) return;
    into.push_back(&part);
  }

  const llm::Request& request_;
  const BlockEncoder& blocks_;
  Dropped& dropped_;
  bool native_;
  Layout layout_;
};

}  // namespace

Layout lay_out(const llm::Request& request, const BlockEncoder& blocks, Dropped& dropped) {
  return LayoutBuilder(request, blocks, dropped).build();
}

}  // namespace bifrost::dialect::anthropic
