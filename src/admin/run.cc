#include "admin/run.h"

#include "admin/audit_trail.h"
#include "admin/read.h"
#include "admin/route.h"
#include "admin/small_body.h"
#include "base/log.h"
#include "base/strings.h"
#include "base/try.h"
#include "exchange/headers.h"
#include "exchange/read_body.h"
#include "http/url.h"
#include "net/blocking_pool.h"

#include <optional>
#include <utility>

namespace bifrost::admin {
namespace {

using exchange::Exchange;
using exchange::WorkerKit;

// A page of another site can make a browser send a body, but not with this type unless it was
// allowed to ask.
Result<void> check_type(const Exchange& exchange) {
  if (exchange.body.empty()) return {};
  const std::string_view type = exchange.request.head.headers.get("content-type");
  if (istarts_with(type, "application/json")) return {};
  return client_error(ErrorCode::kInvalidRequest,
                      "content-type must be application/json, not " + quoted(type));
}

// Of the path; empty when the route has none of that name.
Result<std::string> parameter(const Exchange& exchange, std::string_view name) {
  auto value = percent_decode(exchange.route.parameters.get(name));
  if (value) return *std::move(value);
  return client_error(ErrorCode::kInvalidRequest,
                      "the path has a % that is followed by no two hexadecimal digits");
}

bool is_tried(const Exchange& exchange) {
  const auto tried = is_dry_run(http::query_of(exchange.request.head.target));
  return tried && *tried;
}

// A condition that is empty would hold for everything.
Result<void> check_condition(const http::RequestHead& head) {
  if (!head.headers.contains("if-match") || !head.headers.get("if-match").empty()) return {};
  return client_error(ErrorCode::kInvalidRequest,
                      "If-Match: is empty; give the ETag of an answer, or leave the header out");
}

// Who asks what became of a key finds it here.
void log_change(const Exchange& exchange, int status) {
  const http::RequestHead& head = exchange.request.head;
  const governance::Operator* who = exchange.admitted_operator.get();
  BF_LOG(kInfo, "management", is_tried(exchange) ? "tried" : "changed",
         {"request_id", exchange.request_id}, {"who", who == nullptr ? "" : who->name},
         {"method", head.method}, {"path", log::clipped(http::path_of(head.target))},
         {"status", status});
}

Result<void> check_dry_run(const Exchange& exchange, const Route& route) {
  const auto given = http::query_value(http::query_of(exchange.request.head.target), "dry_run");
  if (!given || route.may_be_tried) return {};
  return client_error(ErrorCode::kInvalidRequest, "dry_run: this cannot be tried", "dry_run");
}

net::Task<Result<Answer>> answer_to(WorkerKit& kit, Exchange& exchange, const Route& route,
                                    Call& call) {
  // The time at which it is answered, however long others kept it waiting.
  const auto work = [&call, &kit, &exchange, answer_it = route.answer] {
    call.now = kit.clock.wall();
    Result<Answer> answer = answer_it(call);
    if (call.trail != nullptr) {
      record(*kit.services.access, exchange.snapshot->audit, *call.trail, answer, kit.clock.wall());
    }
    return answer;
  };
  // However many callers ask, operators have their thread for themselves.
  if (route.access == exchange::Access::kCallers) co_return work();
  std::optional<governance::Attempts::Place> place;
  if (route.judges) {
    BF_CO_TRY_VOID(kit.services.attempts.check(exchange.request.network, kit.clock.now()));
    BF_CO_TRY(governance::Attempts::Place free,
              kit.services.attempts.judge(exchange.request.network, kit.clock.now()));
    place.emplace(std::move(free));
  }
  net::BlockingPool& pool = route.report ? kit.services.reports : kit.services.management;
  co_return co_await net::run_to_end(exchange.request.scope, pool, work);
}

SignIn sign_in_of(WorkerKit& kit, const Exchange& exchange) {
  return {.operators = exchange.snapshot->operators,
          .passwords = kit.services.passwords,
          .attempts = kit.services.attempts,
          .now = kit.clock.now(),
          .network = exchange.request.network,
          .headers = exchange.request.head.headers,
          .tls = exchange.snapshot->tls != nullptr ||
                 iequals(exchange.request.head.headers.get("x-forwarded-proto"), "https")};
}

http::Headers headers_of(const Exchange& exchange, const Answer& answer) {
  http::Headers headers = exchange::base_headers(exchange);
  headers.add("content-type", answer.type);
  headers.add("cache-control", "no-store");
  if (!answer.etag.empty()) headers.add("etag", answer.etag);
  if (!answer.link.empty()) headers.add("link", answer.link);
  if (!answer.cookie.empty()) headers.add("set-cookie", answer.cookie);
  return headers;
}

}  // namespace

const Route& route_of(const Exchange& exchange) {
  return static_cast<const Route&>(*exchange.surface().operation);
}

explain::World world_of(WorkerKit& kit, const Exchange& exchange) {
  return {.snapshot = *exchange.snapshot,
          .router = kit.router,
          .learnt_use = kit.services.learnt_use,
          .session_keys = kit.services.session_keys,
          .memory = &kit.services.overload.memory(),
          .clock = kit.clock};
}

net::Task<Result<void>> run(WorkerKit& kit, Exchange& exchange) {
  const Route& route = route_of(exchange);
  const http::RequestHead& head = exchange.request.head;
  if (kit.services.desk == nullptr) {
    co_return client_error(ErrorCode::kUnsupportedOperation, "there is no management API here");
  }
  if (route.access == exchange::Access::kSignIn) {
    BF_CO_TRY_VOID(check_small_body(head));
  }
  BF_CO_TRY_VOID(check_dry_run(exchange, route));
  BF_CO_TRY_VOID(co_await exchange::read_body(kit, exchange));
  BF_CO_TRY_VOID(check_type(exchange));
  BF_CO_TRY_VOID(check_condition(head));
  BF_CO_TRY(std::string id, parameter(exchange, "id"));
  BF_CO_TRY(std::string budget_id, parameter(exchange, "budget_id"));
  BF_CO_TRY(std::string key_id, parameter(exchange, "key_id"));
  const explain::World world = world_of(kit, exchange);
  const SignIn sign_in = sign_in_of(kit, exchange);
  std::optional<store::AuditTrail> trail;
  if (route.changes() && !is_tried(exchange)) trail = begin_trail(kit, exchange, action_of(route));
  const bool reads = route.report && kit.services.access_read != nullptr;
  DeskView desk(*kit.services.desk);
  Call call{.desk = desk,
            .limits = kit.services.limits,
            .usage = kit.services.usage.get(),
            .prices = kit.services.prices,
            .world = world,
            .access = reads ? kit.services.access_read.get() : kit.services.access.get(),
            .audit_key = exchange.snapshot->audit.hmac_key.reveal(),
            .now = {},
            .asked = kit.clock.now(),
            .version = kit.services.version,
            .id = std::move(id),
            .budget_id = std::move(budget_id),
            .key_id = std::move(key_id),
            .caller = exchange.caller.principal->id,
            .who = exchange.admitted_operator.get(),
            .sign_in = sign_in,
            .trail = trail ? &*trail : nullptr,
            .query = http::query_of(head.target),
            .body = exchange.body,
            .if_match = head.headers.get("if-match"),
            .path = http::path_of(head.target),
            .accept = head.headers.get("accept")};
  BF_CO_TRY(const Answer answer, co_await answer_to(kit, exchange, route, call));
  if (route.changes()) log_change(exchange, answer.status);
  co_return co_await exchange.request.out.send(exchange.request.scope, answer.status,
                                               headers_of(exchange, answer), answer.body);
}

}  // namespace bifrost::admin
