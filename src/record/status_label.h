// A status as the value of a label. A provider can answer with any number: those that mean
// something to nobody count as made up.
#pragma once

#include "telemetry/label.h"

#include <string>

namespace bifrost::record {

class StatusLabel {
 public:
  explicit StatusLabel(int status);

  // Good as long as this.
  [[nodiscard]] telemetry::LabelValue value() const { return {text_, standing_}; }

 private:
  std::string text_;
  telemetry::Standing standing_;
};

}  // namespace bifrost::record
