// From a provider's status, type, code and message to our error code and next step.
//
// One place for all dialects: providers that speak one dialect still word the same failure
// differently, so the words are looked at together.
#pragma once

#include "base/error.h"

#include <string_view>

namespace bifrost::dialect {

struct Failure {
  int status = 0;  // 0: an error inside a 200
  std::string_view type;
  std::string_view code;
  std::string_view message;
};

struct Classified {
  ErrorCode code;
  Retry retry;
};

[[nodiscard]] Classified classify(const Failure& failure);

// The error of a provider with its classification; `body` is kept, bounded.
[[nodiscard]] Error provider_error(const Failure& failure, std::string_view body);

}  // namespace bifrost::dialect
