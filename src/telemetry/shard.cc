#include "telemetry/shard.h"

#include "base/assert.h"
#include "base/log.h"

#include <algorithm>
#include <functional>
#include <iterator>
#include <utility>

namespace bifrost::telemetry {
namespace {

std::size_t combine(std::size_t seed, std::string_view value) {
  constexpr std::size_t kGolden = 0x9e3779b97f4a7c15;
  return seed ^ (std::hash<std::string_view>()(value) + kGolden + (seed << 6) + (seed >> 2));
}

Series::Cell make_cell(const MetricInfo& info) {
  switch (info.type) {
    case Type::kCounter:
      return Series::Cell(std::in_place_type<Counter>);
    case Type::kGauge:
      return Series::Cell(std::in_place_type<Gauge>);
    case Type::kHistogram:
      break;
  }
  return Series::Cell(std::in_place_type<Histogram>, info.buckets);
}

std::vector<std::string> cleaned(const LabelValues& values) {
  std::vector<std::string> clean;
  clean.reserve(values.size());
  for (std::size_t at = 0; at < values.size(); ++at) {
    clean.push_back(clean_label_value(values[at]));
  }
  return clean;
}

}  // namespace

std::size_t label_count(const MetricInfo& info, std::size_t custom_labels) {
  std::size_t count = info.labels.size();
  if (info.prefix != Prefix::kNone) count += custom_labels;
  if (info.prefix == Prefix::kTarget) count += std::size(kTargetLabels);
  return count;
}

Series::Series(const MetricInfo& info, std::vector<std::string> label_values)
    : values(std::move(label_values)), cell(make_cell(info)) {}

std::size_t Shard::Hash::operator()(const LabelValues& values) const {
  std::size_t seed = 0;
  for (std::size_t at = 0; at < values.size(); ++at) seed = combine(seed, values[at]);
  return seed;
}

std::size_t Shard::Hash::operator()(const Series* series) const {
  std::size_t seed = 0;
  for (const std::string& value : series->values) seed = combine(seed, value);
  return seed;
}

bool Shard::Equal::operator()(const LabelValues& a, const Series* b) const {
  if (a.size() != b->values.size()) return false;
  for (std::size_t at = 0; at < a.size(); ++at) {
    if (a[at] != b->values[at]) return false;
  }
  return true;
}

// Metrics without labels are there from the start, so that the first scrape shows their zero.
Shard::Shard(std::size_t custom_labels) : custom_labels_(custom_labels) {
  for (const Metric metric : {Metric::kKeepAlives, Metric::kStreamsOpen}) {
    publish(metric, {});
  }
}

template <class Cell>
Cell& Shard::cell(Metric metric, LabelValues values) {
  Cell* const found = std::get_if<Cell>(&resolve(metric, values).cell);
  BF_ASSERT(found != nullptr);  // a counter was asked for as a gauge, or the like
  return *found;
}

template Counter& Shard::cell<Counter>(Metric metric, LabelValues values);
template Gauge& Shard::cell<Gauge>(Metric metric, LabelValues values);
template Histogram& Shard::cell<Histogram>(Metric metric, LabelValues values);

Series& Shard::resolve(Metric metric, LabelValues values) {
  BF_ASSERT(values.size() == label_count(metric_info(metric), custom_labels_));
  Slot& slot = slots_[static_cast<std::size_t>(metric)];
  if (const auto found = slot.index.find(values); found != slot.index.end()) return **found;

  // What is stored is clean. An unclean value never matches it, so it is looked for once more.
  std::vector<std::string> clean = cleaned(values);
  const std::vector<std::string_view> view(clean.begin(), clean.end());
  if (const auto found = slot.index.find(LabelValues{.prefix = view}); found != slot.index.end()) {
    return **found;
  }
  return slot.series.size() < kLabelSetsMax ? publish(metric, std::move(clean)) : overflow(metric);
}

Series& Shard::overflow(Metric metric) {
  const MetricInfo& info = metric_info(metric);
  Slot& slot = slots_[static_cast<std::size_t>(metric)];
  if (slot.overflow == nullptr) {
    BF_LOG(kWarn, "telemetry", "a metric has too many label sets", {"metric", info.name},
           {"limit", kLabelSetsMax});
    slot.overflow = &publish(metric, std::vector<std::string>(label_count(info, custom_labels_),
                                                              std::string(kOverflow)));
  }
  counter(Metric::kLabelSetsDropped, {info.name}).add();
  return *slot.overflow;
}

// The release makes the finished series visible to a scraper that sees the pointer.
Series& Shard::publish(Metric metric, std::vector<std::string> values) {
  Slot& slot = slots_[static_cast<std::size_t>(metric)];
  Series& series = slot.series.emplace_back(metric_info(metric), std::move(values));
  series.next = slot.newest.load(std::memory_order_relaxed);
  slot.index.insert(&series);
  slot.newest.store(&series, std::memory_order_release);
  return series;
}

const Series* Shard::published(Metric metric) const {
  return slots_[static_cast<std::size_t>(metric)].newest.load(std::memory_order_acquire);
}

}  // namespace bifrost::telemetry
