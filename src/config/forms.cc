#include "config/forms.h"

#include "base/strings.h"
#include "base/timestamp.h"

#include <algorithm>
#include <arpa/inet.h>
#include <array>
#include <netinet/in.h>
#include <string>
#include <utility>

namespace bifrost::config {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_one_of(char c, std::string_view set) { return set.find(c) != std::string_view::npos; }

// White space and control characters, none of which may stand in a URL or a path.
bool is_space_or_control(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte <= 0x20 || byte == 0x7F;
}

bool is_port(std::string_view text) {
  const auto port = parse_int(text);
  return port && std::ranges::all_of(text, is_digit) && *port >= 1 && *port <= 65535;
}

// host, host:port or [address]:port. `extra` are further characters that a name may have.
bool is_authority(std::string_view text, std::string_view extra) {
  std::string_view after_host;
  if (text.starts_with('[')) {
    const auto bracket = text.find(']');
    if (bracket == std::string_view::npos || bracket < 3) return false;
    const std::string_view address = text.substr(1, bracket - 1);
    if (!std::ranges::all_of(address,
                             [](char c) { return is_ascii_alnum(c) || is_one_of(c, ":.%-"); })) {
      return false;
    }
    after_host = text.substr(bracket + 1);
  } else {
    const auto colon = std::min(text.find(':'), text.size());
    const std::string_view host = text.substr(0, colon);
    const auto in_host = [&](char c) {
      return is_ascii_alnum(c) || is_one_of(c, "-._") || is_one_of(c, extra);
    };
    if (host.empty() || !std::ranges::all_of(host, in_host)) return false;
    after_host = text.substr(colon);
  }
  return after_host.empty() || (after_host.starts_with(':') && is_port(after_host.substr(1)));
}

struct UrlParts {
  std::string_view scheme;
  std::string_view user;  // with its "@"
  std::string_view authority;
  std::string_view path;
  std::string_view query;  // with its "?" or "#"
};

std::optional<UrlParts> split_url(std::string_view text) {
  const auto colon = text.find("://");
  if (colon == std::string_view::npos) return std::nullopt;
  UrlParts parts{
      .scheme = text.substr(0, colon), .user = {}, .authority = {}, .path = {}, .query = {}};
  std::string_view rest = text.substr(colon + 3);
  const auto query = std::min(rest.find_first_of("?#"), rest.size());
  parts.query = rest.substr(query);
  rest = rest.substr(0, query);
  const auto slash = std::min(rest.find('/'), rest.size());
  parts.path = rest.substr(slash);
  parts.authority = rest.substr(0, slash);
  if (const auto at = parts.authority.rfind('@'); at != std::string_view::npos) {
    parts.user = parts.authority.substr(0, at + 1);
    parts.authority = parts.authority.substr(at + 1);
  }
  return parts;
}

bool is_url(std::string_view text) {
  if (std::ranges::any_of(text, is_space_or_control)) return false;
  const auto parts = split_url(text);
  return parts && (iequals(parts->scheme, "http") || iequals(parts->scheme, "https")) &&
         is_authority(parts->authority, {});
}

bool is_origin(std::string_view text) {
  if (text == "*") return true;
  const auto parts = split_url(text);
  return parts && !parts->scheme.empty() && parts->user.empty() && parts->path.empty() &&
         parts->query.empty() && std::ranges::all_of(parts->scheme, is_ascii_alnum) &&
         is_authority(parts->authority, "*");
}

bool is_host_name(std::string_view text) {
  const auto in_name = [](char c) { return is_ascii_alnum(c) || is_one_of(c, ".-_"); };
  return text == "*" || (!text.empty() && std::ranges::all_of(text, in_name));
}

bool is_route(std::string_view text) {
  return text.starts_with('/') && std::ranges::none_of(text, is_space_or_control);
}

bool in_token(char c) { return is_ascii_alnum(c) || is_one_of(c, "!#$%&'*+-.^_`|~"); }
bool is_header_name(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, in_token);
}

bool in_header_value(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return c == '\t' || (byte >= 0x20 && byte != 0x7F);
}

bool is_provider_name(std::string_view text) {
  constexpr std::size_t kBytesMax = 128;
  return !text.empty() && text.size() <= kBytesMax && text != "." && text != ".." &&
         text.find_first_of("/\\%") == std::string_view::npos &&
         std::ranges::none_of(text, is_space_or_control);
}

bool is_label(std::string_view text) {
  return !text.empty() && !is_digit(text.front()) && text.front() != '-' &&
         std::ranges::all_of(text,
                             [](char c) { return is_ascii_alnum(c) || c == '_' || c == '-'; });
}

// At most nine digits, so that whoever reads it needs no care.
bool is_period(std::string_view text) {
  return text.size() >= 2 && text.size() <= 10 && text.front() != '0' &&
         is_one_of(text.back(), "smhdwMQY") &&
         std::ranges::all_of(text.substr(0, text.size() - 1), is_digit);
}

// The year 1 is how Go writes that there is none.
bool is_timestamp(std::string_view text) {
  return text == kNoTimestamp || parse_rfc3339(text).has_value();
}

bool is_base64_line(std::string_view line) {
  return std::ranges::all_of(line, [](char c) { return is_ascii_alnum(c) || is_one_of(c, "+/="); });
}

