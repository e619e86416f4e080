#include "dialect/anthropic/json_progress.h"

namespace bifrost::dialect::anthropic {

void JsonProgress::add(std::string_view piece) {
  for (const char c : piece) {
    if (state_ == State::kComplete || state_ == State::kNotAnObject) return;
    if (state_ == State::kBefore) {
      if (c == ' ' || c == '\n' || c == '\r' || c == '\t') continue;
      state_ = c == '{' ? State::kInside : State::kNotAnObject;
      depth_ = 1;
      continue;
    }
    if (in_string_) {
      if (escaped_) {
        escaped_ = false;
      } else if (c == '\\') {
        escaped_ = true;
      } else if (c == '"') {
        in_string_ = false;
      }
      continue;
    }
    if (c == '"') in_string_ = true;
    if (c == '{' || c == '[') ++depth_;
    if ((c == '}' || c == ']') && --depth_ == 0) state_ = State::kComplete;
  }
}

}  // namespace bifrost::dialect::anthropic
