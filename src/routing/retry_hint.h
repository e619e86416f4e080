// How long a provider wants to be left alone, wherever it says so.
//
// In this order, the first that is there:
//   1. retry-after-ms (OpenAI, Azure)
//   2. Retry-After, in seconds or as a date
//   3. what the dialect found in the body (Gemini's RetryInfo)
//   4. after a 429, the ...ratelimit...-reset headers of the limits that are spent: those whose
//      matching -remaining is 0 or absent; the latest of them
//   5. words in the message or the body of a rate limit or an overload: "try again in 1.2s",
//      "reset after 4s"
#pragma once

#include "base/clock.h"
#include "base/error.h"
#include "http/headers.h"

#include <chrono>
#include <optional>
#include <string_view>

namespace bifrost::routing {

// `headers` are those of the answer that became `error`. Never negative and never longer than
// limits::kRetryAfterSecondsMax.
[[nodiscard]] std::optional<std::chrono::milliseconds> retry_hint(const Error& error,
                                                                  const http::Headers& headers,
                                                                  WallTime now);

// A time to wait or to wait for, in any of the forms of the reset headers: "1s", "6m0s", "12ms",
// "1.5" (seconds), "1700000000" (Unix time, in seconds or milliseconds), RFC 3339, an HTTP date.
[[nodiscard]] std::optional<std::chrono::milliseconds> parse_reset(std::string_view text,
                                                                   WallTime now);

// A length of time at the beginning of the text, in short or long words: "6m0s", "20 seconds",
// "1 minute 5 seconds". A number alone is seconds.
[[nodiscard]] std::optional<std::chrono::milliseconds> parse_span(std::string_view text);

}  // namespace bifrost::routing
