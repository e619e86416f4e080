// The two ways in which HTTP APIs write a point in time. Years from 1970 to 2200.
#pragma once

#include "base/clock.h"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace bifrost {

// RFC 9110, section 5.6.7: "Sun, 06 Nov 1994 08:49:37 GMT" and both obsolete forms.
[[nodiscard]] std::optional<WallTime> parse_http_date(std::string_view text);

// RFC 3339: "2026-01-31T12:00:00Z", with any fraction and offset. What is later, which is how some
// write "never", is taken for the same day of 2196.
[[nodiscard]] std::optional<WallTime> parse_rfc3339(std::string_view text);

// "2026-01-31T12:00:00Z": RFC 3339, without the fraction of a second.
[[nodiscard]] std::string rfc3339_text(WallTime time);

// Since 1970, as databases keep it.
[[nodiscard]] inline std::int64_t unix_milliseconds(WallTime time) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(time.time_since_epoch()).count();
}

}  // namespace bifrost
