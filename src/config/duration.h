// Durations as text, in the notation of Go: "30s", "1h30m", "250ms", "1.5h", "0".
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace bifrost::config {

// Nothing when the text is no duration or is longer than kDurationMax. What is finer than a
// millisecond is rounded, but never to zero: a limit of 10us must not become "no limit".
[[nodiscard]] std::optional<std::chrono::milliseconds> parse_duration(std::string_view text);

// The shortest text that `parse_duration` reads back: 90000 ms is "1m30s".
[[nodiscard]] std::string format_duration(std::chrono::milliseconds duration);

// Ten years: far beyond any sensible setting, far below any overflow.
inline constexpr std::chrono::milliseconds kDurationMax = std::chrono::hours(24 * 365 * 10);

}  // namespace bifrost::config
