#include "exchange/cors.h"

#include "base/strings.h"
#include "net/address.h"

#include <algorithm>
#include <string>
#include <string_view>

namespace bifrost::exchange {
namespace {

constexpr std::string_view kAny = "*";

// "https://a.example:81" without its scheme; empty for "null".
std::string_view authority_of(std::string_view origin) {
  const auto scheme = origin.find("://");
  return scheme == std::string_view::npos ? std::string_view{} : origin.substr(scheme + 3);
}

// Without its port and the brackets of an IPv6 address.
std::string_view host_of(std::string_view authority) {
  if (authority.starts_with('[')) return authority.substr(1, authority.find(']') - 1);
  return authority.substr(0, authority.find(':'));
}

bool is_this_machine(std::string_view host) {
  if (net::is_localhost(host)) return true;
  const auto address = net::Address::from_literal(host, 0);
  return address && address->kind() == net::AddressKind::kLoopback;
}

// "https://*.a.example" stands for every name below it, of any depth.
bool origin_matches(std::string_view pattern, std::string_view origin) {
  const auto star = pattern.find('*');
  if (star == std::string_view::npos) return iequals(pattern, origin);
  const std::string_view head = pattern.substr(0, star);
  const std::string_view tail = pattern.substr(star + 1);
  if (origin.size() <= head.size() + tail.size() || !istarts_with(origin, head)) return false;
  const std::string_view middle =
      origin.substr(head.size(), origin.size() - head.size() - tail.size());
  return iequals(origin.substr(head.size() + middle.size()), tail) &&
         middle.find_first_of("/:") == std::string_view::npos;
}

bool origin_allowed(const Doors& doors, std::string_view origin) {
  return std::ranges::any_of(doors.cors.allowed_origins, [&](std::string_view allowed) {
    if (allowed != kAny) return origin_matches(allowed, origin);
    return !doors.keyless || is_this_machine(host_of(authority_of(origin)));
  });
}

// A name that nobody can register in the DNS of the Internet, so no stranger can give it an
// address: of one label, or below a domain that is reserved (RFC 2606, RFC 6762, ICANN's
// "internal").
bool is_private_name(std::string_view host) {
  constexpr std::string_view kReserved[] = {"localhost", "local", "internal", "test", "example"};
  if (host.ends_with('.')) host.remove_suffix(1);
  const auto dot = host.rfind('.');
  if (dot == std::string_view::npos) return true;
  return std::ranges::any_of(
      kReserved, [&](std::string_view domain) { return iequals(domain, host.substr(dot + 1)); });
}

// Text of strangers, in a message.
std::string shown(std::string_view text) { return quoted(utf8_prefix(text, 100)); }

}  // namespace

http::Headers cors_headers(const Doors& doors, const http::Headers& request) {
  const auto origin = request.find("origin");
  if (!origin || !origin_allowed(doors, *origin)) return {};
  return {{"access-control-allow-origin", *origin},
          {"access-control-expose-headers", "*"},
          {"vary", "origin"}};
}

http::Headers preflight_headers(const Doors& doors, const http::Headers& request) {
  http::Headers headers = cors_headers(doors, request);
  if (headers.empty()) return headers;
  headers.add("access-control-allow-methods", "GET, POST, PUT, PATCH, DELETE, OPTIONS, HEAD");
  // Official SDKs in a browser add headers of their own, so what is asked for is allowed.
  std::string allowed(request.get("access-control-request-headers"));
  for (const std::string& name : doors.cors.allowed_headers) {
    if (!allowed.empty()) allowed += ", ";
    allowed += name;
  }
  if (allowed.empty()) allowed = "authorization, content-type, x-api-key, x-goog-api-key";
  headers.add("access-control-allow-headers", allowed);
  headers.add("access-control-max-age", "86400");
  return headers;
}

Result<void> check_origin(const Doors& doors, const http::Headers& request) {
  if (!doors.keyless) return {};
  const auto origin = request.find("origin");
  if (!origin || origin_allowed(doors, *origin)) return {};
  const std::string_view authority = authority_of(*origin);
  if (!authority.empty() && iequals(authority, request.get("host"))) return {};
  return client_error(ErrorCode::kPermissionDenied,
                      "pages of " + shown(*origin) +
                          " may not use this gateway, which demands no credential: name the origin "
                          "in client.allowed_origins, where \"*\" does not stand for it",
                      "origin");
}

Result<void> check_host(std::span<const std::string> names, std::string_view host) {
  host = host_of(host);
  if (is_private_name(host) || net::Address::from_literal(host, 0)) return {};
  const auto is_ours = [&](std::string_view name) { return name == kAny || iequals(name, host); };
  if (std::ranges::any_of(names, is_ours)) return {};
  return client_error(ErrorCode::kPermissionDenied,
                      "this gateway is not known as " + shown(host) +
                          ": name it in server.allowed_hosts, since it listens on this machine "
                          "only and demands no credential",
                      "host");
}

}  // namespace bifrost::exchange
