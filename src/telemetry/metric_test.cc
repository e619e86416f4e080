#include "telemetry/metric.h"

#include "telemetry/process.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <string>
#include <string_view>

namespace bifrost::telemetry {
namespace {

using ::testing::HasSubstr;

bool is_lower_name(std::string_view name) {
  return !name.empty() && name[0] >= 'a' && name[0] <= 'z' &&
         std::ranges::all_of(name, [](char c) { return (c >= 'a' && c <= 'z') || c == '_'; });
}

TEST(MetricTable, NamesAreUniqueAndFollowTheConventions) {
  std::set<std::string_view> names;
  for (const MetricInfo& row : metric_table()) {
    EXPECT_TRUE(is_lower_name(row.name)) << row.name;
    EXPECT_TRUE(names.insert(row.name).second) << row.name;
    EXPECT_EQ(row.name.ends_with("_total"), row.type == Type::kCounter) << row.name;
    EXPECT_TRUE(row.help.ends_with('.')) << row.name;
    EXPECT_EQ(row.unit == Unit::kMicroseconds, row.name.contains("_microseconds")) << row.name;
    EXPECT_EQ(row.unit == Unit::kSeconds, row.name.contains("_seconds")) << row.name;
  }
}

TEST(MetricTable, LabelsOfAMetricDoNotRepeat) {
  for (const MetricInfo& row : metric_table()) {
    std::set<std::string_view> labels;
    if (row.prefix == Prefix::kTarget) {
      labels.insert(std::begin(kTargetLabels), std::end(kTargetLabels));
    }
    for (const std::string_view label : row.labels) {
      EXPECT_TRUE(is_lower_name(label)) << row.name << ' ' << label;
      EXPECT_TRUE(labels.insert(label).second) << row.name << ' ' << label;
    }
  }
}

TEST(LabelTable, HasARowForEachLabel) {
  std::set<std::string_view> labels(std::begin(kTargetLabels), std::end(kTargetLabels));
  for (const MetricInfo& row : metric_table()) labels.insert(row.labels.begin(), row.labels.end());
  labels.insert(kCustomLabels);
  std::set<std::string_view> rows;
  for (const LabelInfo& row : label_table()) {
    EXPECT_TRUE(rows.insert(row.name).second) << row.name;
    EXPECT_THAT(metrics_reference(), HasSubstr(row.bound)) << row.name;
  }
  EXPECT_EQ(rows, labels);
}

TEST(MetricsReference, HasALineForEachMetric) {
  const std::string page = metrics_reference();
  for (const MetricInfo& row : metric_table()) {
    EXPECT_THAT(page, HasSubstr(fmt::format("| `{}` |", row.name)));
  }
  EXPECT_THAT(page, HasSubstr("| `bifrost_request_retries` | 0, 1, 2, 3, 5, 10 |"));
  EXPECT_THAT(page, HasSubstr("| counter |  | *target*, *custom*, `status_code`, `error_type` |"));
}

TEST(SampleProcess, KnowsThisProcess) {
  const ProcessSample sample = sample_process();
  EXPECT_GE(sample.cpu_seconds.value(), 0);
  EXPECT_GT(sample.resident_bytes.value(), 100'000U);
  EXPECT_GE(sample.open_fds.value(), 3U);
  EXPECT_LT(sample.open_fds.value(), 10'000U);
  EXPECT_GT(sample.start_time_seconds.value(), 1.6e9);
}

}  // namespace
}  // namespace bifrost::telemetry
