#include "telemetry/known_values.h"

#include <utility>

namespace bifrost::telemetry {

LabelValue* KnownValues::find(std::string_view written) {
  auto found = values_.find(written);
  if (found == values_.end()) found = values_.find(clean_label_value(written));
  return found == values_.end() ? nullptr : &found->second;
}

LabelValue& KnownValues::add(std::string_view written, Standing standing) {
  const auto made =
      values_.try_emplace(clean_label_value(written), std::string_view(), standing).first;
  made->second.text = made->first;
  return made->second;
}

void KnownValues::remove_if(const std::function<bool(const LabelValue&)>& unwanted) {
  std::erase_if(values_, [&](const auto& entry) { return unwanted(entry.second); });
}

}  // namespace bifrost::telemetry
