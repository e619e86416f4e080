// How long a limit counts before it begins anew: "30s", "5m", "1h", "1d", "1w", "1M", "1Q", "1Y".
//
// Periods follow one another without a gap, so that everybody who knows where they are counted from
// agrees on them, replicas too. Rolling ones are counted from an anchor, and a month has 30 days
// there, a quarter 90, a year 365. Aligned ones are those of the calendar, in UTC: the day begins
// at midnight, the week on Monday. Shorter ones than a day are never aligned.
//
// The notation is that of the original's configuration, with a number in front.
#pragma once

#include "base/clock.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace bifrost::governance {

struct Window {
  WallTime start;
  WallTime end;  // the first moment of the next one
  friend bool operator==(const Window&, const Window&) = default;
};

class Period {
 public:
  enum class Unit : std::uint8_t { kSecond, kMinute, kHour, kDay, kWeek, kMonth, kQuarter, kYear };

  // Nothing when the text is none: unknown unit, no number, zero, or beyond ten years.
  [[nodiscard]] static std::optional<Period> parse(std::string_view text);
  [[nodiscard]] std::string text() const;

  [[nodiscard]] bool is_quarters() const { return unit_ == Unit::kQuarter; }
  [[nodiscard]] std::chrono::seconds rolling_length() const;

  // The one that `now` is in, counted from `anchor`, which may be later than `now`.
  [[nodiscard]] Window rolling(WallTime anchor, WallTime now) const;
  // The one of the calendar. `quarter_start` is a month, 1 to 12, in which a quarter begins.
  // Nothing when the unit is shorter than a day.
  [[nodiscard]] std::optional<Window> aligned(WallTime now, int quarter_start = 1) const;

  friend bool operator==(const Period&, const Period&) = default;

 private:
  Period(std::int64_t count, Unit unit) : count_(count), unit_(unit) {}

  std::int64_t count_;
  Unit unit_;
};

}  // namespace bifrost::governance
