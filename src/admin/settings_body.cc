#include "admin/settings_body.h"

#include "admin/show.h"

namespace bifrost::admin {

bool has_administrator(const Call& call) {
  return call.who != nullptr && (call.who->kind == governance::Operator::Kind::kAdministrator ||
                                 call.who->kind == governance::Operator::Kind::kApiKey);
}

std::optional<std::string> BodyEnvironment::get(std::string_view name) const {
  if (!may_refer_to(name)) return std::nullopt;
  return process_.get(name);
}

bool BodyEnvironment::may_refer_to(std::string_view name) const {
  return known_.contains(name) || (trusted_ && !name.starts_with("BIFROST_"));
}

void write_warnings(json::Writer& writer, const std::vector<std::string>& warnings) {
  if (!warnings.empty()) write_texts(writer, "warnings", warnings);
}

}  // namespace bifrost::admin