// Blocks of BEGIN, base64 and END; text between blocks is allowed, as OpenSSL writes it.
bool is_pem(std::string_view text) {
  constexpr std::string_view kBegin = "-----BEGIN ";
  constexpr std::string_view kDashes = "-----";
  std::size_t blocks = 0;
  std::string end_line;  // not empty: inside a block
  for (const std::string_view raw_line : split(text, '\n')) {
    const std::string_view line = trim(raw_line);
    if (!end_line.empty()) {
      if (line == end_line) {
        end_line.clear();
        ++blocks;
      } else if (!is_base64_line(line)) {
        return false;
      }
    } else if (line.starts_with(kBegin) && line.ends_with(kDashes) && line.size() > 16) {
      end_line = "-----END " + std::string(line.substr(kBegin.size()));
    }
  }
  return blocks > 0 && end_line.empty();
}

bool is_literal(int family, std::string_view text) {
  std::array<unsigned char, sizeof(in6_addr)> ip{};
  return ::inet_pton(family, std::string(text).c_str(), ip.data()) == 1;
}

bool is_ip_address(std::string_view text) {
  if (is_literal(AF_INET, text) || is_literal(AF_INET6, text)) return true;
  const auto colon = text.rfind(':');
  if (colon == std::string_view::npos || !is_port(text.substr(colon + 1))) return false;
  const std::string_view host = text.substr(0, colon);
  if (!host.starts_with('[') || !host.ends_with(']')) return is_literal(AF_INET, host);
  return is_literal(AF_INET6, host.substr(1, host.size() - 2));
}

struct FormRow {
  Form form;
  bool (*matches)(std::string_view text);
  std::string_view problem;
  std::string_view pattern;
};

constexpr std::string_view kUrlPattern = "^[Hh][Tt][Tt][Pp][Ss]?://[^\\s]+$";

constexpr std::array kForms = {
    FormRow{Form::kAny, [](std::string_view) { return true; }, "", ""},
    FormRow{Form::kNonEmpty, [](std::string_view text) { return !text.empty(); },
            "must not be empty", "[\\s\\S]"},
    FormRow{Form::kUrl, is_url, "not a URL of the form http(s)://host[:port][/path]", kUrlPattern},
    FormRow{Form::kPem, is_pem,
            "not PEM: expected -----BEGIN ...-----, base64 lines, -----END ...-----",
            "-----BEGIN "},
    FormRow{Form::kHeaderName, is_header_name, "not a header name",
            "^[!#$%&'*+.^_`|~0-9A-Za-z-]+$"},
    FormRow{Form::kHeaderValue,
            [](std::string_view text) { return std::ranges::all_of(text, in_header_value); },
            "has a line break or another control character, which no header may have", ""},
    FormRow{Form::kOrigin, is_origin, "neither \"*\" nor an origin such as https://app.example.com",
            "^(\\*|[A-Za-z0-9]+://[^/?#@\\s]+)$"},
    FormRow{Form::kHostName, is_host_name,
            "neither \"*\" nor the name of a host such as gateway.example.com, without a port",
            "^(\\*|[A-Za-z0-9._-]+)$"},
    FormRow{Form::kRoute, is_route, "not a path: it must begin with \"/\"", "^/[^\\s]*$"},
    FormRow{Form::kPathOrUrl, [](std::string_view text) { return is_route(text) || is_url(text); },
            "neither a path that begins with \"/\" nor a URL",
            "^(/|[Hh][Tt][Tt][Pp][Ss]?://)[^\\s]*$"},
    FormRow{Form::kProviderName, is_provider_name,
            "not a name of a provider: 1 to 128 bytes without \"/\", \"\\\", \"%\" and spaces, and "
            "neither \".\" nor \"..\"",
            "^[^/\\\\%\\s]{1,128}$"},
    FormRow{Form::kIpAddress, is_ip_address,
            "not an IP address, or one with a port: 192.0.2.1, 192.0.2.1:53, [2001:db8::1]:53",
            "^[0-9A-Fa-f.:\\[\\]]+$"},
    FormRow{Form::kLabel, is_label,
            "not a label name: letters, digits, \"_\" and \"-\", a letter first",
            "^[A-Za-z_][A-Za-z0-9_-]*$"},
    FormRow{Form::kPeriod, is_period,
            "not a period: a whole number and one of s, m, h, d, w, M, Q, Y, such as 1h or 1M",
            "^[1-9][0-9]{0,8}[smhdwMQY]$"},
    FormRow{Form::kTimestamp, is_timestamp,
            "not a point in time of RFC 3339, such as 2026-01-31T12:00:00Z",
            "^[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt ][0-9]{2}:[0-9]{2}:[0-9]{2}"},
};
static_assert(kForms.size() == std::to_underlying(Form::kCount));
static_assert(std::ranges::is_sorted(kForms, {}, &FormRow::form));

}  // namespace

std::optional<WallTime> point_in_time(std::string_view text) {
  if (text == kNoTimestamp) return std::nullopt;
  return parse_rfc3339(text);
}

std::optional<std::string_view> form_problem(Form form, std::string_view text) {
  const FormRow& row = kForms[std::to_underlying(form)];
  if (row.matches(text)) return std::nullopt;
  return row.problem;
}

std::string_view form_pattern(Form form) { return kForms[std::to_underlying(form)].pattern; }

std::string redacted_url(std::string_view url) {
  const auto parts = split_url(url);
  if (!parts) return std::string(url);
  std::string out(parts->scheme);
  out += "://";
  out += parts->authority;
  out += parts->path;
  return out;
}

}  // namespace bifrost::config
