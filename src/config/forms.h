// What a text must look like, beyond being a text.
#pragma once

#include "base/clock.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace bifrost::config {

enum class Form : std::uint8_t {
  kAny,
  kNonEmpty,
  kUrl,           // http or https, with a host
  kPem,           // one or more PEM blocks
  kHeaderName,    // a token of RFC 9110
  kHeaderValue,   // no line breaks and no other control characters
  kOrigin,        // "*" or scheme://host[:port], where the host may have a "*"
  kHostName,      // "*" or the name of a host, without a port
  kRoute,         // an absolute path
  kPathOrUrl,     // an absolute path or a URL
  kProviderName,  // what may stand before the "/" of "provider/model"
  kIpAddress,     // IPv4 or IPv6, perhaps with a port: 192.0.2.1:53, [2001:db8::1]:53
  kLabel,         // a name of a metric label, in which "-" will become "_"
  kPeriod,        // how long a limit counts: a number and one of s, m, h, d, w, M, Q, Y
  kTimestamp,     // RFC 3339: 2026-01-31T12:00:00Z
  kCount,         // number of forms, not a form
};

// How a point in time that there is not is written by Go, and so by the original.
inline constexpr std::string_view kNoTimestamp = "0001-01-01T00:00:00Z";

// What a text of kTimestamp means; nothing: it is empty, or none that there is.
[[nodiscard]] std::optional<WallTime> point_in_time(std::string_view text);

// What is wrong with the text, or nothing. The answer never quotes it: it may be a secret.
[[nodiscard]] std::optional<std::string_view> form_problem(Form form, std::string_view text);

// A regular expression (ECMA 262) for the JSON Schema that refuses nothing `form_problem` takes;
// empty when there is none.
[[nodiscard]] std::string_view form_pattern(Form form);

// The URL without what may be a secret in it: user, password, query.
[[nodiscard]] std::string redacted_url(std::string_view url);

}  // namespace bifrost::config
