// What the demo model says: decided from the request alone, before any byte of it is written.
#pragma once

#include "base/random.h"
#include "base/result.h"
#include "json/document.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace bifrost::provider::demo {

// Text as the pieces that a model would make of it, one token each.
using Tokens = std::vector<std::string>;

struct Answer {
  Tokens reasoning;
  Tokens text;
  std::string tool_name;  // empty: no tool is called
  std::string tool_call_id;
  Tokens tool_arguments;
  std::string_view finish = "stop";  // as OpenAI words it
  std::int64_t prompt_tokens = 0;

  [[nodiscard]] std::size_t token_count() const {
    return reasoning.size() + text.size() + tool_arguments.size();
  }
};

// `request` is an OpenAI chat request; fails with kInvalidRequest where it is not.
[[nodiscard]] Result<Answer> answer(json::Value request, bool reasons, Random& random);

[[nodiscard]] Tokens tokenize(std::string_view text);

}  // namespace bifrost::provider::demo
