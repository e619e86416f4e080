#include "record/custom_labels.h"

#include "base/limits.h"

#include <algorithm>
#include <string_view>

namespace bifrost::record {

using telemetry::KnownValues;
using telemetry::LabelValue;
using telemetry::Standing;

namespace {

LabelValue published(KnownValues& values, std::string_view written) {
  if (written.empty()) return written;
  if (const LabelValue* known = values.find(written)) return *known;
  if (values.size() == limits::kCustomLabelValuesMax) return telemetry::kOther;
  return values.add(written, Standing::kAccepted);
}

}  // namespace

CustomLabels::CustomLabels(std::span<const std::string> names) {
  labels_.reserve(names.size());
  for (const std::string& name : names) {
    Label& label = labels_.emplace_back();
    label.header = "x-bf-dim-" + name;
    label.dashed = label.header;
    std::ranges::replace(label.dashed, '_', '-');
  }
}

void CustomLabels::append_values(const http::Headers& headers, std::vector<LabelValue>& out) {
  for (Label& label : labels_) {
    auto written = headers.find(label.header);
    if (!written) written = headers.find(label.dashed);
    out.push_back(published(label.values, written.value_or("")));
  }
}

}  // namespace bifrost::record
