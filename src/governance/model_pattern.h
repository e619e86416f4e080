// Entries of a virtual key's lists of models that are patterns: "regex:gpt-4.*".
#pragma once

#include "base/pattern.h"
#include "base/result.h"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace bifrost::governance {

inline constexpr std::size_t kModelPatternsMax = 64;  // of one list

[[nodiscard]] bool is_model_pattern(std::string_view entry);

// Of whole names, whatever their case. Fails with kInvalidRequest: what is wrong, and what to
// write.
[[nodiscard]] Result<Pattern> model_pattern(std::string_view entry);

// A list of models, as a grant has it: names, or `*` for all, and patterns.
class ModelList {
 public:
  // What is no pattern that can be used is left aside: it has been told where it was configured.
  explicit ModelList(const std::vector<std::string>& entries);
  [[nodiscard]] bool has(std::string_view model) const;

 private:
  bool all_ = false;
  std::vector<std::string> names_;
  std::vector<Pattern> patterns_;
};

}  // namespace bifrost::governance
