#include "store/sql_hours.h"

#include "base/try.h"
#include "store/sql_text.h"
#include "store/usage_report.h"

#include <fmt/format.h>

#include <iterator>
#include <map>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

namespace bifrost::store {
namespace {

void add(UsageSum& sum, const UsageRow& row) {
  const auto count = [&row](std::uint32_t flag) { return (row.flags & flag) != 0 ? 1 : 0; };
  ++sum.requests;
  sum.failed += count(UsageRow::kFailed);
  sum.estimated += count(UsageRow::kEstimated);
  sum.unpriced += count(UsageRow::kUnpriced);
  sum.input_tokens += row.usage.input;
  sum.cache_read_tokens += row.usage.cache_read;
  sum.cache_write_tokens += row.usage.cache_write;
  sum.cache_write_1h_tokens += row.usage.cache_write_1h;
  sum.input_audio_tokens += row.usage.input_audio;
  sum.input_image_tokens += row.usage.input_image;
  sum.output_tokens += row.usage.output;
  sum.reasoning_tokens += row.usage.reasoning;
  sum.output_audio_tokens += row.usage.output_audio;
  sum.output_image_tokens += row.usage.output_image;
  sum.web_searches += row.usage.web_searches;
  sum.nano_dollars += row.nano_dollars;
}

// The statement that adds the sums of an hour to those that are there.
std::string add_to_hour() {
  constexpr std::string_view kName =
      "hour, virtual_key, team, customer, provider, provider_key, model";
  constexpr int kNames = 7;
  std::string columns(kName);
  std::string values = "$1, $2, $3, $4, $5, $6, $7";
  std::string sums;
  int number = kNames;
  for (const auto& [name, value] : kUsageMeasures) {
    columns += fmt::format(", {}", name);
    values += fmt::format(", ${}", ++number);
    sums += fmt::format("{0}{1} = usage_hourly.{1} + excluded.{1}", sums.empty() ? "" : ", ", name);
  }
  return fmt::format("INSERT INTO usage_hourly ({}) VALUES ({}) ON CONFLICT ({}) DO UPDATE SET {}",
                     columns, values, kName, sums);
}

}  // namespace

Result<void> add_hours(sql::Connection& connection, std::span<const UsageRow> rows) {
  static const std::string kAdd = add_to_hour();
  using Name = std::tuple<std::int64_t, const std::string&, const std::string&, const std::string&,
                          const std::string&, const std::string&, const std::string&>;
  std::map<Name, UsageSum> sums;
  for (const UsageRow& row : rows) {
    add(sums[Name(row.time / kHour, row.virtual_key, row.team, row.customer, row.provider,
                  row.provider_key, row.model)],
        row);
  }
  for (const auto& [name, sum] : sums) {
    const auto& [hour, virtual_key, team, customer, provider, provider_key, model] = name;
    const Text names[] = {Text(virtual_key), Text(team),         Text(customer),
                          Text(provider),    Text(provider_key), Text(model)};
    std::vector<sql::Parameter> parameters = {hour};
    parameters.reserve(1 + std::size(names) + std::size(kUsageMeasures));
    parameters.insert(parameters.end(), std::begin(names), std::end(names));
    for (const UsageMeasure& measure : kUsageMeasures) parameters.emplace_back(sum.*measure.value);
    BF_TRY_VOID(connection.execute(kAdd, parameters));
  }
  return {};
}

}  // namespace bifrost::store
