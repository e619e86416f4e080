#include "admin/admit.h"

#include "admin/audit_trail.h"
#include "admin/run.h"
#include "admin/session_token.h"
#include "admin/small_body.h"
#include "base/log.h"
#include "base/strings.h"
#include "base/try.h"
#include "governance/operators.h"
#include "governance/password.h"
#include "net/blocking_pool.h"

#include <memory>
#include <utility>

namespace bifrost::admin {
namespace {

using exchange::Exchange;
using exchange::WorkerKit;
using governance::Operator;
using governance::OperatorCredential;
using governance::Role;

Error wrong(std::string_view what) {
  return client_error(ErrorCode::kUnauthenticated, std::string(what));
}

Operator administrator(const Exchange& exchange) {
  return {.kind = Operator::Kind::kAdministrator,
          .name = exchange.snapshot->operators.administrator().admin_username};
}

// However often somebody tries, he is seldom judged, and the log stays readable.
void log_wrong(const Exchange& exchange) {
  BF_LOG(kWarn, "management", "wrong name or password", {"request_id", exchange.request_id},
         {"from", exchange.request.network});
}

net::Task<Result<Operator>> by_password(WorkerKit& kit, Exchange& exchange,
                                        const std::string& shown) {
  exchange::Services& services = kit.services;
  const governance::AuthSettings& settings = exchange.snapshot->operators.administrator();
  const std::string_view network = exchange.request.network;
  std::optional<bool> right = services.passwords.known(settings, shown);
  // Who was right before need not wait for those who guess from the same address.
  const bool known =
      right == true && governance::is_password_hash(settings.admin_password.reveal());
  if (!known) {
    BF_CO_TRY_VOID(services.attempts.check(network, kit.clock.now()));
  }
  if (!right) {
    BF_CO_TRY(const auto place, services.attempts.judge(network, kit.clock.now()));
    const auto work = [&] { return services.passwords.verify(settings, shown); };
    // Not where the database may be waited for.
    BF_CO_TRY(right, co_await net::run_to_end(exchange.request.scope, services.heavy, work));
  }
  if (*right) {
    services.attempts.right(network, kit.clock.now());
    co_return administrator(exchange);
  }
  services.attempts.wrong(network, kit.clock.now());
  log_wrong(exchange);
  Error error = wrong("the administrator's name or password is wrong");
  if (auto trail = begin_trail(kit, exchange, "authenticate")) {
    co_await record_refusal(kit, exchange, *trail, error);
  }
  co_return error;
}

net::Task<Result<Operator>> by_session(WorkerKit& kit, Exchange& exchange,
                                       const OperatorCredential& shown) {
  exchange::Services& services = kit.services;
  const Error ended = wrong("the session has ended; sign in again (POST /api/session/login)");
  if (services.access == nullptr || !is_session_token(shown.text)) co_return ended;
  BF_CO_TRY(const auto place, services.attempts.look_up(exchange.request.network, kit.clock.now()));
  const auto work = [&] {
    return is_session(*services.access, exchange.snapshot->operators.administrator(), shown.text,
                      kit.clock.wall());
  };
  BF_CO_TRY(const bool valid,
            co_await net::run_to_end(exchange.request.scope, services.management, work));
  if (!valid) co_return ended;
  services.attempts.right(exchange.request.network, kit.clock.now());
  const http::RequestHead& head = exchange.request.head;
  if (shown.by_cookie && head.method != "GET" && head.method != "HEAD") {
    BF_CO_TRY_VOID(check_csrf(head.headers, shown.text));
  }
  co_return administrator(exchange);
}

net::Task<Result<Operator>> by_credential(WorkerKit& kit, Exchange& exchange,
                                          const OperatorCredential& shown) {
  using Kind = OperatorCredential::Kind;
  if (shown.kind == Kind::kPassword) co_return co_await by_password(kit, exchange, shown.text);
  if (shown.kind == Kind::kSession) co_return co_await by_session(kit, exchange, shown);
  co_return exchange.snapshot->operators.find_key(shown.text, kit.clock.wall());
}

// Where there is no administrator yet, whoever has the setup token may make one: the token stands
// in the body, which a stranger may send for that.
bool is_newcomer(const Exchange& exchange, bool on_loopback) {
  const governance::Operators& operators = exchange.snapshot->operators;
  const http::Headers& headers = exchange.request.head.headers;
  return route_of(exchange).sets_up && !operators.administrator().is_enabled &&
         operators.asks(headers, on_loopback) &&
         governance::operator_credential(headers).kind != OperatorCredential::Kind::kApiKey;
}

}  // namespace

net::Task<Result<void>> find_operator(WorkerKit& kit, Exchange& exchange, bool on_loopback) {
  const governance::Operators& operators = exchange.snapshot->operators;
  const http::Headers& headers = exchange.request.head.headers;
  Operator who;
  if (operators.asks(headers, on_loopback)) {
    const OperatorCredential shown = governance::operator_credential(headers);
    if (shown.kind == OperatorCredential::Kind::kNone) co_return operators.refusal(on_loopback);
    BF_CO_TRY(who, co_await by_credential(kit, exchange, shown));
  }
  exchange.admitted_operator = std::make_unique<const Operator>(std::move(who));
  co_return Result<void>();
}

net::Task<Result<void>> admit(WorkerKit& kit, Exchange& exchange, bool on_loopback) {
  if (is_newcomer(exchange, on_loopback)) {
    BF_CO_TRY_VOID(check_small_body(exchange.request.head));
    exchange.admitted_operator =
        std::make_unique<const Operator>(Operator{.kind = Operator::Kind::kNewcomer});
    co_return Result<void>();
  }
  BF_CO_TRY_VOID(co_await find_operator(kit, exchange, on_loopback));
  const Operator& admitted = *exchange.admitted_operator;
  const Route& route = route_of(exchange);
  if (admitted.role != Role::kViewer || !route.changes()) co_return Result<void>();
  const Error error =
      client_error(ErrorCode::kPermissionDenied,
                   "API key " + quoted(admitted.name) +
                       " has the role \"viewer\", which may read and change nothing");
  if (auto trail = begin_trail(kit, exchange, action_of(route))) {
    co_await record_refusal(kit, exchange, *trail, error);
  }
  co_return error;
}

}  // namespace bifrost::admin
