#include "governance/model_pattern.h"

#include "provider/settings/key_settings.h"

#include <algorithm>
#include <utility>

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

ModelList::ModelList(const std::vector<std::string>& entries) {
  for (const std::string& entry : entries) {
    if (!is_model_pattern(entry)) {
      all_ = all_ || entry == provider::kEverything;
      names_.push_back(entry);
    } else if (auto pattern = model_pattern(entry)) {
      patterns_.push_back(*std::move(pattern));
    }
  }
}

bool ModelList::has(std::string_view model) const {
  return all_ || std::ranges::find(names_, model) != names_.end() ||
         std::ranges::any_of(patterns_,
                             [&](const Pattern& pattern) { return pattern.matches(model); });
}

}  // namespace bifrost::governance
