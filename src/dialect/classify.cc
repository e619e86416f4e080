#include "dialect/classify.h"

#include "base/limits.h"
#include "base/strings.h"

#include <algorithm>
#include <array>
#include <string>

namespace bifrost::dialect {
namespace {

bool mentions(std::string_view lower_text, std::span<const std::string_view> words) {
  return std::ranges::any_of(words, [&](std::string_view word) {
    return lower_text.find(word) != std::string_view::npos;
  });
}

constexpr std::array<std::string_view, 9> kContextLength = {
    "context_length_exceeded", "maximum context length", "context length",
    "context window",          "prompt is too long",     "input is too long",
    "too many tokens",         "token count exceeds",    "input token count",
};
constexpr std::array<std::string_view, 6> kRateLimit = {
    "rate limit",         "rate_limit", "too many requests",
    "resource_exhausted", "ratelimit",  "tokens per minute",
};
constexpr std::array<std::string_view, 6> kBilling = {
    "insufficient_quota",         "billing_error",        "credit balance", "payment required",
    "billing_hard_limit_reached", "insufficient balance",
};
constexpr std::array<std::string_view, 4> kOverload = {
    "overloaded",
    "over capacity",
    "at capacity",
    "unavailable",
};
constexpr std::array<std::string_view, 4> kBadKey = {
    "invalid_api_key",
    "api key not valid",
    "authentication_error",
    "api_key_invalid",
};

Classified by_words(std::string_view text) {
  if (mentions(text, kBilling)) return {ErrorCode::kUpstreamBilling, Retry::kReplaceKey};
  if (mentions(text, kRateLimit)) return {ErrorCode::kUpstreamRateLimited, Retry::kOtherKey};
  if (mentions(text, kOverload)) return {ErrorCode::kUpstreamOverloaded, Retry::kSameTarget};
  if (mentions(text, kBadKey)) return {ErrorCode::kUpstreamAuth, Retry::kReplaceKey};
  if (mentions(text, kContextLength)) {
    return {ErrorCode::kContextLengthExceeded, Retry::kOtherTarget};
  }
  if (text.find("invalid_request") != std::string_view::npos ||
      text.find("invalid_argument") != std::string_view::npos) {
    return {ErrorCode::kUpstreamInvalidRequest, Retry::kOtherTarget};
  }
  return {ErrorCode::kUpstreamServerError, Retry::kSameTarget};
}

Classified client_fault(std::string_view text) {
  if (mentions(text, kContextLength)) {
    return {ErrorCode::kContextLengthExceeded, Retry::kOtherTarget};
  }
  if (mentions(text, kRateLimit)) return {ErrorCode::kUpstreamRateLimited, Retry::kOtherKey};
  if (mentions(text, kBilling)) return {ErrorCode::kUpstreamBilling, Retry::kReplaceKey};
  if (mentions(text, kBadKey)) return {ErrorCode::kUpstreamAuth, Retry::kReplaceKey};
  return {ErrorCode::kUpstreamInvalidRequest, Retry::kOtherTarget};
}

}  // namespace

Classified classify(const Failure& failure) {
  std::string text = ascii_lower(failure.type);
  text += ' ';
  text += ascii_lower(failure.code);
  text += ' ';
  text += ascii_lower(failure.message);

  switch (failure.status) {
    case 401:
    case 403:
      return {ErrorCode::kUpstreamAuth, Retry::kReplaceKey};
    case 402:
      return {ErrorCode::kUpstreamBilling, Retry::kReplaceKey};
    case 404:
      return {ErrorCode::kUpstreamNotFound, Retry::kOtherTarget};
    case 408:
      return {ErrorCode::kUpstreamHeaderTimeout, Retry::kSameTarget};
    case 429:
      // OpenAI reports a spent account as 429: waiting does not help, another key may.
      if (mentions(text, kBilling)) return {ErrorCode::kUpstreamBilling, Retry::kReplaceKey};
      return {ErrorCode::kUpstreamRateLimited, Retry::kOtherKey};
    case 503:
    case 529:
      return {ErrorCode::kUpstreamOverloaded, Retry::kSameTarget};
    default:
      break;
  }
  if (failure.status >= 500) {
    if (mentions(text, kRateLimit)) return {ErrorCode::kUpstreamRateLimited, Retry::kOtherKey};
    return {ErrorCode::kUpstreamServerError, Retry::kSameTarget};
  }
  if (failure.status >= 400) return client_fault(text);
  return by_words(text);
}

Error provider_error(const Failure& failure, std::string_view body) {
  const Classified classified = classify(failure);
  Error error = upstream_error(classified.code, classified.retry, std::string(failure.message));
  error.upstream_status = failure.status;
  error.upstream_type = failure.type;
  error.upstream_code = failure.code;
  error.upstream_body = body.substr(0, limits::kErrorBodyBytesMax);
  return error;
}

}  // namespace bifrost::dialect
