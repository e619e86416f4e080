// /api/session: how the administrator signs in and out.

#include "admin/resources.h"
#include "admin/session_token.h"
#include "admin/show.h"
#include "base/strings.h"
#include "base/timestamp.h"
#include "base/try.h"

#include <fmt/format.h>

namespace bifrost::admin {
namespace {

struct LoginBody {
  static constexpr std::array<std::string_view, 0> kUnserved = {};

  // Texts of a stranger, and no settings: a password "env.HOME" is that, and no reference.
  std::string username;
  std::string password;

  void describe(this auto& self, auto& visit) {
    visit.field("username", self.username, {.text = "Of the administrator.", .required = true});
    visit.field("password", self.password, {.text = "His password.", .required = true});
  }
};

Result<store::AccessStore*> store_of(const Call& call) {
  if (call.access != nullptr) return call.access;
  return gateway_error(ErrorCode::kStoreUnavailable, "there is no database for sessions");
}

// Its text is empty where he shows none.
governance::OperatorCredential shown_session(const Call& call) {
  auto shown = governance::operator_credential(call.sign_in.headers);
  if (shown.kind != governance::OperatorCredential::Kind::kSession) return {};
  return shown;
}

// For the audit log: the request's head did not say it.
void name_administrator(const Call& call) {
  if (call.trail == nullptr) return;
  call.trail->record.actor = call.sign_in.operators.administrator().admin_username;
  call.trail->record.actor_kind = "administrator";
}

// For requests of this host below /api alone, and for no script to read.
std::string cookie(const SignIn& sign_in, std::string_view token, std::chrono::seconds life) {
  return fmt::format("{}={}; Path=/api; Max-Age={}; HttpOnly; SameSite=Strict{}",
                     governance::kSessionCookie, token, life.count(),
                     sign_in.tls ? "; Secure" : "");
}

}  // namespace

Result<Answer> login(const Call& call) {
  BF_TRY(store::AccessStore * store, store_of(call));
  const SignIn& sign_in = call.sign_in;
  LoginBody body;
  BF_TRY_VOID(read_body(call, body));
  const governance::AuthSettings& administrator = call.sign_in.operators.administrator();
  if (!administrator.is_enabled) {
    return client_error(ErrorCode::kInvalidRequest,
                        "there is no administrator to sign in as (governance.auth_config)");
  }
  if (!sign_in.passwords.verify(administrator, body.username + ":" + body.password)) {
    sign_in.attempts.wrong(sign_in.network, sign_in.now);
    return client_error(ErrorCode::kUnauthenticated, "username or password is wrong");
  }
  sign_in.attempts.right(sign_in.network, sign_in.now);
  name_administrator(call);
  const std::string token = new_token(governance::kSessionPrefix);
  BF_TRY_VOID(begin_session(*store, administrator, token, call.now));
  Answer answer;
  json::Writer writer(answer.body);
  writer.begin_object().member("message", "Login successful");
  writer.member("token", std::string_view(token));
  writer.member("csrf_token", std::string_view(csrf_token(token)));
  writer.member("expires_at", std::string_view(rfc3339_text(call.now + kSessionLife)));
  writer.end_object();
  answer.cookie = cookie(call.sign_in, token, kSessionLife);
  return answer;
}

// Whoever has the token may end its session; by the cookie, no page of another site.
Result<Answer> logout(const Call& call) {
  BF_TRY(store::AccessStore * store, store_of(call));
  bool ended = false;
  if (const auto shown = shown_session(call); !shown.text.empty()) {
    if (shown.by_cookie) {
      BF_TRY_VOID(check_csrf(call.sign_in.headers, shown.text));
    }
    BF_TRY(ended, end_session(*store, shown.text));
  }
  if (ended) name_administrator(call);
  Answer answer = said("Logout successful");
  answer.audited = ended;
  answer.cookie = cookie(call.sign_in, "", std::chrono::seconds(0));
  return answer;
}

Result<Answer> is_auth_enabled(const Call& call) {
  BF_TRY(store::AccessStore * store, store_of(call));
  const governance::AuthSettings& administrator = call.sign_in.operators.administrator();
  bool valid = false;
  if (const auto shown = shown_session(call); !shown.text.empty()) {
    BF_TRY(valid, is_session(*store, administrator, shown.text, call.now));
  }
  Answer answer;
  json::Writer writer(answer.body);
  writer.begin_object().member("is_auth_enabled", administrator.is_enabled);
  writer.member("has_valid_token", valid).end_object();
  return answer;
}

}  // namespace bifrost::admin
