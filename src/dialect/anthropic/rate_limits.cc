// The headers of https://docs.claude.com/en/api/rate-limits#response-headers
#include "base/timestamp.h"
#include "dialect/anthropic/functions.h"

#include <fmt/format.h>

#include <chrono>
#include <string>
#include <string_view>

namespace bifrost::dialect::anthropic {
namespace {

void write(std::string_view unit, const RateLimit& limit, http::Headers& headers) {
  const auto add = [&](std::string_view what, const std::string& value) {
    headers.add(fmt::format("anthropic-ratelimit-{}-{}", unit, what), value);
  };
  add("limit", std::to_string(limit.limit));
  add("remaining", std::to_string(limit.remaining));
  add("reset", rfc3339_text(std::chrono::ceil<std::chrono::seconds>(limit.resets_at)));
}

}  // namespace

void write_rate_limits(const RateLimits& limits, http::Headers& headers) {
  if (limits.requests) write("requests", *limits.requests, headers);
  if (limits.tokens) write("tokens", *limits.tokens, headers);
}

}  // namespace bifrost::dialect::anthropic
