#include "dialect/gemini/request_names.h"

#include <utility>

namespace bifrost::dialect::gemini {

Result<std::string> requested_model(std::string_view in_path, std::string_view in_body) {
  std::string_view model = in_path.empty() ? in_body : in_path;
  if (model.starts_with(kModelPrefix)) model.remove_prefix(kModelPrefix.size());
  if (model.empty()) {
    return client_error(ErrorCode::kInvalidRequest, "the path does not name a model", "model");
  }
  return std::string(model);
}

}  // namespace bifrost::dialect::gemini
