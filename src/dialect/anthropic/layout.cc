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

std::string content_of(std::size_t message) { return element("messages", message) + ".content"; }

bool is_result(const PlacedPart& placed) {
  return placed.part->as<llm::ToolResultPart>() != nullptr;
}

void move_results_first(std::vector<PlacedPart>& parts) {
  std::vector<PlacedPart> sorted;
  sorted.reserve(parts.size());
  std::ranges::copy_if(parts, std::back_inserter(sorted), is_result);
  std::ranges::copy_if(parts, std::back_inserter(sorted), std::not_fn(is_result));
  parts = std::move(sorted);
}

class LayoutBuilder {
 public:
  LayoutBuilder(const llm::Request& request, const BlockEncoder& blocks,
                std::vector<std::string>& dropped)
      : request_(request),
        blocks_(blocks),
        dropped_(dropped),
        native_(request.dialect == "anthropic") {}

  Layout build() {
    for (std::size_t i = 0; i < request_.messages.size(); ++i) {
      const llm::Message& message = request_.messages[i];
      if (is_instruction(message.role) && (!native_ || layout_.turns.empty())) {
        add_system(message, i);
      } else {
        add_turn(message, i);
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

  void add_system(const llm::Message& message, std::size_t index) {
    for (std::size_t j = 0; j < message.parts.size(); ++j) {
      add(message.parts[j], message.role,
          native_ ? element("system", layout_.system.size()) : element(content_of(index), j),
          layout_.system);
    }
  }

  void add_turn(const llm::Message& message, std::size_t index) {
    const std::string_view role = wire_role(message.role);
    const bool joins = !layout_.turns.empty() && layout_.turns.back().role == role;
    if (!joins) layout_.turns.push_back({.role = role, .parts = {}});
    std::vector<PlacedPart>& parts = layout_.turns.back().parts;
    for (std::size_t j = 0; j < message.parts.size(); ++j) {
      add(message.parts[j], message.role,
          native_ ? element(content_of(layout_.turns.size() - 1), parts.size())
                  : element(content_of(index), j),
          parts);
    }
    if (parts.empty()) layout_.turns.pop_back();  // the API refuses a turn without content
  }

  void add(const llm::Part& part, Role role, std::string at, std::vector<PlacedPart>& into) {
    if (!blocks_.keeps(part, role)) {
      dropped_.push_back(std::move(at));
      return;
    }
    // The API refuses empty text, which other dialects send beside tool calls.
    const auto* text = part.as<llm::TextPart>();
    if (!native_ && text != nullptr && text->text.empty()) return;
    into.push_back({.part = &part, .at = std::move(at)});
  }

  const llm::Request& request_;
  const BlockEncoder& blocks_;
  std::vector<std::string>& dropped_;
  bool native_;
  Layout layout_;
};

}  // namespace

Layout lay_out(const llm::Request& request, const BlockEncoder& blocks,
               std::vector<std::string>& dropped) {
  return LayoutBuilder(request, blocks, dropped).build();
}

std::string element(std::string_view list, std::size_t index) {
  return std::string(list) + "[" + std::to_string(index) + "]";
}

}  // namespace bifrost::dialect::anthropic
