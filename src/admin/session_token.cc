#include "admin/session_token.h"

#include "base/random.h"
#include "base/try.h"
#include "governance/operators.h"
#include "store/digest.h"

namespace bifrost::admin {
namespace {

// Without the token nobody can try passwords against it.
std::string account_of(std::string_view token, const governance::AuthSettings& administrator) {
  return store::hmac_sha256(
      token, administrator.admin_username + '\n' + administrator.admin_password.reveal());
}

}  // namespace

std::string new_token(std::string_view prefix) {
  return std::string(prefix) + store::sha256(secret_bytes(32));
}

bool is_session_token(std::string_view text) {
  constexpr std::size_t kDigits = 64;
  return text.size() == governance::kSessionPrefix.size() + kDigits &&
         text.starts_with(governance::kSessionPrefix);
}

std::string csrf_token(std::string_view token) { return store::hmac_sha256(token, "csrf"); }

Result<void> check_csrf(const http::Headers& headers, std::string_view token) {
  if (headers.get("x-csrf-token") == csrf_token(token)) return {};
  return client_error(ErrorCode::kPermissionDenied,
                      "x-csrf-token: with the session's cookie, a change needs this header, with "
                      "the csrf_token that POST /api/session/login has given");
}

Result<void> begin_session(store::AccessStore& store, const governance::AuthSettings& administrator,
                           std::string_view token, WallTime now) {
  return store.add_session({.digest = store::sha256(token),
                            .account = account_of(token, administrator),
                            .created_at = now,
                            .expires_at = now + kSessionLife});
}

Result<bool> is_session(store::AccessStore& store, const governance::AuthSettings& administrator,
                        std::string_view token, WallTime now) {
  BF_TRY(const auto session, store.find_session(store::sha256(token)));
  return administrator.is_enabled && session && now < session->expires_at &&
         session->account == account_of(token, administrator);
}

Result<bool> end_session(store::AccessStore& store, std::string_view token) {
  return store.drop_session(store::sha256(token));
}

}  // namespace bifrost::admin
