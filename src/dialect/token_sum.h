// Counts of tokens that contain one another, taken apart into classes of which none counts twice.
#pragma once

#include <algorithm>
#include <cstdint>

namespace bifrost::dialect {

// No call counts more; it keeps sums of several fields far from the end of the type.
inline constexpr std::int64_t kTokensMax = 1'000'000'000'000;

[[nodiscard]] inline std::int64_t bounded_tokens(std::int64_t count) {
  return std::clamp<std::int64_t>(count, 0, kTokensMax);
}

// Takes up to `wanted` from what is left of a sum.
inline std::int64_t take(std::int64_t& rest, std::int64_t wanted) {
  const std::int64_t taken = std::min(rest, wanted);
  rest -= taken;
  return taken;
}

}  // namespace bifrost::dialect
