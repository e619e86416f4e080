#include "governance/operators.h"

#include "base/limits.h"
#include "base/strings.h"
#include "config/check_scope.h"
#include "config/forms.h"
#include "governance/password.h"

#include <openssl/crypto.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

namespace bifrost::governance {
namespace {

bool same(const std::optional<CredentialDigest>& a, const std::optional<CredentialDigest>& b) {
  return a && b && CRYPTO_memcmp(a->data(), b->data(), a->size()) == 0;
}

bool same(std::string_view a, std::string_view b) {
  return same(credential_digest(a), credential_digest(b));
}

// By a proxy on this machine, for somebody who is elsewhere.
bool is_passed_on(const http::Headers& headers) {
  constexpr std::array<std::string_view, 10> kNames = {"forwarded",
                                                       "x-forwarded-for",
                                                       "x-forwarded-host",
                                                       "x-forwarded-proto",
                                                       "via",
                                                       "x-real-ip",
                                                       "x-client-ip",
                                                       "true-client-ip",
                                                       "x-envoy-external-address",
                                                       "cf-connecting-ip"};
  return std::ranges::any_of(kNames, [&](std::string_view name) { return headers.contains(name); });
}

// The value of a cookie (RFC 6265, section 4.2); empty: there is none.
std::string_view cookie(const http::Headers& headers, std::string_view name) {
  for (const http::Header header : headers) {
    if (!iequals(header.name, "cookie")) continue;
    for (const std::string_view pair : split(header.value, ';')) {
      const auto both = split_once(trim(pair), '=');
      if (both && both->first == name) return both->second;
    }
  }
  return {};
}

// What a password is right for, so that another password of the administrator is another thing.
std::string right_text(const AuthSettings& administrator, std::string_view shown) {
  return administrator.admin_username + '\n' + administrator.admin_password.reveal() + '\n' +
         std::string(shown);
}

std::optional<CredentialDigest> digest_from_hex(std::string_view text) {
  CredentialDigest digest{};
  if (text.size() != 2 * digest.size()) return std::nullopt;
  for (std::size_t i = 0; i < digest.size(); ++i) {
    const char* const end = text.data() + (2 * i) + 2;
    if (std::from_chars(end - 2, end, digest[i], 16).ptr != end) return std::nullopt;
  }
  return digest;
}

// Names stand in the audit log and in messages.
bool has_control(std::string_view text) {
  return std::ranges::any_of(text, [](char c) { return (c >= 0 && c < ' ') || c == '\x7f'; });
}

Error unauthenticated(std::string message) {
  return client_error(ErrorCode::kUnauthenticated, std::move(message));
}

}  // namespace

void AuthSettings::check(config::CheckScope& scope) const {
  const std::string& password = admin_password.reveal();
  const std::string_view problem = kept_password_problem(password);
  if (!problem.empty()) scope.problem("admin_password", std::string(problem));
  if (!is_password_hash(password) &&
      admin_username.size() + 1 + password.size() > limits::kCredentialBytesMax) {
    scope.problem("admin_password", "longer than the " +
                                        std::to_string(limits::kCredentialBytesMax) +
                                        " bytes that name and password may have together");
  }
  constexpr std::size_t kNameBytesMax = 128;
  if (admin_username.size() > kNameBytesMax) {
    scope.problem("admin_username", "longer than " + std::to_string(kNameBytesMax) + " bytes");
  }
  if (has_control(admin_username)) {
    scope.problem("admin_username", "it may have no control characters");
  }
  if (!is_enabled) return;
  if (admin_username.empty()) scope.problem("admin_username", "required, since is_enabled is on");
  if (admin_username.contains(':')) scope.problem("admin_username", "it may have no colon");
  if (admin_password.empty()) scope.problem("admin_password", "required, since is_enabled is on");
}

void ApiKeySettings::check(config::CheckScope& scope) const {
  constexpr std::size_t kBytesMin = 24;  // no word that somebody has thought of
  if (has_control(name)) scope.problem("name", "it may have no control characters");
  const std::string& text = value.reveal();
  if (text.empty() == value_hash.empty()) {
    scope.problem("value", "either this or value_hash must be given");
  } else if (!value_hash.empty() && !digest_from_hex(value_hash)) {
    scope.problem("value_hash", "must be the 64 hexadecimal digits of a SHA-256");
  } else if (!text.empty() && (!text.starts_with(kApiKeyPrefix) || text.size() < kBytesMin ||
                               text.size() > limits::kCredentialBytesMax)) {
    scope.problem("value", "must begin with \"bfst-\" and have 24 to " +
                               std::to_string(limits::kCredentialBytesMax) + " characters");
  }
}

std::optional<CredentialDigest> digest_of(const ApiKeySettings& key) {
  if (!key.value_hash.empty()) return digest_from_hex(key.value_hash);
  if (key.value.empty()) return std::nullopt;
  return credential_digest(key.value.reveal());
}

OperatorCredential operator_credential(const http::Headers& headers) {
  using Kind = OperatorCredential::Kind;
  const std::string_view value = headers.get("authorization");
  if (istarts_with(value, "basic ")) {
    return {.kind = Kind::kPassword,
            .text = base64_decode(trim(value.substr(6))).value_or(std::string())};
  }
  if (istarts_with(value, "bearer ")) {
    const std::string_view token = trim(value.substr(7));
    if (token.starts_with(kApiKeyPrefix)) {
      return {.kind = Kind::kApiKey, .text = std::string(token)};
    }
    if (token.starts_with(kSessionPrefix)) {
      return {.kind = Kind::kSession, .text = std::string(token)};
    }
  }
  const std::string_view token = cookie(headers, kSessionCookie);
  if (token.empty()) return {};
  return {.kind = Kind::kSession, .text = std::string(token), .by_cookie = true};
}

Operators::Operators(const GovernanceSettings& governance, std::string_view setup_token)
    : administrator_(governance.auth) {
  if (!setup_token.empty()) setup_token_ = credential_digest(setup_token);
  for (const ApiKeySettings& key : governance.api_keys) {
    const auto digest = digest_of(key);
    if (!digest) continue;
    keys_.emplace(*digest,
                  Key{.who = {.kind = Operator::Kind::kApiKey, .role = key.role, .name = key.name},
                      .active = key.is_active,
                      .expires_at = config::point_in_time(key.expires_at)});
  }
}

bool Operators::is_setup_token(std::string_view text) const {
  return same(setup_token_, credential_digest(text));
}

bool Operators::asks(const http::Headers& headers, bool on_loopback) const {
  return administrator_.is_enabled || !on_loopback || is_passed_on(headers);
}

Error Operators::refusal(bool on_loopback) const {
  if (administrator_.is_enabled) {
    return unauthenticated(
        "the management API wants to know who asks: the administrator's name and password (HTTP "
        "Basic; governance.auth_config), a session (POST /api/session/login), or an API key "
        "(Authorization: Bearer bfst-…)");
  }
  return client_error(ErrorCode::kPermissionDenied,
                      "the management API is closed, since others than this machine can reach it" +
                          std::string(on_loopback ? " through a proxy" : "") +
                          ": name an administrator in governance.auth_config, or listen on this "
                          "machine alone (host 127.0.0.1, and no proxy before it)");
}

Result<Operator> Operators::find_key(std::string_view key, WallTime now) const {
  const auto digest = credential_digest(key);
  const auto found = digest ? keys_.find(*digest) : keys_.end();
  if (found == keys_.end()) return unauthenticated("the API key is not known here");
  const Key& known = found->second;
  if (!known.active) {
    return client_error(ErrorCode::kPermissionDenied,
                        "API key " + quoted(known.who.name) + " is inactive");
  }
  if (known.expires_at && *known.expires_at <= now) {
    return client_error(ErrorCode::kPermissionDenied,
                        "API key " + quoted(known.who.name) + " has expired");
  }
  return known.who;
}

Result<void> Operators::check_still(const Operator& who,
                                    const GovernanceSettings& governance) const {
  const auto is_his = [&](const ApiKeySettings& key) {
    return key.name == who.name && key.role == who.role && key.is_active;
  };
  const bool still = who.kind == Operator::Kind::kApiKey
                         ? std::ranges::any_of(governance.api_keys, is_his)
                         : governance.auth == administrator_;
  if (still) return {};
  return unauthenticated(
      "what lets you in was changed meanwhile, and nothing else was: ask again as who you are now");
}

std::optional<bool> PasswordCheck::known(const AuthSettings& administrator,
                                         std::string_view shown) const {
  const std::string& password = administrator.admin_password.reveal();
  if (!administrator.is_enabled || shown.size() > limits::kCredentialBytesMax) return false;
  if (!is_password_hash(password)) {
    return same(shown, administrator.admin_username + ":" + password);
  }
  const auto digest = credential_digest(right_text(administrator, shown));
  const std::scoped_lock lock(mutex_);
  if (same(digest, right_)) return true;
  return std::nullopt;
}

// A wrong name takes as long as a wrong password.
bool PasswordCheck::verify(const AuthSettings& administrator, std::string_view shown) {
  if (const auto answer = known(administrator, shown)) return *answer;
  const auto both = split_once(shown, ':');
  const std::string_view name = both ? both->first : std::string_view();
  const std::string_view password = both ? both->second : shown;
  const bool opens = opens_password_hash(password, administrator.admin_password.reveal());
  if (!same(name, administrator.admin_username) || !opens) return false;
  const auto digest = credential_digest(right_text(administrator, shown));
  const std::scoped_lock lock(mutex_);
  right_ = digest;
  return true;
}

}  // namespace bifrost::governance
