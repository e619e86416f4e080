// What both forms of an explanation say in the same words.
#pragma once

#include "explain/explanation.h"

#include <string>
#include <string_view>

namespace bifrost::explain {

inline constexpr std::string_view kUnknownPrice = "price unknown";

// "refused", "asks a model", or "answered here" of what goes to no model.
[[nodiscard]] std::string_view outcome_name(const Explanation& explanation);
// "requests", "tokens", "dollars", "concurrent".
[[nodiscard]] std::string_view unit_name(governance::Unit unit);
// A number; of dollars exact.
[[nodiscard]] std::string amount_text(governance::Unit unit, std::int64_t amount);

}  // namespace bifrost::explain
