#include "governance/period.h"

#include <array>
#include <charconv>
#include <chrono>
#include <utility>

namespace bifrost::governance {
namespace {

using std::chrono::days;
using std::chrono::months;
using std::chrono::seconds;
using std::chrono::sys_days;

struct UnitRow {
  char letter;
  seconds rolling;
  int calendar_months;  // of an aligned one; 0: it is so many days or less
};

// In the order of the units.
constexpr std::array<UnitRow, 8> kUnits{{
    {.letter = 's', .rolling = seconds(1), .calendar_months = 0},
    {.letter = 'm', .rolling = std::chrono::minutes(1), .calendar_months = 0},
    {.letter = 'h', .rolling = std::chrono::hours(1), .calendar_months = 0},
    {.letter = 'd', .rolling = days(1), .calendar_months = 0},
    {.letter = 'w', .rolling = days(7), .calendar_months = 0},
    {.letter = 'M', .rolling = days(30), .calendar_months = 1},
    {.letter = 'Q', .rolling = days(90), .calendar_months = 3},
    {.letter = 'Y', .rolling = days(365), .calendar_months = 12},
}};

constexpr seconds kLongest = days(3660);
constexpr sys_days kMonday{std::chrono::January / 5 / 1970};

const UnitRow& row(Period::Unit unit) { return kUnits[std::to_underlying(unit)]; }

// Rounds down, also below zero.
constexpr std::int64_t floor_to(std::int64_t value, std::int64_t step) {
  const std::int64_t rest = value % step;
  return value - (rest < 0 ? rest + step : rest);
}

sys_days first_of(std::int64_t months_since_1970) {
  using namespace std::chrono;  // NOLINT: of dates
  return sys_days(year_month_day(1970y / January / 1d) + months(months_since_1970));
}

}  // namespace

std::optional<Period> Period::parse(std::string_view text) {
  std::int64_t count = 0;
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), count);
  if (failed != std::errc() || end + 1 != text.data() + text.size() || count < 1) {
    return std::nullopt;
  }
  for (std::size_t i = 0; i < kUnits.size(); ++i) {
    if (kUnits[i].letter != *end) continue;
    if (count > kLongest / kUnits[i].rolling) return std::nullopt;
    return Period(count, static_cast<Unit>(i));
  }
  return std::nullopt;
}

std::string Period::text() const { return std::to_string(count_) + row(unit_).letter; }

std::chrono::seconds Period::rolling_length() const { return count_ * row(unit_).rolling; }

Window Period::rolling(WallTime anchor, WallTime now) const {
  const WallTime::duration length = rolling_length();
  const WallTime start =
      anchor + WallTime::duration(floor_to((now - anchor).count(), length.count()));
  return {.start = start, .end = start + length};
}

std::optional<Window> Period::aligned(WallTime now, int quarter_start) const {
  const sys_days today = std::chrono::floor<days>(now);
  if (const int unit_months = row(unit_).calendar_months; unit_months > 0) {
    const std::chrono::year_month_day date(today);
    const std::int64_t month = (std::int64_t{static_cast<int>(date.year())} - 1970) * 12 +
                               static_cast<unsigned>(date.month()) - 1;
    const std::int64_t offset = is_quarters() ? (quarter_start - 1) % 3 : 0;
    const std::int64_t step = count_ * unit_months;
    const std::int64_t first = floor_to(month - offset, step) + offset;
    return Window{.start = first_of(first), .end = first_of(first + step)};
  }
  if (row(unit_).rolling < days(1)) return std::nullopt;
  const sys_days origin = unit_ == Unit::kWeek ? kMonday : sys_days();
  const std::int64_t step = rolling_length() / days(1);
  const sys_days start = origin + days(floor_to((today - origin).count(), step));
  return Window{.start = start, .end = start + days(step)};
}

}  // namespace bifrost::governance
