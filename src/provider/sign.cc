#include "provider/sign.h"

#include "provider/forward.h"

#include <string>

namespace bifrost::provider {
namespace {

// Tokens of an OAuth login are bearer tokens where keys have a header of their own.
constexpr std::string_view kAnthropicOAuthBeta = "oauth-2025-04-20";
constexpr std::string_view kGoogleOAuthPrefix = "ya29.";

void set_unless_configured(http::Headers& headers, std::string_view name, std::string value) {
  if (!headers.contains(name)) headers.set(name, std::move(value));
}

Result<void> sign_nothing(OutboundRequest& /*request*/, std::string_view /*credential*/,
                          WallTime /*now*/) {
  return {};
}

Result<void> sign_bearer(OutboundRequest& request, std::string_view credential, WallTime /*now*/) {
  set_unless_configured(request.headers, "authorization", "Bearer " + std::string(credential));
  return {};
}

Result<void> sign_api_key(OutboundRequest& request, std::string_view credential, WallTime now) {
  if (!credential.starts_with(kAnthropicLoginPrefix)) {
    set_unless_configured(request.headers, "x-api-key", std::string(credential));
    return {};
  }
  BetaFeatures betas;
  betas.add(kAnthropicOAuthBeta);
  betas.add(request.headers.get(kBetaHeader));
  request.headers.set(kBetaHeader, betas.value());
  return sign_bearer(request, credential, now);
}

Result<void> sign_google(OutboundRequest& request, std::string_view credential, WallTime now) {
  if (credential.starts_with(kGoogleOAuthPrefix)) return sign_bearer(request, credential, now);
  set_unless_configured(request.headers, "x-goog-api-key", std::string(credential));
  return {};
}

}  // namespace

const Signing kUnsigned = {"none", sign_nothing};
const Signing kBearer = {"`Authorization: Bearer`", sign_bearer};
const Signing kApiKeyHeader = {"`x-api-key`", sign_api_key};
const Signing kGoogleApiKey = {"`x-goog-api-key`", sign_google};

}  // namespace bifrost::provider
