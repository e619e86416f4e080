#include "telemetry/shard.h"

#include "base/assert.h"

#include <algorithm>
#include <functional>
#include <iterator>

namespace bifrost::telemetry {
namespace {

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
    clean.push_back(clean_label_value(values[at].text));
  }
  return clean;
}

// The least of what its values have.
Standing standing_of(const LabelValues& values) {
  Standing least = Standing::kOurs;
  for (std::size_t at = 0; at < values.size(); ++at) {
    least = std::max(least, values[at].standing);
  }
  return least;
}

}  // namespace

std::size_t label_count(const MetricInfo& info, std::size_t custom_labels) {
  std::size_t count = info.labels.size();
  if (info.prefix != Prefix::kNone) count += custom_labels;
  if (info.prefix == Prefix::kTarget) count += std::size(kTargetLabels);
  return count;
}

Series::Series(const MetricInfo& info, const LabelSet& labels)
    : set(&labels), cell(make_cell(info)) {}

std::size_t Shard::Hash::operator()(const LabelValues& values) const {
  std::size_t seed = 0;
  for (std::size_t at = 0; at < values.size(); ++at) {
    seed = combined_hash(seed, values[at].text);
  }
  return seed;
}

bool Shard::Equal::operator()(const LabelValues& a, const Series* b) const {
  const std::vector<std::string>& values = b->set->values;
  if (a.size() != values.size()) return false;
  for (std::size_t at = 0; at < a.size(); ++at) {
    if (a[at].text != values[at]) return false;
  }
  return true;
}

// Metrics without labels are there from the start, so that the first scrape shows their zero.
Shard::Shard(LabelSets& sets) : sets_(sets) {
  for (const Metric metric : {Metric::kKeepAlives, Metric::kStreamsOpen}) resolve(metric, {});
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
  BF_ASSERT(values.size() == label_count(metric_info(metric), sets_.custom_labels().size()));
  Slot& slot = slots_[static_cast<std::size_t>(metric)];
  if (const auto found = slot.index.find(values); found != slot.index.end()) return **found;
  return resolve_new(metric, values);
}

// What is stored is clean. An unclean value never matches it, so it is looked for once more.
Series& Shard::resolve_new(Metric metric, LabelValues values) {
  const std::vector<std::string> clean = cleaned(values);
  if (const LabelSet* set = sets_.add(metric, clean, standing_of(values))) {
    return publish(metric, *set);
  }
  counter(Metric::kLabelSetsDropped, {metric_info(metric).name}).add();
  return stand_in(metric, values);
}

Series& Shard::stand_in(Metric metric, LabelValues values) {
  if (standing_of(values) != Standing::kOurs) {
    std::vector<std::string> known = cleaned(values);
    for (std::size_t at = 0; at < values.size(); ++at) {
      if (values[at].standing != Standing::kOurs) known[at] = kOther;
    }
    if (const LabelSet* set = sets_.add(metric, known, Standing::kOurs)) {
      return publish(metric, *set);
    }
  }
  return publish(metric, sets_.overflow(metric));
}

// The cell of the set, made when it is new. The release makes the finished series visible to a
// scraper that sees the pointer.
Series& Shard::publish(Metric metric, const LabelSet& set) {
  Slot& slot = slots_[static_cast<std::size_t>(metric)];
  if (const auto found = slot.index.find(&set); found != slot.index.end()) return **found;
  Series& series = slot.series.emplace_back(metric_info(metric), set);
  series.next = slot.newest.load(std::memory_order_relaxed);
  slot.index.insert(&series);
  slot.newest.store(&series, std::memory_order_release);
  return series;
}

const Series* Shard::published(Metric metric) const {
  return slots_[static_cast<std::size_t>(metric)].newest.load(std::memory_order_acquire);
}

}  // namespace bifrost::telemetry
