#include "admin/audit_trail.h"

#include "admin/read.h"
#include "base/log.h"
#include "base/strings.h"
#include "base/try.h"
#include "http/url.h"
#include "net/blocking_pool.h"

#include <chrono>
#include <string>
#include <string_view>

namespace bifrost::admin {
namespace {

using exchange::Exchange;
using exchange::WorkerKit;
using governance::Operator;

std::string_view action_of(const Route& route) {
  if (!route.action.empty()) return route.action;
  if (route.method == "POST") return "create";
  return route.method == "DELETE" ? "delete" : "update";
}

std::string_view kind_text(const Operator* who) {
  if (who == nullptr) return "nobody";
  switch (who->kind) {
    case Operator::Kind::kThisMachine:
      return "this_machine";
    case Operator::Kind::kAdministrator:
      return "administrator";
    case Operator::Kind::kApiKey:
      return "api_key";
    case Operator::Kind::kNewcomer:
      break;
  }
  return "nobody";
}

bool is_known(const Operator* who) {
  return who != nullptr && who->kind != Operator::Kind::kNewcomer;
}

// Of a stranger, what is no guess is not worth a row.
bool is_worth(const Exchange& exchange, const Error& error) {
  return is_known(exchange.admitted_operator.get()) || error.code == ErrorCode::kUnauthenticated ||
         error.code == ErrorCode::kPermissionDenied;
}

net::Task<void> record(WorkerKit& kit, Exchange& exchange, store::AuditTrail& trail) {
  const auto took = kit.clock.wall() - trail.record.at;
  trail.record.duration_ms = std::chrono::duration_cast<std::chrono::milliseconds>(took).count();
  const std::int64_t days = exchange.snapshot->audit.retention_days;
  const auto work = [&]() -> Result<void> {
    store::AccessStore& store = *kit.services.access;
    BF_TRY_VOID(store.append(trail.record, trail.hmac_key));
    if (days == 0) return {};
    return store.drop_audit_before(trail.record.at - std::chrono::days(days));
  };
  const auto done = co_await net::run_to_end(exchange.request.scope, kit.services.management, work);
  if (done) co_return;
  BF_LOG(kError, "management", "the audit log has no record of it",
         {"request_id", exchange.request_id}, {"what", done.error().message});
}

}  // namespace

std::optional<store::AuditTrail> begin_trail(const WorkerKit& kit, const Exchange& exchange) {
  constexpr std::size_t kPathBytesMax = 1024;
  constexpr std::size_t kAgentBytesMax = 256;
  const auto& route = static_cast<const Route&>(*exchange.surface().operation);
  const store::AuditSettings& settings = exchange.snapshot->audit;
  const http::RequestHead& head = exchange.request.head;
  if (settings.disabled || kit.services.access == nullptr) return std::nullopt;
  const auto tried = is_dry_run(http::query_of(head.target));
  if (tried && *tried) return std::nullopt;
  const Operator* who = exchange.admitted_operator.get();
  return store::AuditTrail{
      .record = {.at = kit.clock.wall(),
                 .request_id = exchange.request_id,
                 .actor = who == nullptr ? std::string() : who->name,
                 .actor_kind = std::string(kind_text(who)),
                 .action = std::string(action_of(route)),
                 .outcome = "success",
                 .status = 200,
                 .method = std::string(head.method),
                 .path = std::string(utf8_prefix(http::path_of(head.target), kPathBytesMax)),
                 .address = settings.omit_ip_addresses ? std::string()
                                                       : std::string(exchange.request.network),
                 .user_agent =
                     std::string(utf8_prefix(head.headers.get("user-agent"), kAgentBytesMax))},
      .hmac_key = settings.hmac_key.reveal()};
}

net::Task<void> record_success(WorkerKit& kit, Exchange& exchange, store::AuditTrail& trail,
                               int status) {
  if (trail.stored) co_return;
  trail.record.status = status;
  co_await record(kit, exchange, trail);
}

net::Task<void> record_failure(WorkerKit& kit, Exchange& exchange, store::AuditTrail& trail,
                               const Error& error) {
  if (!is_worth(exchange, error)) co_return;
  trail.record.outcome = "failure";
  trail.record.status = error.status();
  trail.record.error = error.name();
  co_await record(kit, exchange, trail);
}

}  // namespace bifrost::admin
