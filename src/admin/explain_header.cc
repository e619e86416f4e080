#include "admin/explain_header.h"

#include "admin/admit.h"
#include "admin/run.h"
#include "base/strings.h"
#include "base/try.h"
#include "exchange/headers.h"
#include "exchange/read_body.h"
#include "governance/operators.h"
#include "net/blocking_pool.h"

#include <string_view>
#include <utility>

namespace bifrost::admin {
namespace {

using exchange::Access;
using exchange::Exchange;
using exchange::WorkerKit;

constexpr std::string_view kHeader = "x-bf-explain";

Error wrong(std::string_view why) {
  return client_error(ErrorCode::kInvalidRequest, std::string(kHeader).append(": ").append(why),
                      std::string(kHeader));
}

// In the caller's format 401 would say that his own key is wrong, and some SDKs ask for another.
Error not_an_operator(const Error& why) {
  return client_error(
      ErrorCode::kPermissionDenied,
      std::string(kHeader) + ": only operators are told, and nothing was sent. " + why.message,
      std::string(kHeader));
}

// As it would be sent without the question: neither its header nor what shows who asks is part of
// it.
explain::AskedRequest asked_by(Exchange& exchange) {
  explain::AskedRequest asked{.head = exchange.request.head, .body = std::move(exchange.body)};
  http::Headers& headers = asked.head.headers;
  const auto shown = governance::operator_credential(headers);
  using Kind = governance::OperatorCredential::Kind;
  if (shown.kind != Kind::kNone && !shown.by_cookie) headers.remove("authorization");
  headers.remove(kHeader);
  return asked;
}

}  // namespace

Result<bool> asks_to_explain(const Exchange& exchange) {
  bool asks = false;
  for (const http::Header header : exchange.request.head.headers) {
    if (!iequals(header.name, kHeader)) continue;
    if (!iequals(header.value, "true") && !iequals(header.value, "false")) {
      return wrong("must be true or false, not " + quoted(header.value, 64));
    }
    asks = asks || iequals(header.value, "true");
  }
  const Access access = exchange.surface().operation->access;
  if (!asks || access == Access::kAnybody) return false;
  if (access == Access::kCallers) return true;
  return wrong(
      "is for requests of callers; a change of the configuration is tried with "
      "?dry_run=true");
}

net::Task<Result<void>> explain_instead(WorkerKit& kit, Exchange& exchange, bool on_loopback) {
  if (auto found = co_await find_operator(kit, exchange, on_loopback); !found) {
    const ErrorCode code = found.error().code;
    const bool refused =
        code == ErrorCode::kUnauthenticated || code == ErrorCode::kPermissionDenied;
    co_return refused ? not_an_operator(found.error()) : std::move(found).error();
  }
  BF_CO_TRY_VOID(co_await exchange::read_body(kit, exchange));
  const explain::World world = world_of(kit, exchange);
  explain::AskedRequest asked = asked_by(exchange);
  const auto work = [&]() -> Result<std::string> { return explanation(world, std::move(asked)); };
  BF_CO_TRY(const std::string told,
            co_await net::run_to_end(exchange.request.scope, kit.services.management, work));
  http::Headers headers = exchange::base_headers(exchange);
  headers.add("content-type", "application/json");
  headers.add("cache-control", "no-store");
  co_return co_await exchange.request.out.send(exchange.request.scope, 200, headers, told);
}

}  // namespace bifrost::admin
