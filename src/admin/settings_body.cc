#include "admin/settings_body.h"

namespace bifrost::admin {

bool has_administrator(const Call& call) {
  return call.desk.settings()->governance.auth.is_enabled;
}

std::optional<std::string> BodyEnvironment::get(std::string_view name) const {
  if (!known_.contains(name) && (!trusted_ || name.starts_with("BIFROST_"))) return std::nullopt;
  return process_.get(name);
}

void write_warnings(json::Writer& writer, const std::vector<std::string>& warnings) {
  if (warnings.empty()) return;
  writer.key("warnings").begin_array();
  for (const std::string& warning : warnings) writer.string(warning);
  writer.end_array();
}

}  // namespace bifrost::admin
