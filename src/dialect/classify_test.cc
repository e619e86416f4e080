#include "dialect/classify.h"

#include "base/limits.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace bifrost::dialect {
namespace {

using enum ErrorCode;

struct Row {
  Failure failure;
  ErrorCode code;
  Retry retry;
};

TEST(Classify, SaysWhatHappenedAndWhatNext) {
  const std::vector<Row> kRows = {
      {{.status = 401}, kUpstreamAuth, Retry::kReplaceKey},
      {{.status = 403}, kUpstreamAuth, Retry::kReplaceKey},
      {{.status = 402}, kUpstreamBilling, Retry::kReplaceKey},
      {{.status = 404}, kUpstreamNotFound, Retry::kOtherTarget},
      {{.status = 408}, kUpstreamHeaderTimeout, Retry::kSameTarget},
      {{.status = 429}, kUpstreamRateLimited, Retry::kOtherKey},
      {{.status = 429, .code = "insufficient_quota"}, kUpstreamBilling, Retry::kReplaceKey},
      {{.status = 500}, kUpstreamServerError, Retry::kSameTarget},
      {{.status = 500, .message = "Rate limit reached"}, kUpstreamRateLimited, Retry::kOtherKey},
      {{.status = 503}, kUpstreamOverloaded, Retry::kSameTarget},
      {{.status = 529, .type = "overloaded_error"}, kUpstreamOverloaded, Retry::kSameTarget},
      {{.status = 400, .code = "context_length_exceeded"},
       kContextLengthExceeded,
       Retry::kOtherTarget},
      {{.status = 400, .message = "prompt is too long: 9 tokens"},
       kContextLengthExceeded,
       Retry::kOtherTarget},
      {{.status = 400, .message = "Your credit balance is too low"},
       kUpstreamBilling,
       Retry::kReplaceKey},
      {{.status = 400, .message = "API key not valid"}, kUpstreamAuth, Retry::kReplaceKey},
      {{.status = 413, .message = "tokens per minute"}, kUpstreamRateLimited, Retry::kOtherKey},
      {{.status = 400, .message = "no"}, kUpstreamInvalidRequest, Retry::kOtherTarget},
      {{.status = 422}, kUpstreamInvalidRequest, Retry::kOtherTarget},
      // inside a 200 only the words tell
      {{.type = "overloaded_error"}, kUpstreamOverloaded, Retry::kSameTarget},
      {{.type = "rate_limit_error"}, kUpstreamRateLimited, Retry::kOtherKey},
      {{.type = "authentication_error"}, kUpstreamAuth, Retry::kReplaceKey},
      {{.type = "invalid_request_error"}, kUpstreamInvalidRequest, Retry::kOtherTarget},
      {{.message = "who knows"}, kUpstreamServerError, Retry::kSameTarget},
  };
  for (const Row& row : kRows) {
    const Classified classified = classify(row.failure);
    EXPECT_EQ(error_info(classified.code).name, error_info(row.code).name)
        << row.failure.status << " " << row.failure.type << " " << row.failure.message;
    EXPECT_EQ(classified.retry, row.retry)
        << row.failure.status << " " << row.failure.type << " " << row.failure.message;
  }
}

TEST(ProviderError, KeepsWhatTheProviderSaidWithinBounds) {
  const std::string body(limits::kErrorBodyBytesMax + 1, 'x');
  const Error error =
      provider_error({.status = 500, .type = "t", .code = "c", .message = "m"}, body);
  EXPECT_EQ(error.origin, Origin::kUpstream);
  EXPECT_EQ(error.upstream_status, 500);
  EXPECT_EQ(error.upstream_type, "t");
  EXPECT_EQ(error.upstream_code, "c");
  EXPECT_EQ(error.message, "m");
  EXPECT_EQ(error.upstream_body.size(), limits::kErrorBodyBytesMax);
}

}  // namespace
}  // namespace bifrost::dialect
