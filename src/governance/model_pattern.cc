#include "governance/model_pattern.h"

namespace bifrost::governance {
namespace {

constexpr std::string_view kPrefix = "regex:";

}  // namespace

bool is_model_pattern(std::string_view entry) { return entry.starts_with(kPrefix); }

Result<Pattern> model_pattern(std::string_view entry) {
  const std::string_view expression = entry.substr(kPrefix.size());
  if (expression.empty() || expression == "*") {
    return client_error(ErrorCode::kInvalidRequest,
                        "\"" + std::string(entry) +
                            "\" is no pattern: write \"*\" for all models, or a regular "
                            "expression such as \"regex:gpt-4.*\"");
  }
  return Pattern::compile(expression, Pattern::Case::kIgnored);
}

}  // namespace bifrost::governance
