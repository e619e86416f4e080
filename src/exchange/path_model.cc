#include "exchange/path_model.h"

#include "base/strings.h"

#include <utility>

namespace bifrost::exchange {

Result<std::string> path_model(const Match& route) {
  auto model = percent_decode(route.parameters.get("model"));
  if (!model) {
    return client_error(ErrorCode::kInvalidRequest,
                        "the model in the path has a broken percent escape", "model");
  }
  return *std::move(model);
}

}  // namespace bifrost::exchange
