#include "base/timestamp.h"

#include "base/strings.h"

#include <fmt/chrono.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

namespace bifrost {
namespace {

// Digits only: no sign, no blanks.
std::optional<int> digits(std::string_view text) {
  constexpr std::size_t kDigitsMax = 4;
  const bool good = !text.empty() && text.size() <= kDigitsMax &&
                    std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
  const auto value = good ? parse_int(text) : std::nullopt;
  if (!value) return std::nullopt;
  return static_cast<int>(*value);
}

std::optional<int> month_number(std::string_view name) {
  constexpr std::array<std::string_view, 12> kMonths = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                        "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const auto found = std::ranges::find(kMonths, name);
  if (found == kMonths.end()) return std::nullopt;
  return static_cast<int>(found - kMonths.begin()) + 1;
}

// The clock counts nanoseconds in 64 bits, which end in 2262.
constexpr int kYearMin = 1970;
constexpr int kYearMax = 2200;

std::optional<std::chrono::sys_days> date(std::optional<int> year, std::optional<int> month,
                                          std::optional<int> day) {
  if (!year || !month || !day || *year < kYearMin || *year > kYearMax) return std::nullopt;
  const std::chrono::year_month_day ymd{std::chrono::year(*year),
                                        std::chrono::month(static_cast<unsigned>(*month)),
                                        std::chrono::day(static_cast<unsigned>(*day))};
  if (!ymd.ok()) return std::nullopt;
  return std::chrono::sys_days(ymd);
}

// "08:49:37"; a leap second is the one before it.
std::optional<std::chrono::seconds> time_of_day(std::string_view text) {
  const auto parts = split(text, ':');
  if (parts.size() != 3) return std::nullopt;
  const auto hour = digits(parts[0]);
  const auto minute = digits(parts[1]);
  const auto second = digits(parts[2]);
  if (!hour || !minute || !second || *hour > 23 || *minute > 59 || *second > 60)
    return std::nullopt;
  return std::chrono::hours(*hour) + std::chrono::minutes(*minute) +
         std::chrono::seconds(std::min(*second, 59));
}

std::optional<WallTime> join(std::optional<std::chrono::sys_days> day,
                             std::optional<std::chrono::seconds> time) {
  if (!day || !time) return std::nullopt;
  return WallTime(*day) + *time;
}

std::vector<std::string_view> words(std::string_view text) {
  constexpr std::size_t kWordsMax = 8;
  std::vector<std::string_view> out;
  for (const std::string_view word : split(text, ' ')) {
    if (!word.empty() && out.size() < kWordsMax) out.push_back(word);
  }
  return out;
}

// RFC 850 wrote two digits: those far in the future are of the past century.
std::optional<int> short_year(std::optional<int> year) {
  constexpr int kPivot = 70;
  if (!year || *year > 99) return std::nullopt;
  return *year + (*year < kPivot ? 2000 : 1900);
}

// "+02:00", "-08:00".
std::optional<std::chrono::minutes> offset(std::string_view text) {
  if (text.size() != 6 || text[3] != ':' || (text[0] != '+' && text[0] != '-')) return std::nullopt;
  const auto hours = digits(text.substr(1, 2));
  const auto minutes = digits(text.substr(4, 2));
  if (!hours || !minutes || *hours > 23 || *minutes > 59) return std::nullopt;
  const std::chrono::minutes east = std::chrono::hours(*hours) + std::chrono::minutes(*minutes);
  return text[0] == '+' ? east : -east;
}

std::chrono::milliseconds fraction(std::string_view figures) {
  std::int64_t thousandths = 0;
  for (std::size_t i = 0; i < 3; ++i) {
    thousandths = thousandths * 10 + (i < figures.size() ? figures[i] - '0' : 0);
  }
  return std::chrono::milliseconds(thousandths);
}

}  // namespace

std::optional<WallTime> parse_http_date(std::string_view text) {
  constexpr std::size_t kBytesMax = 64;
  if (text.size() > kBytesMax) return std::nullopt;
  const auto parts = words(text);
  // Sun, 06 Nov 1994 08:49:37 GMT
  if (parts.size() == 6 && parts[5] == "GMT") {
    return join(date(digits(parts[3]), month_number(parts[2]), digits(parts[1])),
                time_of_day(parts[4]));
  }
  // Sunday, 06-Nov-94 08:49:37 GMT
  if (parts.size() == 4 && parts[3] == "GMT") {
    const auto day = split(parts[1], '-');
    if (day.size() != 3) return std::nullopt;
    return join(date(short_year(digits(day[2])), month_number(day[1]), digits(day[0])),
                time_of_day(parts[2]));
  }
  // Sun Nov  6 08:49:37 1994
  if (parts.size() == 5) {
    return join(date(digits(parts[4]), month_number(parts[1]), digits(parts[2])),
                time_of_day(parts[3]));
  }
  return std::nullopt;
}

std::optional<WallTime> parse_rfc3339(std::string_view text) {
  constexpr std::size_t kSeconds = 19;  // "2026-01-31T12:00:00"
  constexpr std::size_t kBytesMax = 64;
  if (text.size() <= kSeconds || text.size() > kBytesMax) return std::nullopt;
  if (text[4] != '-' || text[7] != '-') return std::nullopt;
  if (text[10] != 'T' && text[10] != 't' && text[10] != ' ') return std::nullopt;
  const auto year = digits(text.substr(0, 4));
  // Nobody lives to see the difference; a leap year, so that all its days are there.
  if (year && *year > kYearMax) return parse_rfc3339("2196" + std::string(text.substr(4)));
  const auto seconds = join(date(year, digits(text.substr(5, 2)), digits(text.substr(8, 2))),
                            time_of_day(text.substr(11, 8)));
  if (!seconds) return std::nullopt;

  std::string_view rest = text.substr(kSeconds);
  std::chrono::milliseconds part{0};
  if (rest.starts_with('.')) {
    const auto end = std::min(rest.find_first_not_of("0123456789", 1), rest.size());
    if (end == 1) return std::nullopt;
    part = fraction(rest.substr(1, end - 1));
    rest.remove_prefix(end);
  }
  if (rest == "Z" || rest == "z") return *seconds + part;
  const auto east = offset(rest);
  if (!east) return std::nullopt;
  return *seconds + part - *east;
}

std::string rfc3339_text(WallTime time) {
  return fmt::format("{:%FT%TZ}", std::chrono::floor<std::chrono::seconds>(time));
}

}  // namespace bifrost
