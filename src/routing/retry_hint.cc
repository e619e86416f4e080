#include "routing/retry_hint.h"

#include "base/limits.h"
#include "base/strings.h"
#include "base/timestamp.h"

#include <algorithm>
#include <cmath>
#include <string>

namespace bifrost::routing {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kHintMax = std::chrono::seconds(limits::kRetryAfterSecondsMax);

milliseconds bounded(double ms) {
  if (!(ms > 0)) return milliseconds(0);
  return milliseconds(
      static_cast<std::int64_t>(std::ceil(std::min(ms, static_cast<double>(kHintMax.count())))));
}

milliseconds until(WallTime then, WallTime now) {
  return bounded(std::chrono::duration<double, std::milli>(then - now).count());
}

// ---------------------------------------------------------------------------------------------
// Lengths of time

struct Unit {
  std::string_view name;
  double ms;
};

constexpr double kSecond = 1000;
constexpr double kMinute = 60 * kSecond;
constexpr double kHour = 60 * kMinute;
constexpr double kDay = 24 * kHour;

constexpr Unit kUnits[] = {
    {"ms", 1},        {"msec", 1},       {"millisecond", 1},  {"milliseconds", 1},  {"s", kSecond},
    {"sec", kSecond}, {"secs", kSecond}, {"second", kSecond}, {"seconds", kSecond}, {"m", kMinute},
    {"min", kMinute}, {"mins", kMinute}, {"minute", kMinute}, {"minutes", kMinute}, {"h", kHour},
    {"hr", kHour},    {"hrs", kHour},    {"hour", kHour},     {"hours", kHour},     {"d", kDay},
    {"day", kDay},    {"days", kDay},
};

std::optional<double> unit_ms(std::string_view name) {
  for (const Unit& unit : kUnits) {
    if (iequals(unit.name, name)) return unit.ms;
  }
  return std::nullopt;
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return ascii_lower(c) >= 'a' && ascii_lower(c) <= 'z'; }

// What `good` holds for at the front of `text`, which loses it.
std::string_view take(std::string_view& text, bool (*good)(char)) {
  const auto end = std::ranges::find_if_not(text, good);
  const auto length = static_cast<std::size_t>(end - text.begin());
  const std::string_view taken = text.substr(0, length);
  text.remove_prefix(length);
  return taken;
}

std::string_view take_number(std::string_view& text) {
  const std::string_view all = text;
  take(text, is_digit);
  // A full stop may end the sentence instead of beginning a fraction.
  if (text.size() > 1 && text[0] == '.' && is_digit(text[1])) {
    text.remove_prefix(1);
    take(text, is_digit);
  }
  return all.substr(0, all.size() - text.size());
}

// ---------------------------------------------------------------------------------------------
// Places where a hint stands

std::optional<milliseconds> of_retry_after(const http::Headers& headers, WallTime now) {
  if (const auto text = headers.find("retry-after-ms")) {
    if (const auto ms = parse_double(trim(*text)); ms && *ms >= 0) return bounded(*ms);
  }
  const auto text = headers.find("retry-after");
  if (!text) return std::nullopt;
  const std::string_view value = trim(*text);
  if (const auto seconds = parse_double(value)) {
    if (*seconds < 0) return std::nullopt;
    return bounded(*seconds * kSecond);
  }
  if (const auto date = parse_http_date(value)) return until(*date, now);
  return parse_span(value);
}

// "x-ratelimit-reset-tokens" -> "x-ratelimit-remaining-tokens".
std::string remaining_name(std::string_view reset_name, std::size_t at) {
  constexpr std::string_view kReset = "reset";
  std::string name(reset_name.substr(0, at));
  name += "remaining";
  name += reset_name.substr(at + kReset.size());
  return name;
}

std::optional<milliseconds> of_resets(const http::Headers& headers, WallTime now) {
  std::optional<milliseconds> latest;
  for (const http::Header& header : headers) {
    const std::string name = ascii_lower(header.name);
    const auto at = name.find("reset");
    if (at == std::string::npos || name.find("ratelimit") == std::string::npos) continue;
    const auto remaining = headers.find(remaining_name(name, at));
    if (remaining && parse_double(trim(*remaining)).value_or(0) > 0) continue;
    const auto wait = parse_reset(trim(header.value), now);
    if (wait) latest = std::max(latest.value_or(milliseconds(0)), *wait);
  }
  return latest;
}

std::optional<milliseconds> of_words(std::string_view message) {
  constexpr std::size_t kBytesMax = 8 * 1024;
  constexpr std::string_view kLeads[] = {
      "try again in ", "try again after ", "retry in ",  "retry after ",  "retry again in ",
      "reset after ",  "reset in ",        "resets in ", "resets after ", "please wait ",
  };
  const std::string lower = ascii_lower(message.substr(0, kBytesMax));
  for (const std::string_view lead : kLeads) {
    const auto at = lower.find(lead);
    if (at == std::string::npos) continue;
    if (const auto span = parse_span(std::string_view(lower).substr(at + lead.size()))) return span;
  }
  return std::nullopt;
}

bool is_rate_limit(const Error& error) {
  return error.upstream_status == 429 || error.code == ErrorCode::kUpstreamRateLimited;
}

}  // namespace

std::optional<milliseconds> parse_span(std::string_view text) {
  double total = 0;
  bool found = false;
  while (!text.empty() && is_digit(text[0])) {
    const auto number = parse_double(take_number(text));
    std::string_view after = text;
    if (after.starts_with(' ')) after.remove_prefix(1);
    const std::string_view word = take(after, is_letter);
    const auto ms = unit_ms(word);
    if (!number) break;
    if (!ms) {
      // "6m30" is nothing that anybody writes; "30 and then" is 30 seconds.
      if (!found) total = *number * kSecond;
      found = true;
      break;
    }
    total += *number * *ms;
    found = true;
    text = after;
    if (text.size() > 1 && text[0] == ' ' && is_digit(text[1])) text.remove_prefix(1);
  }
  if (!found) return std::nullopt;
  return bounded(total);
}

std::optional<milliseconds> parse_reset(std::string_view text, WallTime now) {
  constexpr double kUnixSecondsMin = 1e9;  // 2001; nobody is asked to wait for thirty years
  constexpr double kUnixMillisMin = 1e12;  // 2001 again
  if (const auto number = parse_double(text)) {
    if (*number < 0) return std::nullopt;
    if (*number < kUnixSecondsMin) return bounded(*number * kSecond);
    const double now_ms = std::chrono::duration<double, std::milli>(now.time_since_epoch()).count();
    const double then_ms = *number < kUnixMillisMin ? *number * kSecond : *number;
    return bounded(then_ms - now_ms);
  }
  if (const auto then = parse_rfc3339(text)) return until(*then, now);
  if (const auto then = parse_http_date(text)) return until(*then, now);
  return parse_span(text);
}

std::optional<milliseconds> retry_hint(const Error& error, const http::Headers& headers,
                                       WallTime now) {
  if (const auto hint = of_retry_after(headers, now)) return hint;
  if (error.retry_after) return std::clamp(*error.retry_after, milliseconds(0), kHintMax);
  if (is_rate_limit(error)) {
    if (const auto hint = of_resets(headers, now)) return hint;
  } else if (error.code != ErrorCode::kUpstreamOverloaded) {
    return std::nullopt;
  }
  const auto hint = of_words(error.message);
  return hint ? hint : of_words(error.upstream_body);
}

}  // namespace bifrost::routing
