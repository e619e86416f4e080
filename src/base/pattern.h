// A regular expression (RE2's dialect) that takes time linear in the text, whatever is written in
// it, and a bounded memory.
#pragma once

#include "base/result.h"

#include <cstddef>
#include <memory>
#include <string_view>

namespace re2 {
class RE2;
}  // namespace re2

namespace bifrost {

// Immutable, safe from any thread, and cheap to copy.
class Pattern {
 public:
  static constexpr std::size_t kBytesMax = 1024;         // of the expression
  static constexpr std::size_t kMemoryMax = 512 * 1024;  // of what is made of it, caches included

  enum class Case : bool { kExact, kIgnored };

  // Fails with kInvalidRequest and what is wrong with the expression.
  static Result<Pattern> compile(std::string_view expression, Case letters = Case::kExact);

  // Is a part of the text like this?
  [[nodiscard]] bool found_in(std::string_view text) const;
  // Is the whole text?
  [[nodiscard]] bool matches(std::string_view text) const;

 private:
  explicit Pattern(std::shared_ptr<const re2::RE2> expression)
      : expression_(std::move(expression)) {}

  std::shared_ptr<const re2::RE2> expression_;  // never null
};

}  // namespace bifrost
