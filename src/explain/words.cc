#include "explain/words.h"

#include <utility>

namespace bifrost::explain {

std::string_view outcome_name(const Explanation& explanation) {
  if (explanation.refusal) return "refused";
  return explanation.first ? "asks a model" : "answered here";
}

std::string_view unit_name(governance::Unit unit) {
  switch (unit) {
    case governance::Unit::kRequests:
      return "requests";
    case governance::Unit::kTokens:
      return "tokens";
    case governance::Unit::kNanoDollars:
      return "dollars";
    case governance::Unit::kConcurrent:
      return "concurrent";
  }
  std::unreachable();
}

std::string amount_text(governance::Unit unit, std::int64_t amount) {
  return unit == governance::Unit::kNanoDollars ? governance::dollars_text(amount)
                                                : std::to_string(amount);
}

}  // namespace bifrost::explain
