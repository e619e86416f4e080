#include "dialect/rate_limits.h"

#include <fmt/format.h>

#include <string>
#include <string_view>

namespace bifrost::dialect {
namespace {

// As Go writes durations, and OpenAI does: "6m0s", "1h0m0s", "1.5s", "20ms".
std::string duration_text(std::chrono::milliseconds duration) {
  using namespace std::chrono;  // NOLINT: of durations
  if (duration < 1s) return fmt::format("{}ms", duration.count());
  const auto whole_hours = floor<hours>(duration);
  const auto whole_minutes = floor<minutes>(duration - whole_hours);
  const auto rest = duration - whole_hours - whole_minutes;
  std::string text;
  if (whole_hours.count() > 0) text += fmt::format("{}h", whole_hours.count());
  if (!text.empty() || whole_minutes.count() > 0) text += fmt::format("{}m", whole_minutes.count());
  text += rest % 1s == 0s ? fmt::format("{}s", floor<seconds>(rest).count())
                          : fmt::format("{:.3g}s", static_cast<double>(rest.count()) / 1000);
  return text;
}

void write(std::string_view unit, const RateLimit& limit, http::Headers& headers) {
  headers.add(fmt::format("x-ratelimit-limit-{}", unit), std::to_string(limit.limit));
  headers.add(fmt::format("x-ratelimit-remaining-{}", unit), std::to_string(limit.remaining));
  headers.add(fmt::format("x-ratelimit-reset-{}", unit), duration_text(limit.resets_after));
}

}  // namespace

void write_x_ratelimit(const RateLimits& limits, http::Headers& headers) {
  if (limits.requests) write("requests", *limits.requests, headers);
  if (limits.tokens) write("tokens", *limits.tokens, headers);
}

}  // namespace bifrost::dialect
