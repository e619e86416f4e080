#include "admin/admit.h"

#include "admin/audit_trail.h"
#include "admin/route.h"
#include "admin/session_token.h"
#include "base/log.h"
#include "base/strings.h"
#include "base/try.h"
#include "governance/operators.h"
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

const Route& route_of(const Exchange& exchange) {
  return static_cast<const Route&>(*exchange.surface().operation);
}

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
  BF_CO_TRY_VOID(services.attempts.check(network, kit.clock.now()));
  std::optional<bool> right = services.passwords.known(settings, shown);
  if (!right) {
    BF_CO_TRY(const auto place, services.attempts.judge());
    const auto work = [&] { return services.passwords.verify(settings, shown); };
    BF_CO_TRY(right, co_await net::run_to_end(exchange.request.scope, services.management, work));
  }
  if (*right) {
    services.attempts.right(network);
    co_return administrator(exchange);
  }
  services.attempts.wrong(network, kit.clock.now());
  log_wrong(exchange);
  Error error = wrong("the administrator's name or password is wrong");
  if (auto trail = begin_trail(kit, exchange)) {
    trail->record.action = "authenticate";
    co_await record_failure(kit, exchange, *trail, error);
  }
  co_return error;
}

// A page of another site has a browser send the cookie, and cannot read what it has to send with
// it.
Result<void> check_csrf(const http::RequestHead& head, std::string_view token) {
  if (head.method == "GET" || head.method == "HEAD") return {};
  if (head.headers.get("x-csrf-token") == csrf_token(token)) return {};
  return client_error(ErrorCode::kPermissionDenied,
                      "x-csrf-token: with the session's cookie, a change needs this header, with "
                      "the csrf_token that POST /api/session/login has given");
}

net::Task<Result<Operator>> by_session(WorkerKit& kit, Exchange& exchange,
                                       const OperatorCredential& shown) {
  exchange::Services& services = kit.services;
  if (services.access == nullptr) co_return wrong("there are no sessions here");
  const auto work = [&] {
    return is_session(*services.access, exchange.snapshot->operators.administrator(), shown.text,
                      kit.clock.wall());
  };
  BF_CO_TRY(const bool valid,
            co_await net::run_to_end(exchange.request.scope, services.management, work));
  if (!valid) co_return wrong("the session has ended; sign in again (POST /api/session/login)");
  if (shown.by_cookie) {
    BF_CO_TRY_VOID(check_csrf(exchange.request.head, shown.text));
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
// in the body, which a stranger may send for that, and which is small.
Result<void> check_newcomer(const http::RequestHead& head) {
  constexpr std::int64_t kBytesMax = 64 * 1024;
  const auto length = parse_int(head.headers.get("content-length"));
  if (length && *length <= kBytesMax) return {};
  return client_error(ErrorCode::kInvalidRequest,
                      "content-length: must be given, and at most 65536, as long as there is no "
                      "administrator");
}

bool may_set_up(const Exchange& exchange) {
  return route_of(exchange).sets_up &&
         exchange.snapshot->operators.administrator().admin_username.empty();
}

net::Task<Result<Operator>> identify(WorkerKit& kit, Exchange& exchange, bool on_loopback) {
  const governance::Operators& operators = exchange.snapshot->operators;
  const http::RequestHead& head = exchange.request.head;
  if (!operators.asks(head.headers, on_loopback)) co_return Operator{};
  const OperatorCredential shown = governance::operator_credential(head.headers);
  if (shown.kind == OperatorCredential::Kind::kNone) {
    if (!may_set_up(exchange)) co_return operators.refusal(on_loopback);
    BF_CO_TRY_VOID(check_newcomer(head));
    co_return Operator{.kind = Operator::Kind::kNewcomer};
  }
  co_return co_await by_credential(kit, exchange, shown);
}

}  // namespace

net::Task<Result<void>> admit(WorkerKit& kit, Exchange& exchange, bool on_loopback) {
  BF_CO_TRY(Operator who, co_await identify(kit, exchange, on_loopback));
  const Route& route = route_of(exchange);
  if (who.role == Role::kViewer && route.changes()) {
    co_return client_error(ErrorCode::kPermissionDenied,
                           "API key " + quoted(who.name) +
                               " has the role \"viewer\", which may read and change nothing");
  }
  exchange.admitted_operator = std::make_unique<const Operator>(std::move(who));
  co_return Result<void>();
}

}  // namespace bifrost::admin
