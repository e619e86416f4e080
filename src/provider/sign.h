// How a request shows whose it is. A row of the provider table names one of these.
//
// Signing is the last step before a request is sent: a signature covers the address, the headers
// and the body. A header that the operator configured is left as it is.
#pragma once

#include "base/clock.h"
#include "base/result.h"
#include "provider/outbound_request.h"

#include <string_view>

namespace bifrost::provider {

struct Signing {
  std::string_view text;  // for the reference page
  // `credential` is the value of a key, or a token that was fetched with it; never empty. Fails
  // with kConfigInvalid when no request can be signed with it.
  Result<void> (*sign)(OutboundRequest& request, std::string_view credential, WallTime now);
};

extern const Signing kUnsigned;      // no key is shown
extern const Signing kBearer;        // Authorization: Bearer <key>
extern const Signing kApiKeyHeader;  // x-api-key: <key>; Anthropic's logins are bearer tokens
extern const Signing kGoogleApiKey;  // x-goog-api-key: <key>; OAuth tokens are bearer tokens

// How a token begins that Anthropic gives to people who log in: a bearer token, not a key.
inline constexpr std::string_view kAnthropicLoginPrefix = "sk-ant-oat";

}  // namespace bifrost::provider
