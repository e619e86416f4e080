// /api/usage: who used what, and what it cost, as JSON or as a table.

#include "admin/csv.h"
#include "admin/resources.h"
#include "admin/show.h"
#include "admin/usage_query.h"
#include "base/strings.h"
#include "base/timestamp.h"
#include "base/try.h"
#include "governance/amount.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace bifrost::admin {
namespace {

using store::UsageGroup;
using store::UsageKey;
using store::UsageLine;
using store::UsageQuestion;

constexpr std::string_view kDollars = "cost_usd";

WallTime time_of(std::int64_t nanoseconds) {
  return WallTime(
      std::chrono::duration_cast<WallTime::duration>(std::chrono::nanoseconds(nanoseconds)));
}

// Read back, it is the same point in time.
std::string exact_text(std::int64_t nanoseconds) {
  const WallTime time = time_of(nanoseconds);
  const bool whole = std::chrono::floor<std::chrono::seconds>(time) == time;
  return whole ? rfc3339_text(time) : fmt::format("{:%FT%TZ}", time);
}

// What ids are called, where they are still configured.
class Names {
 public:
  Names(const exchange::ManagedSettings& settings, const std::vector<UsageKey>& keys) {
    const auto& governance = settings.governance;
    for (const UsageKey key : keys) {
      if (key == UsageKey::kVirtualKey) add(key, governance.virtual_keys);
      if (key == UsageKey::kTeam) add(key, governance.teams);
      if (key == UsageKey::kCustomer) add(key, governance.customers);
      if (key == UsageKey::kProviderKey) add_provider_keys(settings.providers);
    }
  }

  [[nodiscard]] bool has(UsageKey key) const { return names_.contains(key); }
  // Empty: nothing has this id any more.
  [[nodiscard]] std::string_view of(UsageKey key, std::string_view id) const {
    const auto& names = names_.at(key);
    const auto found = names.find(id);
    return found == names.end() ? std::string_view() : found->second;
  }

 private:
  void add(UsageKey key, const auto& entries) {
    auto& names = names_[key];
    names.reserve(entries.size());
    for (const auto& entry : entries) names.emplace(entry.id, entry.name);
  }

  // A key without an id is called by its name.
  void add_provider_keys(const provider::Providers& providers) {
    auto& names = names_[UsageKey::kProviderKey];
    for (const auto& [name, settings] : providers) {
      for (const auto& key : settings.keys)
        names.emplace(key.id.empty() ? key.name : key.id, key.name);
    }
  }

  // Views into the settings.
  std::unordered_map<UsageKey, std::unordered_map<std::string_view, std::string_view>> names_;
};

std::string value_of(UsageKey key, const UsageGroup& group) {
  if (!is_time(key)) return group.name;
  const std::string text = rfc3339_text(time_of(group.time));
  return key == UsageKey::kDay ? text.substr(0, text.find('T')) : text;
}

std::string naming(UsageKey key) { return std::string(name_of(key)) + "_name"; }

// An answer as it is written: its lines, and whether there are more.
struct Report {
  const UsageQuestion& question;
  const Names& names;
  const std::vector<UsageLine>& lines;
  bool truncated = false;
};

void write_line(json::Writer& writer, const Report& report, const UsageLine& line) {
  writer.begin_object();
  for (std::size_t i = 0; i < line.groups.size(); ++i) {
    const UsageKey key = report.question.group_by[i];
    const std::string value = value_of(key, line.groups[i]);
    text_or_null(writer, name_of(key), value);
    if (report.names.has(key)) {
      text_or_null(writer, naming(key), report.names.of(key, value));
    }
  }
  for (const store::UsageMeasure& measure : store::kUsageMeasures) {
    writer.member(measure.name, line.sum.*measure.value);
  }
  writer.member(kDollars, std::string_view(governance::dollars_text(line.sum.nano_dollars)));
  writer.end_object();
}

std::string as_json(const Report& report) {
  const UsageQuestion& question = report.question;
  std::string out;
  json::Writer writer(out);
  writer.begin_object();
  writer.member("from", std::string_view(exact_text(question.from)));
  writer.member("to", std::string_view(exact_text(question.to)));
  writer.key("group_by").begin_array();
  for (const UsageKey key : question.group_by) writer.string(name_of(key));
  writer.end_array();
  writer.key("usage").begin_array();
  for (const UsageLine& line : report.lines) write_line(writer, report, line);
  writer.end_array();
  writer.member("count", static_cast<std::int64_t>(report.lines.size()));
  writer.member("limit", question.limit).member("offset", question.offset);
  writer.member("truncated", report.truncated);
  writer.end_object();
  return out;
}

std::string as_csv(const Report& report) {
  std::string out;
  Csv csv(out);
  for (const UsageKey key : report.question.group_by) {
    csv.text(name_of(key));
    if (report.names.has(key)) csv.text(naming(key));
  }
  for (const store::UsageMeasure& measure : store::kUsageMeasures) csv.text(measure.name);
  csv.text(kDollars).end_row();
  for (const UsageLine& line : report.lines) {
    for (std::size_t i = 0; i < line.groups.size(); ++i) {
      const UsageKey key = report.question.group_by[i];
      const std::string value = value_of(key, line.groups[i]);
      csv.text(value);
      if (report.names.has(key)) csv.text(report.names.of(key, value));
    }
    for (const store::UsageMeasure& measure : store::kUsageMeasures) {
      csv.number(line.sum.*measure.value);
    }
    csv.number(governance::dollars_text(line.sum.nano_dollars)).end_row();
  }
  return out;
}

// RFC 8288: the same question, of the same time, from where this answer ends.
std::string link_to_next(const Call& call, const UsageQuestion& question) {
  constexpr std::array<std::string_view, 3> kReplaced = {"from", "to", "offset"};
  std::string out = "<" + std::string(call.path) + "?";
  for (const std::string_view part : split(call.query, '&')) {
    const std::string_view name = part.substr(0, part.find('='));
    if (part.empty() || std::ranges::find(kReplaced, name) != kReplaced.end()) continue;
    out.append(part).append("&");
  }
  return out + fmt::format("from={}&to={}&offset={}>; rel=\"next\"", exact_text(question.from),
                           exact_text(question.to), question.offset + question.limit);
}

}  // namespace

Result<Answer> show_usage(const Call& call) {
  if (call.usage == nullptr) {
    return client_error(ErrorCode::kUnsupportedOperation,
                        "usage is not kept here: there is no database (config_store)");
  }
  BF_TRY(const UsageQuery query, read_usage_query(call));
  const UsageQuestion& question = query.question;
  // One more than is wanted tells whether there are more.
  UsageQuestion asked = question;
  ++asked.limit;
  BF_TRY(std::vector<UsageLine> lines, call.usage->sum(asked));
  const bool truncated = std::cmp_greater(lines.size(), question.limit);
  if (truncated) lines.pop_back();
  const auto settings = call.desk.settings();
  const Names names(*settings, question.group_by);
  const Report report{.question = question, .names = names, .lines = lines, .truncated = truncated};
  Answer answer{.body = query.csv ? as_csv(report) : as_json(report)};
  if (query.csv) answer.type = kCsvType;
  if (truncated) answer.link = link_to_next(call, question);
  return answer;
}

}  // namespace bifrost::admin
