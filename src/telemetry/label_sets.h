// The label sets that are exposed: of all shards, once each, and no more than fit into an
// exposition of a bounded size.
//
// The room is parted, so that what callers can multiply takes nothing from the rest: metrics of
// HTTP routes, metrics of targets, and all others have a part each. In a part, the less a value is
// ours, the earlier its sets find no room, and those that were only tried have a small share for
// themselves. Sets are never given up: a counter that vanishes looks like a restart. ADR 19.
//
// Thread-safe; asked only when a worker meets a set for the first time.
#pragma once

#include "telemetry/label.h"
#include "telemetry/metric.h"

#include <array>
#include <cstddef>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <unordered_set>
#include <vector>

namespace bifrost::telemetry {

inline constexpr std::size_t kExpositionBytesMax = 1'000'000;  // the default

// The values of one set, in the order of the metric's labels. Immutable; lives as long as the sets.
struct LabelSet {
  std::vector<std::string> values;
};

class LabelSets {
 public:
  // `custom_labels` are in every prefix. What is exposed of all sets together, with everything
  // around them, has at most `bytes_max` bytes; below a hundred thousand there is room for none.
  LabelSets(std::vector<std::string> custom_labels, std::size_t bytes_max);
  LabelSets(const LabelSets&) = delete;
  LabelSets& operator=(const LabelSets&) = delete;

  // The set of these clean values, made when it is new. Null when there is no room for it; sets
  // without labels and those of kLabelSetsDropped have room always.
  const LabelSet* add(Metric metric, const std::vector<std::string>& values, Standing standing);
  // What stands for the sets that were not kept; there is always room for it.
  [[nodiscard]] const LabelSet& overflow(Metric metric) const;

  [[nodiscard]] const std::vector<std::string>& custom_labels() const { return custom_labels_; }
  // All labels of a metric, in order.
  [[nodiscard]] std::vector<std::string> label_names(const MetricInfo& info) const;

 private:
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(const std::vector<std::string>& values) const {
      return combined_hash(values);
    }
    std::size_t operator()(const std::unique_ptr<LabelSet>& set) const {
      return (*this)(set->values);
    }
  };
  struct Equal {
    using is_transparent = void;
    static const std::vector<std::string>& of(const std::vector<std::string>& values) {
      return values;
    }
    static const std::vector<std::string>& of(const std::unique_ptr<LabelSet>& set) {
      return set->values;
    }
    bool operator()(const auto& a, const auto& b) const { return of(a) == of(b); }
  };
  // A part of the room.
  struct Part {
    std::size_t bytes = 0;
    std::size_t kept = 0;   // taken by all but those that were tried
    std::size_t tried = 0;  // taken by those

    bool take(std::size_t wanted, Standing standing);
  };

  bool take_room(const MetricInfo& info, const std::vector<std::string>& values, Standing standing);

  const std::vector<std::string> custom_labels_;
  std::array<LabelSet, kMetricCount> overflow_;
  std::mutex mutex_;  // of the rest
  std::array<std::unordered_set<std::unique_ptr<LabelSet>, Hash, Equal>, kMetricCount> sets_;
  std::array<Part, 3> parts_;              // in the order of Prefix
  std::array<bool, kMetricCount> told_{};  // the log says once that there is no room
};

}  // namespace bifrost::telemetry
