#include "llm/model_name.h"

#include "base/limits.h"
#include "base/strings.h"

#include <algorithm>
#include <optional>
#include <utility>

namespace bifrost::llm {
namespace {

constexpr std::size_t kShownBytesMax = 40;  // of a name that is far too long

bool is_space_or_control(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte <= 0x20 || byte == 0x7F;
}

bool is_hex(char c) {
  const char lower = ascii_lower(c);
  return (lower >= '0' && lower <= '9') || (lower >= 'a' && lower <= 'f');
}

bool has_escape(std::string_view text) {
  for (std::size_t at = text.find('%'); at != std::string_view::npos; at = text.find('%', at + 1)) {
    if (at + 2 < text.size() && is_hex(text[at + 1]) && is_hex(text[at + 2])) return true;
  }
  return false;
}

// What no name has, as a sentence about it; nothing when all is well.
std::optional<std::string_view> problem(std::string_view text) {
  if (std::ranges::any_of(text, is_space_or_control)) {
    return "has white space or a control character";
  }
  if (text.find('\\') != std::string_view::npos) return "has a backslash";
  if (has_escape(text)) return "has a percent escape";
  const auto segments = split(text, '/');
  if (std::ranges::any_of(segments, &std::string_view::empty)) {
    return "begins or ends with a slash, or has two in a row";
  }
  if (std::ranges::any_of(segments, is_dot_segment)) return "has a segment that is \".\" or \"..\"";
  return std::nullopt;
}

}  // namespace

Result<void> check_model_name(std::string_view text, std::string_view field) {
  const std::string where(field);
  const auto refused = [&](std::string message) {
    return client_error(ErrorCode::kInvalidRequest, where + std::move(message), where);
  };
  if (text.empty()) return refused(" is missing: write provider/model");
  if (text.size() > limits::kModelNameBytesMax) {
    return refused(" " + quoted(text.substr(0, kShownBytesMax)) + "... has " +
                   std::to_string(text.size()) + " bytes; a name has at most " +
                   std::to_string(limits::kModelNameBytesMax));
  }
  if (const auto wrong = problem(text)) {
    return refused(" " + quoted(text) + " " + std::string(*wrong) +
                   ": write the name as the provider lists it, alone or as provider/model");
  }
  return {};
}

}  // namespace bifrost::llm
