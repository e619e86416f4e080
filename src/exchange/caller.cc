#include "exchange/caller.h"

#include "base/limits.h"
#include "base/strings.h"
#include "config/duration.h"
#include "http/h1/head.h"
#include "provider/prepare.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <utility>

namespace bifrost::exchange {
namespace {

constexpr std::size_t kRequestIdBytesMax = 128;

std::string_view bearer(const http::Headers& headers) {
  const std::string_view value = headers.get("authorization");
  if (!istarts_with(value, "bearer ")) return {};
  return trim(value.substr(7));
}

provider::Key callers_key(std::string_view name, std::string_view value) {
  provider::Key key;
  key.settings.name = name;
  key.settings.value = config::Secret(std::string(value));
  key.settings.models = {std::string(provider::kEverything)};
  return key;
}

// Claude Code, Codex by its two spellings, OpenCode.
constexpr std::array<std::string_view, 4> kAgentSessions = {
    "x-claude-code-session-id", "session_id", "session-id", "x-opencode-session"};

bool usable_session_id(std::string_view id) {
  const auto characters = std::ranges::count_if(
      id, [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; });
  return std::cmp_less_equal(characters, limits::kSessionIdCharactersMax);
}

// Seconds, or a duration as in the configuration.
std::optional<std::chrono::milliseconds> parse_ttl(std::string_view text) {
  if (text.empty()) return routing::Session().ttl;
  const bool plain = std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
  const auto ttl = config::parse_duration(plain ? std::string(text) + "s" : std::string(text));
  return ttl && ttl->count() > 0 ? ttl : std::nullopt;
}

bool origin_allowed(const CorsSettings& settings, std::string_view origin) {
  return std::ranges::any_of(settings.allowed_origins, [&](std::string_view allowed) {
    return allowed == "*" || iequals(allowed, origin);
  });
}

}  // namespace

Result<void> check_caller(const ClientSettings& settings, const http::RequestHead& head,
                          std::string_view path) {
  for (const std::string& name : settings.required_headers) {
    if (!head.headers.contains(name)) {
      return client_error(ErrorCode::kInvalidRequest,
                          "required header is missing: " + name + " (client.required_headers)",
                          name);
    }
  }
  if (!settings.enforce_auth_on_inference) return {};
  if (std::ranges::find(settings.whitelisted_routes, path) != settings.whitelisted_routes.end()) {
    return {};
  }
  if (direct_key(settings, head.headers)) return {};
  // Whoever demands credentials must not be served without: virtual keys are not served yet, so
  // none can be valid.
  Error error = client_error(ErrorCode::kUnauthenticated,
                             "virtual key is required (client.enforce_auth_on_inference), and this "
                             "version knows none");
  error.upstream_type = "virtual_key_required";
  return error;
}

routing::KeyPin pinned_key(const http::Headers& headers) {
  return {.id = headers.get("x-bf-api-key-id"), .name = headers.get("x-bf-api-key")};
}

Result<routing::Session> session_of(const http::Headers& headers) {
  routing::Session session;
  if (iequals(headers.get("x-bf-session-affinity"), "off")) return session;
  session.id = headers.get("x-bf-session-id");
  if (!usable_session_id(session.id)) {
    return client_error(ErrorCode::kInvalidRequest,
                        "x-bf-session-id has more than " +
                            std::to_string(limits::kSessionIdCharactersMax) + " characters",
                        "x-bf-session-id");
  }
  for (const std::string_view name : kAgentSessions) {
    if (session.id.empty() && usable_session_id(headers.get(name))) session.id = headers.get(name);
  }
  const std::string_view text = headers.get("x-bf-session-ttl");
  const auto ttl = parse_ttl(text);
  if (!ttl) {
    return client_error(ErrorCode::kInvalidRequest,
                        "x-bf-session-ttl is \"" + std::string(utf8_prefix(text, 64)) +
                            "\"; write seconds or a duration: 600, 30m, 1h30m",
                        "x-bf-session-ttl");
  }
  session.ttl = *ttl;
  return session;
}

std::optional<provider::Key> direct_key(const ClientSettings& settings,
                                        const http::Headers& headers) {
  if (!settings.allow_direct_keys || !iequals(headers.get("x-bf-direct-key"), "true")) {
    return std::nullopt;
  }
  std::string_view value = bearer(headers);
  if (value.empty()) value = headers.get("x-api-key");
  if (value.empty()) value = headers.get("x-goog-api-key");
  if (value.empty()) return std::nullopt;
  return callers_key("direct", value);
}

std::optional<provider::Key> anthropic_login(const dialect::Dialect& inbound,
                                             const http::Headers& headers) {
  const std::string_view token = bearer(headers);
  if (inbound.name != "anthropic" || !token.starts_with(provider::kAnthropicLoginPrefix)) {
    return std::nullopt;
  }
  return callers_key("anthropic-login", token);
}

std::optional<std::string_view> given_request_id(const http::Headers& headers) {
  const std::string_view id = headers.get("x-request-id");
  if (id.empty() || id.size() > kRequestIdBytesMax || !http::h1::valid_value(id)) {
    return std::nullopt;
  }
  return id;
}

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
