#include "http/url.h"

#include "base/strings.h"
#include "base/try.h"

#include <algorithm>
#include <utility>

namespace bifrost::http {
namespace {

constexpr std::uint16_t kHttpPort = 80;
constexpr std::uint16_t kHttpsPort = 443;

Error bad_url(std::string_view text, std::string_view why) {
  constexpr std::size_t kShownBytesMax = 100;
  return client_error(ErrorCode::kInvalidRequest,
                      quoted(text, kShownBytesMax) + " is not a usable URL: " + std::string(why));
}

bool visible_ascii(char c) { return c > ' ' && c < '\x7f'; }

// RFC 3986 would allow more in a registered name; no resolver does.
bool host_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_';
}

// Enough to keep other text out of a Host field; the resolver judges the rest.
bool ipv6_character(char c) {
  return (c >= 'a' && c <= 'f') || (c >= '0' && c <= '9') || c == ':' || c == '.';
}

Result<std::uint16_t> parse_port(std::string_view url, std::string_view text) {
  constexpr std::int64_t kPortMax = 65535;
  const auto port = parse_int(text);
  if (!port || *port < 1 || *port > kPortMax) return bad_url(url, "the port is not 1 to 65535");
  return static_cast<std::uint16_t>(*port);
}

// Adds "host", "host:port", "[v6]" or "[v6]:port" to what is known so far.
Result<Url> with_authority(std::string_view text, std::string_view authority, Url url) {
  std::string_view host = authority;
  std::string_view port;
  bool has_port = false;
  if (authority.starts_with('[')) {
    const auto end = authority.find(']');
    if (end == std::string_view::npos) return bad_url(text, "a bracket is not closed");
    host = authority.substr(1, end - 1);
    const std::string_view rest = authority.substr(end + 1);
    has_port = rest.starts_with(':');
    if (!rest.empty() && !has_port) return bad_url(text, "the host is not a name or address");
    if (has_port) port = rest.substr(1);
  } else if (const auto parts = split_once(authority, ':')) {
    host = parts->first;
    port = parts->second;
    has_port = true;
  }
  url.host = ascii_lower(host);
  const auto allowed = authority.starts_with('[') ? ipv6_character : host_character;
  if (url.host.empty() || !std::ranges::all_of(url.host, allowed)) {
    return bad_url(text, "the host is not a name or address");
  }
  if (has_port) {
    BF_TRY(url.port, parse_port(text, port));
  }
  return url;
}

}  // namespace

std::string Url::authority() const {
  std::string out = host.find(':') == std::string::npos ? host : "[" + host + "]";
  if (port != (tls ? kHttpsPort : kHttpPort)) out += ":" + std::to_string(port);
  return out;
}

std::string Url::origin() const { return (tls ? "https://" : "http://") + authority(); }

std::string Url::target() const {
  std::string out = path.empty() ? "/" : path;
  if (!query.empty()) out += "?" + query;
  return out;
}

Result<Url> parse_url(std::string_view text) {
  if (text.size() > kUrlBytesMax) return bad_url(text, "it is too long");
  if (!std::ranges::all_of(text, visible_ascii)) {
    return bad_url(text, "it holds a space, a control character or a byte beyond ASCII");
  }
  Url url;
  std::string_view rest = text;
  if (istarts_with(rest, "https://")) {
    rest.remove_prefix(std::string_view("https://").size());
  } else if (istarts_with(rest, "http://")) {
    rest.remove_prefix(std::string_view("http://").size());
    url.tls = false;
    url.port = kHttpPort;
  } else {
    return bad_url(text, "it must begin with http:// or https://");
  }
  if (rest.find('#') != std::string_view::npos) return bad_url(text, "it has a fragment (#)");

  const auto authority_end = rest.find_first_of("/?");
  const std::string_view authority = rest.substr(0, authority_end);
  if (authority.find('@') != std::string_view::npos) {
    return bad_url("(hidden)", "it holds a user name or password");
  }
  BF_TRY(url, with_authority(text, authority, std::move(url)));
  if (authority_end == std::string_view::npos) return url;

  rest.remove_prefix(authority_end);
  const auto query = rest.find('?');
  url.path = rest.substr(0, query);
  if (query != std::string_view::npos) url.query = rest.substr(query + 1);
  return url;
}

std::optional<std::string> query_value(std::string_view query, std::string_view name) {
  for (const std::string_view pair : split(query, '&')) {
    const auto equals = pair.find('=');
    if (percent_decode(pair.substr(0, equals)) != name) continue;
    const std::string_view value =
        equals == std::string_view::npos ? std::string_view() : pair.substr(equals + 1);
    return percent_decode(value).value_or(std::string(value));
  }
  return std::nullopt;
}

bool is_request_target(std::string_view text) {
  return text.starts_with('/') && text.find('#') == std::string_view::npos &&
         std::ranges::all_of(text, visible_ascii);
}

std::string_view path_of(std::string_view target) {
  const std::string_view path = target.substr(0, target.find('?'));
  const auto scheme_end = path.find("://");
  if (path.starts_with('/') || scheme_end == std::string_view::npos) return path;
  const auto slash = path.find('/', scheme_end + 3);
  return slash == std::string_view::npos ? "/" : path.substr(slash);
}

std::string_view query_of(std::string_view target) {
  const auto mark = target.find('?');
  return mark == std::string_view::npos ? std::string_view() : target.substr(mark + 1);
}

}  // namespace bifrost::http
