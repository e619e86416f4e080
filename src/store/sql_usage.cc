#include "store/sql_usage.h"

#include "base/assert.h"
#include "base/try.h"
#include "store/sql_hours.h"
#include "store/sql_text.h"

#include <fmt/format.h>

#include <cstddef>
#include <deque>
#include <string>
#include <string_view>
#include <utility>

namespace bifrost::store {
namespace {

constexpr std::int64_t kHoursOfDay = 24;

std::string_view column_of(UsageKey key) {
  switch (key) {
    case UsageKey::kVirtualKey:
      return "virtual_key";
    case UsageKey::kTeam:
      return "team";
    case UsageKey::kCustomer:
      return "customer";
    case UsageKey::kProvider:
      return "provider";
    case UsageKey::kProviderKey:
      return "provider_key";
    case UsageKey::kModel:
      return "model";
    case UsageKey::kDay:
      return "hour / 24";
    case UsageKey::kHour:
      return "hour";
  }
  std::unreachable();
}

// What a row of `usage` adds to a sum.
std::string of_row(const UsageMeasure& measure) {
  const auto flag = [](UsageRow::Flag wanted) {
    return fmt::format("CASE WHEN (flags & {}) <> 0 THEN 1 ELSE 0 END",
                       static_cast<std::uint32_t>(wanted));
  };
  if (measure.value == &UsageSum::requests) return "1";
  if (measure.value == &UsageSum::failed) return flag(UsageRow::kFailed);
  if (measure.value == &UsageSum::estimated) return flag(UsageRow::kEstimated);
  if (measure.value == &UsageSum::unpriced) return flag(UsageRow::kUnpriced);
  return std::string(measure.name);
}

// A question as one statement, with its parameters.
class Statement {
 public:
  explicit Statement(const UsageQuestion& question) : question_(question) {
    std::string groups;
    std::string numbers;
    for (std::size_t i = 0; i < question.group_by.size(); ++i) {
      groups += fmt::format("{}, ", column_of(question.group_by[i]));
      numbers += fmt::format("{}{}", i == 0 ? "" : ", ", i + 1);
    }
    text_ = fmt::format("SELECT {}{} FROM ({}) AS part", groups, sums(), parts());
    if (!numbers.empty()) text_ += fmt::format(" GROUP BY {0} ORDER BY {0}", numbers);
    text_ += fmt::format(" LIMIT {}", parameter(question.limit));
    text_ += fmt::format(" OFFSET {}", parameter(question.offset));
  }

  [[nodiscard]] const std::string& text() const { return text_; }
  [[nodiscard]] const std::vector<sql::Parameter>& parameters() const { return parameters_; }

 private:
  std::string parameter(sql::Parameter value) {
    parameters_.push_back(value);
    return fmt::format("${}", parameters_.size());
  }

  static std::string sums() {
    std::string out;
    for (const UsageMeasure& measure : kUsageMeasures) {
      // PostgreSQL adds up to a number without bounds.
      out += fmt::format("{}CAST(COALESCE(SUM({}), 0) AS BIGINT)", out.empty() ? "" : ", ",
                         measure.name);
    }
    return out;
  }

  // The whole hours of the question, and what is left of it on both sides.
  std::string parts() {
    const std::int64_t from = question_.from;
    const std::int64_t to = question_.to;
    const std::int64_t first = from / kHour + (from % kHour == 0 ? 0 : 1);
    const std::int64_t last = to / kHour;
    if (first >= last) return rows(from, to);
    std::string out = hours(first, last);
    if (from < first * kHour) out += " UNION ALL " + rows(from, first * kHour);
    if (last * kHour < to) out += " UNION ALL " + rows(last * kHour, to);
    return out;
  }

  std::string hours(std::int64_t first, std::int64_t last) {
    std::string out = fmt::format("SELECT hour, {}", kNames);
    for (const UsageMeasure& measure : kUsageMeasures) out += fmt::format(", {}", measure.name);
    out += fmt::format(" FROM usage_hourly WHERE hour >= {}", parameter(first));
    out += fmt::format(" AND hour < {}", parameter(last));
    return out + only();
  }

  std::string rows(std::int64_t from, std::int64_t to) {
    std::string out = fmt::format("SELECT ended_at / {} AS hour, {}", kHour, kNames);
    for (const UsageMeasure& measure : kUsageMeasures) {
      out += fmt::format(", {} AS {}", of_row(measure), measure.name);
    }
    out += fmt::format(" FROM usage WHERE ended_at >= {}", parameter(from));
    out += fmt::format(" AND ended_at < {}", parameter(to));
    return out + only();
  }

  std::string only() {
    std::string out;
    for (const auto& [key, value] : question_.only) {
      BF_ASSERT(!is_time(key));
      out += fmt::format(" AND {} = {}", column_of(key), parameter(texts_.emplace_back(value)));
    }
    return out;
  }

  static constexpr std::string_view kNames =
      "virtual_key, team, customer, provider, provider_key, model";

  const UsageQuestion& question_;
  std::string text_;
  std::vector<sql::Parameter> parameters_;
  std::deque<Text> texts_;  // of parameters; they do not move
};

UsageGroup group_of(UsageKey key, const sql::Row& row, std::size_t column) {
  if (!is_time(key)) return {.name = row.text(column)};
  const std::int64_t hours = key == UsageKey::kDay ? kHoursOfDay : 1;
  return {.name = {}, .time = row.integer(column) * hours * kHour};
}

UsageLine line_of(const UsageQuestion& question, const sql::Row& row) {
  UsageLine line;
  line.groups.reserve(question.group_by.size());
  std::size_t column = 0;
  for (const UsageKey key : question.group_by) line.groups.push_back(group_of(key, row, column++));
  for (const UsageMeasure& measure : kUsageMeasures) {
    line.sum.*measure.value = row.integer(column++);
  }
  return line;
}

}  // namespace

Result<std::vector<UsageLine>> SqlUsageReports::sum(const UsageQuestion& question) {
  const Statement statement(question);
  BF_TRY(const sql::Rows rows, connection_->execute(statement.text(), statement.parameters()));
  std::vector<UsageLine> out;
  out.reserve(rows.size());
  for (const sql::Row& row : rows) out.push_back(line_of(question, row));
  return out;
}

}  // namespace bifrost::store
