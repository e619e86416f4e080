#include "telemetry/exposition.h"

#include <prometheus/metric_family.h>
#include <prometheus/text_serializer.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <sstream>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace bifrost::telemetry {
namespace {

// What the shards hold of one label set, as far as it was read.
struct Merged {
  std::optional<double> value;
  std::vector<std::uint64_t> counts;  // histogram only
  double sum = 0;
};

// Keys are of the shards, which outlive a scrape.
struct ByValues {
  bool operator()(const LabelSet* a, const LabelSet* b) const { return a->values < b->values; }
};
using MergedSeries = std::map<const LabelSet*, Merged, ByValues>;

void merge_value(Merged& into, double value) { into.value = into.value.value_or(0) + value; }

void merge_histogram(Merged& into, const Histogram& histogram) {
  into.counts.resize(histogram.bounds().size() + 1);
  for (std::size_t at = 0; at < into.counts.size(); ++at) into.counts[at] += histogram.count(at);
  into.sum += histogram.sum();
}

void merge_series(Merged& into, const Series& series) {
  if (const auto* histogram = std::get_if<Histogram>(&series.cell)) {
    merge_histogram(into, *histogram);
  } else if (const auto* counter = std::get_if<Counter>(&series.cell)) {
    merge_value(into, counter->value());
  } else if (const auto* gauge = std::get_if<Gauge>(&series.cell)) {
    merge_value(into, gauge->value());
  }
}

MergedSeries merge_shards(std::span<const Shard* const> shards, const MetricInfo& info) {
  MergedSeries all;
  for (const Shard* shard : shards) {
    const Series* series = shard->published(info.id);
    for (; series != nullptr; series = series->next) {
      merge_series(all[series->set], *series);
    }
  }
  return all;
}

prometheus::ClientMetric::Histogram cumulative(const Merged& merged,
                                               std::span<const double> bounds) {
  prometheus::ClientMetric::Histogram histogram;
  for (std::size_t at = 0; at < merged.counts.size(); ++at) {
    histogram.sample_count += merged.counts[at];
    histogram.bucket.push_back(
        {.cumulative_count = histogram.sample_count,
         .upper_bound = at < bounds.size() ? bounds[at] : std::numeric_limits<double>::infinity()});
  }
  histogram.sample_sum = merged.sum;
  return histogram;
}

prometheus::ClientMetric client_metric(const MetricInfo& info, const Merged& merged) {
  prometheus::ClientMetric metric;
  switch (info.type) {
    case Type::kCounter:
      metric.counter.value = merged.value.value_or(0);
      break;
    case Type::kGauge:
      metric.gauge.value = merged.value.value_or(0);
      break;
    case Type::kHistogram:
      metric.histogram = cumulative(merged, info.buckets);
      break;
  }
  return metric;
}

prometheus::MetricType family_type(Type type) {
  switch (type) {
    case Type::kCounter:
      return prometheus::MetricType::Counter;
    case Type::kGauge:
      return prometheus::MetricType::Gauge;
    case Type::kHistogram:
      break;
  }
  return prometheus::MetricType::Histogram;
}

prometheus::MetricFamily family_of(const MetricInfo& info) {
  return {.name = std::string(info.name),
          .help = std::string(info.help),
          .type = family_type(info.type),
          .metric = {}};
}

prometheus::MetricFamily family_of(const MetricInfo& info, const MergedSeries& all,
                                   const std::vector<std::string>& names) {
  prometheus::MetricFamily family = family_of(info);
  family.metric.reserve(all.size());
  for (const auto& [set, merged] : all) {
    prometheus::ClientMetric metric = client_metric(info, merged);
    metric.label.reserve(names.size());
    for (std::size_t at = 0; at < names.size(); ++at) {
      if (set->values[at].empty()) continue;
      metric.label.push_back({.name = names[at], .value = set->values[at]});
    }
    family.metric.push_back(std::move(metric));
  }
  return family;
}

void add_process_value(std::vector<prometheus::MetricFamily>& families, Metric id,
                       std::optional<double> value) {
  if (!value) return;
  const MetricInfo& info = metric_info(id);
  families.push_back(family_of(info));
  families.back().metric.push_back(client_metric(info, {.value = value}));
}

std::optional<double> as_double(std::optional<std::uint64_t> value) {
  return value ? std::optional(static_cast<double>(*value)) : std::nullopt;
}

}  // namespace

std::string expose(std::span<const Shard* const> shards, const LabelSets& sets,
                   const ProcessSample& process) {
  std::vector<prometheus::MetricFamily> families;
  for (const MetricInfo& info : metric_table()) {
    const MergedSeries all = merge_shards(shards, info);
    if (!all.empty()) families.push_back(family_of(info, all, sets.label_names(info)));
  }
  add_process_value(families, Metric::kLogLinesDropped,
                    static_cast<double>(process.log_lines_dropped));
  add_process_value(families, Metric::kProcessCpuSeconds, process.cpu_seconds);
  add_process_value(families, Metric::kProcessResidentMemory, as_double(process.resident_bytes));
  add_process_value(families, Metric::kProcessOpenFds, as_double(process.open_fds));
  add_process_value(families, Metric::kProcessStartTime, process.start_time_seconds);
  std::ostringstream text;
  prometheus::TextSerializer().Serialize(text, families);
  return std::move(text).str();
}

}  // namespace bifrost::telemetry
