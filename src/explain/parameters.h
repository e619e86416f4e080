// Which parameters a model takes, as callers of /v1 write them: found out by writing a request with
// each of them for it, with what requests are written by. So it is what would happen, and no second
// list that may say otherwise.
#pragma once

#include "explain/explain.h"
#include "provider/endpoint.h"

#include <optional>
#include <string_view>
#include <vector>

namespace bifrost::explain {

// Both included.
struct Range {
  double least = 0;
  double most = 0;
};

struct ParameterStep {
  enum class Standing {
    kTaken,
    kRefused,  // the model is known to refuse a request for it
    kLost,     // it has no counterpart there, or the model has no use for it
  };
  std::string_view id;
  std::string_view type;  // as JSON has it
  Standing standing = Standing::kTaken;
  std::optional<Range> range = std::nullopt;    // as its provider publishes it; absent: not known
  std::vector<std::string_view> not_with = {};  // taken, but not beside these
};

struct ModelParameters {
  std::string_view dialect;  // that the model is spoken to
  std::vector<ParameterStep> parameters;
};

// Fails with kUnsupportedOperation where the provider offers no chat.
[[nodiscard]] Result<ModelParameters> model_parameters(const World& world,
                                                       const provider::Endpoint& endpoint,
                                                       std::string_view model);

}  // namespace bifrost::explain
