// Is a JSON object that arrives in pieces complete?
//
// Counts brackets outside strings; nothing is validated. What does not begin with a brace is never
// complete.
#pragma once

#include <cstdint>
#include <string_view>

namespace bifrost::dialect::anthropic {

class JsonProgress {
 public:
  void add(std::string_view piece);
  [[nodiscard]] bool complete() const { return state_ == State::kComplete; }

 private:
  enum class State : std::uint8_t { kBefore, kInside, kComplete, kNotAnObject };

  State state_ = State::kBefore;
  std::uint64_t depth_ = 0;
  bool in_string_ = false;
  bool escaped_ = false;
};

}  // namespace bifrost::dialect::anthropic
