#include "telemetry/label_sets.h"

#include "base/log.h"
#include "telemetry/exposition_size.h"

#include <algorithm>
#include <iterator>
#include <utility>

namespace bifrost::telemetry {
namespace {

// In eighths of the room, in the order of Prefix: others, routes, targets.
constexpr std::size_t kParts[] = {1, 2, 5};
// In sixteenths of a part, in the order of Standing, each together with those before it. Those that
// were tried have the last one for themselves.
constexpr std::size_t kShares[] = {15, 14, 13, 1};

}  // namespace

bool LabelSets::Part::take(std::size_t wanted, Standing standing) {
  std::size_t& taken = standing == Standing::kTried ? tried : kept;
  const std::size_t most = bytes / 16 * kShares[static_cast<std::size_t>(standing)];
  if (taken + wanted > most) return false;
  taken += wanted;
  return true;
}

LabelSets::LabelSets(std::vector<std::string> custom_labels, std::size_t bytes_max)
    : custom_labels_(std::move(custom_labels)) {
  const MetricInfo& dropped = metric_info(Metric::kLabelSetsDropped);
  const std::vector<std::string> names_of_dropped = label_names(dropped);
  std::size_t reserved = bytes_around();
  for (const MetricInfo& info : metric_table()) {
    const std::vector<std::string> names = label_names(info);
    LabelSet& set = overflow_[static_cast<std::size_t>(info.id)];
    set.values.assign(names.size(), std::string(kOverflow));
    reserved += bytes_of(info, names, set.values);
    reserved += bytes_of(dropped, names_of_dropped, std::vector{std::string(info.name)});
  }
  const std::size_t room = bytes_max - std::min(reserved, bytes_max);
  for (std::size_t at = 0; at < parts_.size(); ++at) parts_[at].bytes = room / 8 * kParts[at];
}

const LabelSet* LabelSets::add(Metric metric, const std::vector<std::string>& values,
                               Standing standing) {
  const MetricInfo& info = metric_info(metric);
  const std::lock_guard lock(mutex_);
  auto& sets = sets_[static_cast<std::size_t>(metric)];
  if (const auto found = sets.find(values); found != sets.end()) return found->get();
  if (!take_room(info, values, standing)) return nullptr;
  return sets.insert(std::make_unique<LabelSet>(values)).first->get();
}

const LabelSet& LabelSets::overflow(Metric metric) const {
  return overflow_[static_cast<std::size_t>(metric)];
}

bool LabelSets::take_room(const MetricInfo& info, const std::vector<std::string>& values,
                          Standing standing) {
  if (values.empty() || info.id == Metric::kLabelSetsDropped) return true;  // reserved
  Part& part = parts_[static_cast<std::size_t>(info.prefix)];
  if (part.take(bytes_of(info, label_names(info), values), standing)) return true;
  bool& told = told_[static_cast<std::size_t>(info.id)];
  if (standing != Standing::kTried && !std::exchange(told, true)) {
    BF_LOG(kWarn, "telemetry", "no room for more label sets of a metric", {"metric", info.name},
           {"setting", "client.max_metrics_size_mb"});
  }
  return false;
}

std::vector<std::string> LabelSets::label_names(const MetricInfo& info) const {
  std::vector<std::string> names;
  if (info.prefix == Prefix::kTarget) {
    names.assign(std::begin(kTargetLabels), std::end(kTargetLabels));
  }
  if (info.prefix != Prefix::kNone) {
    names.insert(names.end(), custom_labels_.begin(), custom_labels_.end());
  }
  names.insert(names.end(), info.labels.begin(), info.labels.end());
  return names;
}

}  // namespace bifrost::telemetry
