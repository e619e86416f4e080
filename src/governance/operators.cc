#include "governance/operators.h"

#include "base/strings.h"
#include "config/check_scope.h"
#include "governance/credential_digest.h"

#include <openssl/crypto.h>

#include <algorithm>
#include <array>
#include <string>
#include <string_view>

namespace bifrost::governance {
namespace {

bool same(std::string_view a, std::string_view b) {
  const auto of_a = credential_digest(a);
  const auto of_b = credential_digest(b);
  return of_a && of_b && CRYPTO_memcmp(of_a->data(), of_b->data(), of_a->size()) == 0;
}

bool is_admin(const AuthSettings& settings, const http::Headers& headers) {
  constexpr std::string_view kScheme = "basic ";
  const std::string_view value = headers.get("authorization");
  if (!istarts_with(value, kScheme)) return false;
  const auto shown = base64_decode(trim(value.substr(kScheme.size())));
  if (!shown) return false;
  return same(*shown, settings.admin_username + ":" + settings.admin_password.reveal());
}

// By a proxy on this machine, for somebody who is elsewhere.
bool is_passed_on(const http::Headers& headers) {
  constexpr std::array<std::string_view, 5> kNames = {"forwarded", "x-forwarded-for",
                                                      "x-forwarded-host", "via", "x-real-ip"};
  return std::ranges::any_of(kNames, [&](std::string_view name) { return headers.contains(name); });
}

}  // namespace

void AuthSettings::check(config::CheckScope& scope) const {
  if (!is_enabled) return;
  if (admin_username.empty()) scope.problem("admin_username", "required, since is_enabled is on");
  if (admin_username.contains(':')) scope.problem("admin_username", "it may have no colon");
  if (admin_password.empty()) scope.problem("admin_password", "required, since is_enabled is on");
}

Result<void> check_operator(const AuthSettings& settings, const http::Headers& headers,
                            bool on_loopback) {
  if (settings.is_enabled) {
    if (is_admin(settings, headers)) return {};
    return client_error(ErrorCode::kUnauthenticated,
                        "the management API wants the administrator's name and password (HTTP "
                        "Basic; governance.auth_config)");
  }
  if (on_loopback && !is_passed_on(headers)) return {};
  return client_error(ErrorCode::kPermissionDenied,
                      "the management API is closed, since others than this machine can reach it" +
                          std::string(on_loopback ? " through a proxy" : "") +
                          ": name an administrator in governance.auth_config");
}

}  // namespace bifrost::governance
