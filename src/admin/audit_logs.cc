// /api/governance/audit-logs: who did what through the management API.

#include "admin/resources.h"
#include "admin/show.h"
#include "base/strings.h"
#include "base/timestamp.h"
#include "http/url.h"
#include "store/audit_record.h"

#include <fmt/format.h>

#include <array>
#include <utility>

namespace bifrost::admin {
namespace {

using store::AuditQuestion;
using store::AuditRecord;

constexpr std::int64_t kExportedMax = 10'000;  // records of one answer
constexpr std::int64_t kOffsetMax = 1'000'000'000;

Result<store::AccessStore*> store_of(const Call& call) {
  if (call.access != nullptr) return call.access;
  return gateway_error(ErrorCode::kStoreUnavailable, "there is no database for the audit log");
}

Result<void> read_time(const Call& call, std::string_view name, WallTime& time) {
  const auto text = http::query_value(call.query, name);
  if (!text || text->empty()) return {};
  const auto read = parse_rfc3339(*text);
  if (!read) {
    return client_error(ErrorCode::kInvalidRequest,
                        std::string(name) + " is " + quoted(*text, 40) +
                            "; it must be a time such as 2026-01-31T12:00:00Z",
                        std::string(name));
  }
  time = *read;
  return {};
}

Result<AuditQuestion> read_question(const Call& call) {
  const auto text = [&](std::string_view name) {
    return http::query_value(call.query, name).value_or(std::string());
  };
  AuditQuestion question{.actor = text("actor"),
                         .action = text("action"),
                         .outcome = text("outcome"),
                         .search = text("search")};
  BF_TRY_VOID(read_time(call, "from", question.from));
  BF_TRY_VOID(read_time(call, "to", question.to));
  BF_TRY(question.offset, read_number(call.query, "offset", 0, 0, kOffsetMax));
  return question;
}

std::string exact_time(WallTime time) {
  const std::string seconds = rfc3339_text(time);
  return fmt::format("{}.{:03}Z", seconds.substr(0, seconds.size() - 1),
                     unix_milliseconds(time) % 1000);
}

void write(json::Writer& writer, const AuditRecord& record) {
  writer.begin_object();
  writer.member("id", record.id);
  writer.member("timestamp", std::string_view(exact_time(record.at)));
  writer.member("action", std::string_view(record.action));
  writer.member("outcome", std::string_view(record.outcome));
  writer.key("initiator").begin_object();
  writer.member("type", std::string_view(record.actor_kind));
  writer.member("name", std::string_view(record.actor)).end_object();
  writer.key("targets").begin_array();
  for (const store::AuditTarget& target : record.targets) {
    writer.begin_object().member("type", std::string_view(target.kind));
    writer.member("id", std::string_view(target.id));
    writer.member("change", std::string_view(target.change)).end_object();
  }
  writer.end_array();
  writer.member("method", std::string_view(record.method));
  writer.member("path", std::string_view(record.path));
  writer.member("status", record.status);
  text_or_null(writer, "error", record.error);
  text_or_null(writer, "ip_address", record.address);
  text_or_null(writer, "user_agent", record.user_agent);
  writer.member("request_id", std::string_view(record.request_id));
  writer.member("duration_ms", record.duration_ms);
  text_or_null(writer, "signature", record.mac);
  writer.end_object();
}

// A value between the quotes of structured data (RFC 5424, section 6.3.3).
std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '"' || c == '\\' || c == ']') out += '\\';
    out += static_cast<unsigned char>(c) < 0x20 ? ' ' : c;
  }
  return out;
}

// RFC 5424: facility 13 (log audit), severity notice or warning. 32473 is the number that RFC 5612
// keeps for examples; the gateway has none of its own.
std::string as_syslog(const AuditRecord& record) {
  const int priority = (13 * 8) + (record.outcome == "success" ? 5 : 4);
  std::string out =
      fmt::format("<{}>1 {} - bifrost - audit [audit@32473", priority, exact_time(record.at));
  const auto add = [&](std::string_view name, std::string_view value) {
    out += fmt::format(" {}=\"{}\"", name, escaped(value));
  };
  add("id", std::to_string(record.id));
  add("action", record.action);
  add("outcome", record.outcome);
  add("initiator", record.actor);
  add("initiatorType", record.actor_kind);
  add("method", record.method);
  add("path", record.path);
  add("status", std::to_string(record.status));
  add("ip", record.address);
  add("requestId", record.request_id);
  for (const store::AuditTarget& target : record.targets) {
    add("target", target.change + " " + target.kind + "/" + target.id);
  }
  return out + "]\n";
}

