#include "store/access_store.h"

#include "base/timestamp.h"
#include "base/try.h"
#include "store/sql_text.h"

#include <fmt/format.h>

#include <chrono>

namespace bifrost::store {
namespace {

constexpr std::int64_t kDroppedMax = 10'000;  // records at a time, so that others can write, too
constexpr std::int64_t kValuesMax = 1'000;

WallTime time_of(std::int64_t milliseconds) {
  return WallTime(std::chrono::milliseconds(milliseconds));
}

// A text that stands in another one, whatever LIKE would make of it.
std::string pattern_of(std::string_view text) {
  std::string out = "%";
  for (const char c : text) {
    if (c == '%' || c == '_' || c == '\\') out += '\\';
    out += c;
  }
  return out + "%";
}

// The conditions of a question, with their parameters.
class Where {
 public:
  explicit Where(const AuditQuestion& question) : pattern_(pattern_of(question.search)) {
    text_ = fmt::format(" WHERE at >= {} AND at < {}", parameter(unix_milliseconds(question.from)),
                        parameter(unix_milliseconds(question.to)));
    equals("actor", question.actor);
    equals("action", question.action);
    equals("outcome", question.outcome);
    if (question.search.empty()) return;
    const std::string pattern = parameter(std::string_view(pattern_));
    text_ +=
        fmt::format(" AND (path LIKE {0} ESCAPE '\\' OR targets LIKE {0} ESCAPE '\\')", pattern);
  }

  std::string parameter(sql::Parameter value) {
    parameters_.push_back(value);
    return fmt::format("${}", parameters_.size());
  }
  [[nodiscard]] const std::string& text() const { return text_; }
  [[nodiscard]] const std::vector<sql::Parameter>& parameters() const { return parameters_; }

 private:
  void equals(std::string_view column, const std::string& value) {
    if (value.empty()) return;
    text_ += fmt::format(" AND {} = {}", column, parameter(std::string_view(value)));
  }

  const std::string pattern_;
  std::string text_;
  std::vector<sql::Parameter> parameters_;
};

}  // namespace

Result<void> AccessStore::add_session(const AdminSession& session) {
  const std::scoped_lock lock(mutex_);
  const std::int64_t created = unix_milliseconds(session.created_at);
  return sql::in_transaction(*connection_, [&]() -> Result<void> {
    BF_TRY_VOID(
        connection_->execute("DELETE FROM admin_session WHERE expires_at <= $1", {created}));
    BF_TRY_VOID(connection_->execute(
        "DELETE FROM admin_session WHERE digest NOT IN "
        "(SELECT digest FROM admin_session ORDER BY created_at DESC, digest LIMIT $1)",
        {kSessionsMax - 1}));
    BF_TRY_VOID(
        connection_->execute("INSERT INTO admin_session (digest, account, created_at, expires_at) "
                             "VALUES ($1, $2, $3, $4)",
                             {std::string_view(session.digest), std::string_view(session.account),
                              created, unix_milliseconds(session.expires_at)}));
    return {};
  });
}

Result<std::optional<AdminSession>> AccessStore::find_session(std::string_view digest) {
  const std::scoped_lock lock(mutex_);
  BF_TRY(const sql::Rows rows,
         connection_->execute("SELECT digest, account, created_at, expires_at FROM admin_session "
                              "WHERE digest = $1",
                              {digest}));
  if (rows.empty()) return std::nullopt;
  const sql::Row& row = rows.front();
  return AdminSession{.digest = row.text(0),
                      .account = row.text(1),
                      .created_at = time_of(row.integer(2)),
                      .expires_at = time_of(row.integer(3))};
}

Result<bool> AccessStore::drop_session(std::string_view digest) {
  const std::scoped_lock lock(mutex_);
  BF_TRY(const sql::Rows rows,
         connection_->execute("DELETE FROM admin_session WHERE digest = $1 RETURNING digest",
                              {digest}));
  return !rows.empty();
}

Result<void> AccessStore::append(AuditTrail& trail) {
  const std::scoped_lock lock(mutex_);
  return sql::in_transaction(*connection_, [&] { return append_trail(*connection_, trail); });
}

Result<void> AccessStore::drop_audit_before(WallTime keep_from) {
  const std::scoped_lock lock(mutex_);
  BF_TRY_VOID(connection_->execute(
      "DELETE FROM audit_log WHERE id IN (SELECT id FROM audit_log WHERE at < $1 "
      "ORDER BY id LIMIT $2)",
      {unix_milliseconds(keep_from), kDroppedMax}));
  return {};
}

Result<std::vector<AuditRecord>> AccessStore::audit(const AuditQuestion& question) {
  const std::scoped_lock lock(mutex_);
  Where where(question);
  const std::string limit = where.parameter(question.limit);
  const std::string offset = where.parameter(question.offset);
  BF_TRY(
      const sql::Rows rows,
      connection_->execute(
          fmt::format("SELECT {} FROM audit_log{} ORDER BY id {} LIMIT {} OFFSET {}", kAuditColumns,
                      where.text(), question.newest_first ? "DESC" : "ASC", limit, offset),
          where.parameters()));
  std::vector<AuditRecord> out;
  out.reserve(rows.size());
  for (const sql::Row& row : rows) out.push_back(audit_of(row));
  return out;
}

Result<std::int64_t> AccessStore::count_audit(const AuditQuestion& question) {
  const std::scoped_lock lock(mutex_);
  const Where where(question);
  BF_TRY(const sql::Rows rows,
         connection_->execute("SELECT COUNT(*) FROM audit_log" + where.text(), where.parameters()));
  return rows.empty() ? 0 : rows.front().integer(0);
}

Result<std::optional<AuditRecord>> AccessStore::audit_record(std::int64_t id) {
  const std::scoped_lock lock(mutex_);
  BF_TRY(const sql::Rows rows,
         connection_->execute(fmt::format("SELECT {} FROM audit_log WHERE id = $1", kAuditColumns),
                              {id}));
  if (rows.empty()) return std::nullopt;
  return audit_of(rows.front());
}

Result<std::vector<std::string>> AccessStore::audit_values(std::string_view column) {
  const std::scoped_lock lock(mutex_);
  BF_TRY(const sql::Rows rows,
         connection_->execute(
             fmt::format("SELECT DISTINCT {0} FROM audit_log ORDER BY {0} LIMIT $1", column),
             {kValuesMax}));
  std::vector<std::string> out;
  out.reserve(rows.size());
  for (const sql::Row& row : rows) out.push_back(row.text(0));
  return out;
}

}  // namespace bifrost::store
