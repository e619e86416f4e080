#include "store/audit_record.h"

#include "base/timestamp.h"
#include "base/try.h"
#include "config/check_scope.h"
#include "json/document.h"
#include "json/writer.h"
#include "store/audit_settings.h"
#include "store/digest.h"
#include "store/sql_text.h"

#include <chrono>
#include <utility>

namespace bifrost::store {
namespace {

std::string text_of(const std::vector<AuditTarget>& targets) {
  std::string out;
  json::Writer writer(out);
  writer.begin_array();
  for (const AuditTarget& target : targets) {
    writer.begin_object();
    writer.member("kind", std::string_view(target.kind));
    writer.member("id", std::string_view(target.id));
    writer.member("change", std::string_view(target.change));
    writer.end_object();
  }
  writer.end_array();
  return out;
}

std::vector<AuditTarget> targets_of(const std::string& text) {
  std::vector<AuditTarget> out;
  const auto document = json::Document::parse(text);
  if (!document) return out;
  for (const json::Value value : document->root().children()) {
    out.push_back({.kind = value["kind"].string_or(""),
                   .id = value["id"].string_or(""),
                   .change = value["change"].string_or("")});
  }
  return out;
}

// Each field behind its length, so that none can be taken for a part of another.
class Signed {
 public:
  Signed& add(std::string_view text) {
    text_.append(std::to_string(text.size())).append(":").append(text);
    return *this;
  }
  Signed& add(std::int64_t number) { return add(std::to_string(number)); }
  [[nodiscard]] const std::string& text() const { return text_; }

 private:
  std::string text_;
};

}  // namespace

void AuditSettings::check(config::CheckScope& scope) const {
  constexpr std::size_t kKeyBytesMin = 32;
  if (hmac_key.empty() || hmac_key.reveal().size() >= kKeyBytesMin) return;
  scope.problem("hmac_key", "must have 32 bytes or more");
}

std::string audit_mac(const AuditRecord& record, std::string_view hmac_key) {
  Signed all;
  all.add(record.id).add(unix_milliseconds(record.at)).add(record.request_id).add(record.actor);
  all.add(record.actor_kind).add(record.action).add(record.outcome).add(record.status);
  all.add(record.error).add(record.method).add(record.path).add(text_of(record.targets));
  all.add(record.address).add(record.user_agent).add(record.duration_ms);
  return hmac_sha256(hmac_key, all.text());
}

Result<void> append_audit(sql::Connection& connection, AuditRecord& record,
                          std::string_view hmac_key) {
  // Two writers of PostgreSQL meet here, and the second one waits.
  BF_TRY(const sql::Rows rows,
         connection.execute("UPDATE audit_last SET id = id + 1 RETURNING id"));
  if (rows.size() != 1) {
    return gateway_error(ErrorCode::kInternal, "the database's audit_last has " +
                                                   std::to_string(rows.size()) + " rows, not one");
  }
  record.id = rows.front().integer(0);
  // What callers sent. It is signed as it is stored.
  for (std::string* text :
       {&record.request_id, &record.actor, &record.method, &record.path, &record.user_agent}) {
    *text = cleaned(std::move(*text));
  }
  record.mac = hmac_key.empty() ? std::string() : audit_mac(record, hmac_key);
  const std::string targets = text_of(record.targets);
  BF_TRY_VOID(connection.execute(
      "INSERT INTO audit_log (id, at, request_id, actor, actor_kind, action, outcome, status, "
      "error, method, path, targets, address, user_agent, duration_ms, mac) VALUES "
      "($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)",
      {record.id, unix_milliseconds(record.at), std::string_view(record.request_id),
       std::string_view(record.actor), std::string_view(record.actor_kind),
       std::string_view(record.action), std::string_view(record.outcome), record.status,
       std::string_view(record.error), std::string_view(record.method),
       std::string_view(record.path), std::string_view(targets), std::string_view(record.address),
       std::string_view(record.user_agent), record.duration_ms, std::string_view(record.mac)}));
  return {};
}

Result<void> append_trail(sql::Connection& connection, AuditTrail& trail) {
  if (!trail.each_apart || trail.record.targets.size() < 2) {
    return append_audit(connection, trail.record, trail.hmac_key);
  }
  for (const AuditTarget& target : trail.record.targets) {
    AuditRecord record = trail.record;
    record.targets = {target};
    BF_TRY_VOID(append_audit(connection, record, trail.hmac_key));
  }
  return {};
}

AuditRecord audit_of(const sql::Row& row) {
  return {.id = row.integer(0),
          .at = WallTime(std::chrono::milliseconds(row.integer(1))),
          .request_id = row.text(2),
          .actor = row.text(3),
          .actor_kind = row.text(4),
          .action = row.text(5),
          .outcome = row.text(6),
          .status = row.integer(7),
          .error = row.text(8),
          .method = row.text(9),
          .path = row.text(10),
          .targets = targets_of(row.text(11)),
          .address = row.text(12),
          .user_agent = row.text(13),
          .duration_ms = row.integer(14),
          .mac = row.text(15)};
}

}  // namespace bifrost::store
