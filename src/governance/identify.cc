#include "governance/identify.h"

#include "base/strings.h"
#include "base/try.h"
#include "governance/operators.h"
#include "provider/prepare.h"

#include <algorithm>
#include <string>
#include <utility>

namespace bifrost::governance {
namespace {

std::string_view bearer(const http::Headers& headers) {
  const std::string_view value = headers.get("authorization");
  if (!istarts_with(value, "bearer ")) return {};
  return trim(value.substr(7));
}

std::unique_ptr<const provider::Key> callers_key(std::string_view name, std::string_view value) {
  auto key = std::make_unique<provider::Key>();
  key->settings.name = name;
  key->settings.value = config::Secret(std::string(value));
  key->settings.models = {std::string(provider::kEverything)};
  return key;
}

constexpr std::string_view kVirtualKeyPrefix = "sk-bf-";

// They are no provider's to see.
bool is_our_own(std::string_view credential) {
  return credential.starts_with(kVirtualKeyPrefix) || credential.starts_with(kApiKeyPrefix) ||
         credential.starts_with(kSessionPrefix);
}

std::unique_ptr<const provider::Key> direct_key(const AccessSettings& settings,
                                                const http::Headers& headers) {
  if (!settings.allow_direct_keys || !iequals(headers.get("x-bf-direct-key"), "true")) {
    return nullptr;
  }
  std::string_view value = bearer(headers);
  if (value.empty()) value = headers.get("x-api-key");
  if (value.empty()) value = headers.get("x-goog-api-key");
  if (value.empty() || is_our_own(value)) return nullptr;
  return callers_key("direct", value);
}

std::unique_ptr<const provider::Key> anthropic_login(const IdentifyRequest& request) {
  if (request.dialect != "anthropic") return nullptr;
  const std::string_view token = bearer(request.head.headers);
  if (!token.starts_with(provider::kAnthropicLoginPrefix)) return nullptr;
  return callers_key("anthropic-login", token);
}

Result<void> has_required(const AccessSettings& settings, const http::Headers& headers) {
  for (const std::string& name : settings.required_headers) {
    if (!headers.contains(name)) {
      return client_error(ErrorCode::kInvalidRequest,
                          "required header is missing: " + name + " (client.required_headers)",
                          name);
    }
  }
  return {};
}

bool is_whitelisted(const AccessSettings& settings, std::string_view path) {
  return std::ranges::find(settings.whitelisted_routes, path) != settings.whitelisted_routes.end();
}

Error unauthenticated(std::string message, std::string type) {
  Error error = client_error(ErrorCode::kUnauthenticated, std::move(message));
  error.upstream_type = std::move(type);
  return error;
}

Error nobody() {
  return unauthenticated(
      "virtual key is required (client.enforce_auth_on_inference): send one as x-bf-vk, or where "
      "the key of a provider would stand: authorization, x-api-key, x-goog-api-key or api-key",
      "virtual_key_required");
}

Error blocked(const Principal& principal, std::string_view why) {
  Error error = client_error(ErrorCode::kPermissionDenied,
                             "virtual key " + principal.name + " " + std::string(why));
  error.upstream_type = "access_blocked";
  return error;
}

// The first of the headers that shows a virtual key; empty: none does. What stands where others'
// keys stand is one only by its prefix.
std::string_view virtual_key(const http::Headers& headers) {
  if (const std::string_view own = trim(headers.get("x-bf-vk")); !own.empty()) return own;
  if (const std::string_view token = bearer(headers); token.starts_with(kVirtualKeyPrefix)) {
    return token;
  }
  for (const std::string_view name : {"x-api-key", "x-goog-api-key", "api-key"}) {
    const std::string_view value = headers.get(name);
    if (value.starts_with(kVirtualKeyPrefix)) return value;
  }
  return {};
}

// Null: he shows no virtual key.
Result<const Principal*> principal_of(const IdentifyRequest& request) {
  const std::string_view credential = virtual_key(request.head.headers);
  if (credential.empty()) return nullptr;
  const Principal* principal = request.directory.find(credential);
  const bool replaced =
      principal != nullptr && principal->known_until && *principal->known_until <= request.now;
  if (principal == nullptr || replaced) {
    return unauthenticated(
        "the virtual key is not known here: check it for a typing error, or ask "
        "whoever runs the gateway whether it was replaced",
        "access_not_found");
  }
  if (!principal->active) return blocked(*principal, "is inactive");
  if (principal->expires_at && *principal->expires_at <= request.now) {
    return blocked(*principal, "has expired");
  }
  return principal;
}

}  // namespace

Result<void> Caller::check_known() const {
  if (own_key_only) return nobody();
  return {};
}

Result<Caller> identify(const AccessSettings& settings, const IdentifyRequest& request) {
  const http::Headers& headers = request.head.headers;
  BF_TRY_VOID(has_required(settings, headers));
  Caller caller{.pin = {.id = headers.get("x-bf-api-key-id"), .name = headers.get("x-bf-api-key")},
                .direct_key = direct_key(settings, headers),
                .anthropic_login = anthropic_login(request)};
  BF_TRY(const Principal* principal, principal_of(request));
  if (principal != nullptr) {
    caller.principal = principal;
  } else if (settings.enforce_auth_on_inference && !is_whitelisted(settings, request.path)) {
    if (caller.direct_key == nullptr) return nobody();
    caller.own_key_only = true;
  }
  return caller;
}

}  // namespace bifrost::governance
