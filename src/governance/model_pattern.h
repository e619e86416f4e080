// Entries of a virtual key's lists of models that are patterns: "regex:gpt-4.*".
#pragma once

#include "base/pattern.h"
#include "base/result.h"

#include <cstddef>
#include <string_view>

namespace bifrost::governance {

inline constexpr std::size_t kModelPatternsMax = 64;  // of one list

[[nodiscard]] bool is_model_pattern(std::string_view entry);

// Of whole names, whatever their case. Fails with kInvalidRequest: what is wrong, and what to
// write.
[[nodiscard]] Result<Pattern> model_pattern(std::string_view entry);

}  // namespace bifrost::governance
