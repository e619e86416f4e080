#include "admin/audit_trail.h"

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

constexpr std::string_view kNobody = "nobody";

std::string_view kind_text(const Operator* who) {
  if (who == nullptr) return kNobody;
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
  return kNobody;
}

// Of a stranger, what is no guess is not worth a row.
bool is_worth(const store::AuditTrail& trail, const Error& error) {
  return trail.record.actor_kind != kNobody || error.code == ErrorCode::kUnauthenticated ||
         error.code == ErrorCode::kPermissionDenied;
}

void set_failure(store::AuditRecord& record, const Error& error) {
  record.outcome = "failure";
  record.status = error.status();
  record.error = error.name();
  record.targets.clear();  // what was not changed after all
}

void say_unrecorded(const store::AuditTrail& trail, const Error& why) {
  BF_LOG(kError, "management", "the audit log has no record of it",
         {"request_id", trail.record.request_id}, {"what", why.message});
}

void append(store::AccessStore& store, store::AuditTrail& trail, WallTime now) {
  const auto took = now - trail.record.at;
  trail.record.duration_ms = std::chrono::duration_cast<std::chrono::milliseconds>(took).count();
  if (const auto done = store.append(trail); !done) {
    say_unrecorded(trail, done.error());
  }
}

}  // namespace

std::string_view action_of(const Route& route) {
  if (!route.action.empty()) return route.action;
  if (route.method == "POST") return "create";
  return route.method == "DELETE" ? "delete" : "update";
}

std::optional<store::AuditTrail> begin_trail(const WorkerKit& kit, const Exchange& exchange,
                                             std::string_view action) {
  constexpr std::size_t kPathBytesMax = 1024;
  constexpr std::size_t kAgentBytesMax = 256;
  const store::AuditSettings& settings = exchange.snapshot->audit;
  const http::RequestHead& head = exchange.request.head;
  if (settings.disabled || kit.services.access == nullptr) return std::nullopt;
  const Operator* who = exchange.admitted_operator.get();
  return store::AuditTrail{
      .record = {.at = kit.clock.wall(),
                 .request_id = exchange.request_id,
                 .actor = who == nullptr ? std::string() : who->name,
                 .actor_kind = std::string(kind_text(who)),
                 .action = std::string(action),
                 .outcome = "success",
                 .status = 200,
                 .method = std::string(head.method),
                 .path = std::string(utf8_prefix(http::path_of(head.target), kPathBytesMax)),
                 .address = settings.omit_ip_addresses ? std::string()
                                                       : std::string(exchange.request.network),
                 .user_agent =
                     std::string(utf8_prefix(head.headers.get("user-agent"), kAgentBytesMax))},
      .hmac_key = settings.hmac_key.reveal(),
      .with_change = kit.services.access->beside_configuration()};
}

void record(store::AccessStore& store, const store::AuditSettings& settings,
            store::AuditTrail& trail, const Result<Answer>& answer, WallTime now) {
  if (!answer) {
    if (!is_worth(trail, answer.error())) return;
    // Records are in the store that has just not answered: to ask it again is to wait again.
    if (answer.error().code == ErrorCode::kStoreUnavailable) {
      say_unrecorded(trail, answer.error());
      return;
    }
    set_failure(trail.record, answer.error());
    append(store, trail, now);
  } else if (!trail.stored && answer->audited) {
    trail.record.status = answer->status;
    append(store, trail, now);
  }
  if (settings.retention_days == 0) return;
  const auto done = store.drop_audit_before(now - std::chrono::days(settings.retention_days));
  if (done) return;
  BF_LOG(kWarn, "management", "old records of the audit log stay", {"what", done.error().message});
}

net::Task<void> record_refusal(WorkerKit& kit, Exchange& exchange, store::AuditTrail& trail,
                               const Error& error) {
  set_failure(trail.record, error);
  const auto work = [&] { append(*kit.services.access, trail, kit.clock.wall()); };
  const auto done = co_await net::run_to_end(exchange.request.scope, kit.services.management, work);
  if (done) co_return;
  BF_LOG(kWarn, "management", "the audit log has no record of it",
         {"request_id", exchange.request_id}, {"what", done.error().message});
}

}  // namespace bifrost::admin
