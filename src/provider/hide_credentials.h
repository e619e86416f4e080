// Providers repeat what they were sent in their errors. Nobody may read our credentials there.
#pragma once

#include "base/error.h"
#include "provider/endpoint.h"

#include <string>
#include <string_view>

namespace bifrost::provider {

// Takes the key, the token that was fetched with it and the operator's own headers out of all
// texts of an error. `key` may be null, `token` empty.
void hide_credentials(Error& error, const Endpoint& endpoint, const Key* key,
                      std::string_view token);

// The same of bytes that a provider has sent, in whatever format. Secrets that are as short as the
// words of a format stay: what they might be a part of is not known here.
[[nodiscard]] std::string without_credentials(std::string bytes, const Endpoint& endpoint,
                                              const Key* key, std::string_view token);

}  // namespace bifrost::provider
