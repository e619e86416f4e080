#include "admin/settings_body.h"

namespace bifrost::admin {

void write_warnings(json::Writer& writer, const std::vector<std::string>& warnings) {
  if (warnings.empty()) return;
  writer.key("warnings").begin_array();
  for (const std::string& warning : warnings) writer.string(warning);
  writer.end_array();
}

}  // namespace bifrost::admin
