#include "dialect/gemini/request_names.h"

#include "base/limits.h"
#include "dialect/gemini/spelling.h"

#include <utility>

namespace bifrost::dialect::gemini {

Result<std::string> requested_model(std::string_view in_path, std::string_view in_body) {
  constexpr std::string_view kPrefix = "models/";
  std::string_view model = in_path.empty() ? in_body : in_path;
  if (model.starts_with(kPrefix)) model.remove_prefix(kPrefix.size());
  if (model.empty()) {
    return client_error(ErrorCode::kInvalidRequest, "the path does not name a model", "model");
  }
  return std::string(model);
}

Result<std::vector<std::string>> fallbacks_of(json::Value list) {
  std::vector<std::string> models;
  if (!list.is_set()) return models;
  if (!list.is_array()) return wrong_type("fallbacks", "an array of strings", list);
  if (list.size() > limits::kFallbacksMax) {
    return client_error(
        ErrorCode::kInvalidRequest,
        "'fallbacks' holds more than " + std::to_string(limits::kFallbacksMax) + " models",
        "fallbacks");
  }
  for (const json::Value item : list.children()) {
    auto model = item.string();
    if (!model) return wrong_type("fallbacks", "an array of strings", item);
    models.push_back(*std::move(model));
  }
  return models;
}

}  // namespace bifrost::dialect::gemini
