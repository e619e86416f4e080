#include "dialect/gemini/timestamp.h"

#include "base/strings.h"

#include <algorithm>
#include <chrono>

namespace bifrost::dialect::gemini {
namespace {

constexpr std::string_view kShape = "0000-00-00T00:00:00";

bool has_shape(std::string_view text) {
  if (text.size() <= kShape.size() || text.back() != 'Z') return false;
  return std::ranges::equal(text.substr(0, kShape.size()), kShape, [](char got, char want) {
    return want == '0' ? got >= '0' && got <= '9' : got == want;
  });
}

std::string padded(std::int64_t number, std::size_t digits) {
  std::string text = std::to_string(number);
  if (text.size() < digits) text.insert(0, digits - text.size(), '0');
  return text;
}

}  // namespace

std::optional<std::int64_t> parse_timestamp(std::string_view text) {
  if (!has_shape(text)) return std::nullopt;
  const auto number = [&](std::size_t at, std::size_t length) {
    return static_cast<int>(parse_int(text.substr(at, length)).value_or(0));
  };
  const std::chrono::year_month_day day{std::chrono::year(number(0, 4)),
                                        std::chrono::month(static_cast<unsigned>(number(5, 2))),
                                        std::chrono::day(static_cast<unsigned>(number(8, 2)))};
  if (!day.ok() || number(11, 2) > 23 || number(14, 2) > 59 || number(17, 2) > 60) {
    return std::nullopt;
  }
  const std::chrono::seconds since =
      std::chrono::sys_days(day).time_since_epoch() + std::chrono::hours(number(11, 2)) +
      std::chrono::minutes(number(14, 2)) + std::chrono::seconds(number(17, 2));
  return since.count();
}

std::string format_timestamp(std::int64_t seconds) {
  // The years that have four digits.
  constexpr std::int64_t kSecondsMax = 253402300799;
  const std::chrono::sys_seconds time{
      std::chrono::seconds(std::clamp<std::int64_t>(seconds, 0, kSecondsMax))};
  const auto day = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss clock(time - day);
  const auto two = [](auto number) { return padded(static_cast<std::int64_t>(number), 2); };
  return padded(static_cast<int>(date.year()), 4) + "-" + two(static_cast<unsigned>(date.month())) +
         "-" + two(static_cast<unsigned>(date.day())) + "T" + two(clock.hours().count()) + ":" +
         two(clock.minutes().count()) + ":" + two(clock.seconds().count()) + "Z";
}

}  // namespace bifrost::dialect::gemini