std::string as_json(const std::vector<AuditRecord>& records) {
  std::string out;
  json::Writer writer(out);
  writer.begin_array();
  for (const AuditRecord& record : records) write(writer, record);
  writer.end_array();
  return out;
}

std::string as_lines(const std::vector<AuditRecord>& records) {
  std::string out;
  for (const AuditRecord& record : records) {
    json::Writer writer(out);
    write(writer, record);
    out += '\n';
  }
  return out;
}

Result<AuditRecord> find_record(const Call& call) {
  BF_TRY(store::AccessStore * store, store_of(call));
  const auto id = parse_int(call.id);
  if (!id) return no_such("audit record", call.id);
  BF_TRY(auto record, store->audit_record(*id));
  if (!record) return no_such("audit record", call.id);
  return *std::move(record);
}

}  // namespace

Result<Answer> list_audit_logs(const Call& call) {
  BF_TRY(store::AccessStore * store, store_of(call));
  BF_TRY(AuditQuestion question, read_question(call));
  BF_TRY(question.limit, read_limit(call.query, 100));
  BF_TRY(const auto records, store->audit(question));
  BF_TRY(const std::int64_t total, store->count_audit(question));
  Answer answer;
  json::Writer writer(answer.body);
  writer.begin_object().key("audit_logs").begin_array();
  for (const AuditRecord& record : records) write(writer, record);
  writer.end_array();
  writer.member("count", std::ssize(records)).member("total_count", total);
  writer.member("limit", question.limit).member("offset", question.offset).end_object();
  return answer;
}

Result<Answer> show_audit_filters(const Call& call) {
  BF_TRY(store::AccessStore * store, store_of(call));
  Answer answer;
  json::Writer writer(answer.body);
  writer.begin_object();
  constexpr std::array<std::pair<std::string_view, std::string_view>, 3> kColumns = {
      {{"actors", "actor"}, {"actions", "action"}, {"outcomes", "outcome"}}};
  for (const auto& [name, column] : kColumns) {
    BF_TRY(const auto values, store->audit_values(column));
    write_texts(writer, name, values);
  }
  writer.end_object();
  return answer;
}

Result<Answer> export_audit_logs(const Call& call) {
  BF_TRY(store::AccessStore * store, store_of(call));
  BF_TRY(AuditQuestion question, read_question(call));
  question.newest_first = false;
  BF_TRY(question.limit, read_number(call.query, "limit", kExportedMax, 1, kExportedMax));
  const std::string format = http::query_value(call.query, "format").value_or("json");
  if (format != "json" && format != "jsonl" && format != "syslog") {
    return client_error(
        ErrorCode::kInvalidRequest,
        "format is " + quoted(format, 40) + R"(; it must be "json", "jsonl" or "syslog")",
        "format");
  }
  BF_TRY(const auto records, store->audit(question));
  if (format == "json") return Answer{.body = as_json(records)};
  if (format == "jsonl") {
    return Answer{.body = as_lines(records), .type = "application/x-ndjson"};
  }
  Answer answer{.type = "text/plain; charset=utf-8"};
  for (const AuditRecord& record : records) answer.body += as_syslog(record);
  return answer;
}

Result<Answer> show_audit_log(const Call& call) {
  BF_TRY(const AuditRecord record, find_record(call));
  Answer answer;
  json::Writer writer(answer.body);
  write(writer, record);
  return answer;
}

Result<Answer> verify_audit_log(const Call& call) {
  BF_TRY(const AuditRecord record, find_record(call));
  const bool is_signed = !record.mac.empty() && !call.audit_key.empty();
  Answer answer;
  json::Writer writer(answer.body);
  writer.begin_object().member("id", record.id).member("signed", !record.mac.empty());
  writer.member("valid", is_signed && record.mac == store::audit_mac(record, call.audit_key));
  if (!is_signed) {
    writer.member("message", record.mac.empty()
                                 ? "the record has no signature"
                                 : "audit_logs.hmac_key is not set, so nothing can be verified");
  }
  writer.end_object();
  return answer;
}

}  // namespace bifrost::admin
