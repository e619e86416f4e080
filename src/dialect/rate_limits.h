// What callers are told of the limits that they fall under, in headers that agents obey.
#pragma once

#include "base/clock.h"
#include "http/headers.h"

#include <chrono>
#include <cstdint>
#include <optional>

namespace bifrost::dialect {

// The limit of one unit that has the least left.
struct RateLimit {
  std::int64_t limit = 0;
  std::int64_t remaining = 0;
  WallTime resets_at = {};                      // when all of it is free again
  std::chrono::milliseconds resets_after = {};  // the same from now on
};

struct RateLimits {
  std::optional<RateLimit> requests;
  std::optional<RateLimit> tokens;

  [[nodiscard]] bool empty() const { return !requests && !tokens; }
};

// "x-ratelimit-remaining-tokens: 12", with times until the reset as "1m30s": OpenAI's, which those
// read too who have no such headers of their own.
void write_x_ratelimit(const RateLimits& limits, http::Headers& headers);

}  // namespace bifrost::dialect
