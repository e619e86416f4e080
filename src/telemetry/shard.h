// The metrics of one thread.
//
// A worker owns one shard and is the only one that writes to it; the scraper reads it at any time.
// Resolve the cells of a target once and keep the references: they live as long as the shard, and
// counting is then an add to memory that no other thread writes to.
//
//   Counter& requests = shard.counter(Metric::kUpstreamRequests, target_labels);
//   Counter& errors = shard.counter(Metric::kErrorRequests, target_labels, {"429", type});
#pragma once

#include "telemetry/cell.h"
#include "telemetry/label.h"
#include "telemetry/label_sets.h"
#include "telemetry/metric.h"

#include <array>
#include <atomic>
#include <cstddef>
#include <deque>
#include <initializer_list>
#include <string>
#include <string_view>
#include <unordered_set>
#include <variant>
#include <vector>

namespace bifrost::telemetry {

// One label set of a metric and its cell. Only the cell changes once the series is published.
struct Series {
  using Cell = std::variant<Counter, Gauge, Histogram>;

  Series(const MetricInfo& info, const LabelSet& labels);

  const LabelSet* set;
  Cell cell;
  const Series* next = nullptr;  // the one published before it
};

class Shard {
 public:
  // `sets` are shared with all other shards, and outlive this one.
  explicit Shard(LabelSets& sets);
  Shard(const Shard&) = delete;
  Shard& operator=(const Shard&) = delete;

  // The cell of a label set; made when it is new. The values stand in the order of the table:
  // first the metric's prefix, then its own labels. Their number and the metric's type must be
  // right. A value that may not be exposed is cleaned. A set that finds no room is counted as one
  // with `other` in place of the values that are not ours, and if there is none for that either,
  // in the one cell of all such sets of the metric.
  Counter& counter(Metric metric, std::initializer_list<LabelValue> own = {}) {
    return counter(metric, {}, own);
  }
  Counter& counter(Metric metric, std::span<const LabelValue> prefix,
                   std::initializer_list<LabelValue> own = {}) {
    return cell<Counter>(metric, {prefix, own});
  }
  Gauge& gauge(Metric metric, std::initializer_list<LabelValue> own = {}) {
    return gauge(metric, {}, own);
  }
  Gauge& gauge(Metric metric, std::span<const LabelValue> prefix,
               std::initializer_list<LabelValue> own = {}) {
    return cell<Gauge>(metric, {prefix, own});
  }
  Histogram& histogram(Metric metric, std::initializer_list<LabelValue> own = {}) {
    return histogram(metric, {}, own);
  }
  Histogram& histogram(Metric metric, std::span<const LabelValue> prefix,
                       std::initializer_list<LabelValue> own = {}) {
    return cell<Histogram>(metric, {prefix, own});
  }

  // Any thread: the series that were published so far, newest first.
  [[nodiscard]] const Series* published(Metric metric) const;

 private:
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(const LabelValues& values) const;
    std::size_t operator()(const LabelSet* set) const { return combined_hash(set->values); }
    std::size_t operator()(const Series* series) const { return (*this)(series->set); }
  };
  struct Equal {
    using is_transparent = void;
    bool operator()(const Series* a, const Series* b) const { return a->set == b->set; }
    bool operator()(const LabelValues& a, const Series* b) const;
    bool operator()(const Series* a, const LabelValues& b) const { return (*this)(b, a); }
    bool operator()(const LabelSet* a, const Series* b) const { return a == b->set; }
    bool operator()(const Series* a, const LabelSet* b) const { return a->set == b; }
  };
  struct Slot {
    std::deque<Series> series;  // stable addresses
    std::unordered_set<Series*, Hash, Equal> index;
    std::atomic<const Series*> newest = nullptr;
  };

  template <class Cell>
  Cell& cell(Metric metric, LabelValues values);
  Series& resolve(Metric metric, LabelValues values);
  Series& resolve_new(Metric metric, LabelValues values);
  Series& stand_in(Metric metric, LabelValues values);
  Series& publish(Metric metric, const LabelSet& set);

  LabelSets& sets_;
  std::array<Slot, kMetricCount> slots_;
};

// How many values a label set of the metric has.
[[nodiscard]] std::size_t label_count(const MetricInfo& info, std::size_t custom_labels);

}  // namespace bifrost::telemetry
