// The list of models.
#include "base/strings.h"
#include "base/try.h"
#include "dialect/anthropic/functions.h"
#include "dialect/model_query.h"
#include "json/writer.h"

#include <algorithm>
#include <chrono>
#include <utility>

namespace bifrost::dialect::anthropic {
namespace {

using std::chrono::sys_days;
using std::chrono::sys_seconds;

std::string digits(std::int64_t value, std::size_t width) {
  std::string text = std::to_string(value);
  return text.size() < width ? std::string(width - text.size(), '0') + text : text;
}

// RFC 3339. A time that four digits of year cannot hold is written as the epoch.
std::string time_text(std::int64_t seconds) {
  constexpr std::int64_t kLast = 253402300799;  // 9999-12-31T23:59:59Z
  if (seconds < 0 || seconds > kLast) seconds = 0;
  const sys_seconds time{std::chrono::seconds(seconds)};
  const auto day = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss clock(time - day);
  return digits(int{date.year()}, 4) + "-" + digits(unsigned{date.month()}, 2) + "-" +
         digits(unsigned{date.day()}, 2) + "T" + digits(clock.hours().count(), 2) + ":" +
         digits(clock.minutes().count(), 2) + ":" + digits(clock.seconds().count(), 2) + "Z";
}

// The seconds of "2025-02-19T00:00:00Z"; fractions and offsets are of no interest. 0: not a time.
std::int64_t time_of(std::string_view text) {
  if (text.size() < 19) return 0;
  const auto part = [&](std::size_t at, std::size_t length) {
    return parse_int(text.substr(at, length)).value_or(-1);
  };
  const std::chrono::year_month_day date{std::chrono::year(static_cast<int>(part(0, 4))),
                                         std::chrono::month(static_cast<unsigned>(part(5, 2))),
                                         std::chrono::day(static_cast<unsigned>(part(8, 2)))};
  if (!date.ok()) return 0;
  const std::int64_t day_seconds = part(11, 2) * 3600 + part(14, 2) * 60 + part(17, 2);
  const std::int64_t days = sys_days(date).time_since_epoch().count();
  return std::max<std::int64_t>(days * 86400 + day_seconds, 0);
}

}  // namespace

void write_model(json::Writer& writer, const ModelRow& row) {
  writer.begin_object().member("type", "model").member("id", row.id);
  writer.member("display_name", row.name.empty() ? row.id : row.name);
  writer.member("created_at", time_text(row.created));
  if (row.context_length > 0) writer.member("max_input_tokens", row.context_length);
  if (row.max_output_tokens > 0) writer.member("max_tokens", row.max_output_tokens);
  writer.end_object();
}

Result<ModelQuery> decode_model_query(std::string_view query) {
  static constexpr ModelQueryNames kNames{
      .limit = {"limit"}, .after = {"after_id"}, .before = "before_id", .limit_max = 1000};
  return read_model_query(query, kNames);
}

std::string encode_models(const ModelPage& page) {
  std::string body;
  json::Writer writer(body);
  const auto write_id = [&](std::string_view key, const ModelRow* row) {
    writer.key(key);
    if (row == nullptr) {
      writer.null();
    } else {
      writer.string(row->id);
    }
  };
  writer.begin_object().key("data").begin_array();
  for (const ModelRow& row : page.rows) write_model(writer, row);
  writer.end_array().member("has_more", !page.next.empty());
  write_id("first_id", page.rows.empty() ? nullptr : &page.rows.front());
  write_id("last_id", page.rows.empty() ? nullptr : &page.rows.back());
  writer.end_object();
  return body;
}

std::string models_path(std::string_view page_token) {
  std::string path = "/v1/models?limit=1000";
  if (!page_token.empty()) path += "&after_id=" + percent_encode(page_token);
  return path;
}

Result<ModelPage> decode_models(std::string_view body) {
  const auto document = json::Document::parse(body);
  if (!document || !document->root()["data"].is_array()) {
    return upstream_error(ErrorCode::kUpstreamProtocol, Retry::kSameTarget,
                          "the provider's answer is not a list of models");
  }
  const json::Value root = document->root();
  ModelPage page;
  for (const json::Value model : root["data"].children()) {
    auto id = model["id"].string();
    if (!id) continue;
    page.rows.push_back(
        {.id = std::move(*id),
         .name = model["display_name"].string_or({}),
         .created = model["created"].integer().value_or(time_of(model["created_at"].string_or({}))),
         .context_length = model["max_input_tokens"].integer().value_or(0),
         .max_output_tokens = model["max_tokens"].integer().value_or(0)});
  }
  if (root["has_more"].boolean().value_or(false)) page.next = root["last_id"].string_or({});
  return page;
}

}  // namespace bifrost::dialect::anthropic
