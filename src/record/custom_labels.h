// Labels of the configuration (`client.prometheus_labels`), whose values callers send in the
// headers `x-bf-dim-<label>`. So many values of each are published, those that come later are one.
//
// Belongs to a worker's thread.
#pragma once

#include "http/headers.h"
#include "telemetry/known_values.h"

#include <cstddef>
#include <span>
#include <string>
#include <vector>

namespace bifrost::record {

class CustomLabels {
 public:
  explicit CustomLabels(std::span<const std::string> names);

  // Appends the values of one request, in the order of the labels; empty where there is no header.
  void append_values(const http::Headers& headers, std::vector<telemetry::LabelValue>& out);

 private:
  struct Label {
    std::string header;
    std::string dashed;  // a label has underscores where a header has dashes
    telemetry::KnownValues values;
  };
  std::vector<Label> labels_;
};

}  // namespace bifrost::record
