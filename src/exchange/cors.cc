#include "exchange/cors.h"

#include "base/strings.h"

#include <algorithm>
#include <string>
#include <string_view>

namespace bifrost::exchange {
namespace {

bool origin_allowed(const CorsSettings& settings, std::string_view origin) {
  return std::ranges::any_of(settings.allowed_origins, [&](std::string_view allowed) {
    return allowed == "*" || iequals(allowed, origin);
  });
}

}  // namespace

http::Headers cors_headers(const CorsSettings& settings, const http::Headers& request) {
  const auto origin = request.find("origin");
  if (!origin || !origin_allowed(settings, *origin)) return {};
  return {{"access-control-allow-origin", *origin},
          {"access-control-expose-headers", "*"},
          {"vary", "origin"}};
}

http::Headers preflight_headers(const CorsSettings& settings, const http::Headers& request) {
  http::Headers headers = cors_headers(settings, request);
  if (headers.empty()) return headers;
  headers.add("access-control-allow-methods", "GET, POST, PUT, PATCH, DELETE, OPTIONS, HEAD");
  // Official SDKs in a browser add headers of their own, so what is asked for is allowed.
  std::string allowed(request.get("access-control-request-headers"));
  for (const std::string& name : settings.allowed_headers) {
    if (!allowed.empty()) allowed += ", ";
    allowed += name;
  }
  if (allowed.empty()) allowed = "authorization, content-type, x-api-key, x-goog-api-key";
  headers.add("access-control-allow-headers", allowed);
  headers.add("access-control-max-age", "86400");
  return headers;
}

}  // namespace bifrost::exchange
