// The table of metrics as a page for people.
#include "telemetry/label.h"
#include "telemetry/metric.h"

#include <fmt/format.h>

#include <iterator>

namespace bifrost::telemetry {
namespace {

std::string_view type_text(Type type) {
  switch (type) {
    case Type::kCounter:
      return "counter";
    case Type::kGauge:
      return "gauge";
    case Type::kHistogram:
      return "histogram";
  }
  return "";
}

std::string_view unit_text(Unit unit) {
  switch (unit) {
    case Unit::kNone:
      return "";
    case Unit::kSeconds:
      return "seconds";
    case Unit::kMicroseconds:
      return "microseconds";
    case Unit::kBytes:
      return "bytes";
  }
  return "";
}

std::string labels_text(const MetricInfo& row) {
  std::string text;
  const auto add = [&text](std::string_view label) {
    if (!text.empty()) text += ", ";
    text += label;
  };
  if (row.prefix == Prefix::kTarget) add("*target*");
  if (row.prefix != Prefix::kNone) add("*custom*");
  for (const std::string_view label : row.labels) add(fmt::format("`{}`", label));
  return text;
}

std::string names_of_target_labels() {
  std::string text;
  for (const std::string_view label : kTargetLabels) {
    fmt::format_to(std::back_inserter(text), "{}`{}`", text.empty() ? "" : ", ", label);
  }
  return text;
}

}  // namespace

std::string metrics_reference() {
  std::string page = fmt::format(
      "# Metrics\n\n"
      "`GET /metrics` answers in the Prometheus text format, version 0.0.4.\n\n"
      "In the column of labels, *target* stands for {}, and *custom* for the labels named in "
      "`client.prometheus_labels`, whose values come from the request headers `x-bf-dim-<name>`. "
      "A label without a value is left out, and histograms leave out those from "
      "`virtual_key_id` on. "
      "An answer has at most `client.max_metrics_size_mb` megabytes. HTTP routes, targets and the "
      "rest have a part of it each. In a part, what callers make up leaves room for what the "
      "configuration lists, and names that were only tried have a small share for themselves. "
      "A label set that finds no room is counted with `{}` in place of models, callers and "
      "*custom* labels, "
      "or else "
      "under the label value `{}`; `bifrost_metric_label_sets_dropped_total` says how often.\n\n"
      "| metric | type | unit | labels | meaning |\n"
      "| --- | --- | --- | --- | --- |\n",
      names_of_target_labels(), kOther, kOverflow);
  for (const MetricInfo& row : metric_table()) {
    fmt::format_to(std::back_inserter(page), "| `{}` | {} | {} | {} | {} |\n", row.name,
                   type_text(row.type), unit_text(row.unit), labels_text(row), row.help);
  }
  fmt::format_to(
      std::back_inserter(page),
      "\n## Labels\n\nA value has at most {} bytes. What is no UTF-8, and control "
      "characters, are replaced.\n\n"
      "| label | who decides about its values | which there are |\n| --- | --- | --- |\n",
      kLabelValueBytesMax);
  for (const LabelInfo& row : label_table()) {
    fmt::format_to(
        std::back_inserter(page), "| {} | {} | {} |\n",
        row.name == kCustomLabels ? std::string(row.name) : fmt::format("`{}`", row.name),
        row.source, row.bound);
  }
  page += "\n## Buckets\n\n| histogram | upper bounds |\n| --- | --- |\n";
  for (const MetricInfo& row : metric_table()) {
    if (row.type != Type::kHistogram) continue;
    fmt::format_to(std::back_inserter(page), "| `{}` | {} |\n", row.name,
                   fmt::join(row.buckets, ", "));
  }
  return page;
}

}  // namespace bifrost::telemetry
