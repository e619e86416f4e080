// What is asked of a caller before a byte of its body is read, and what a browser needs to know.
#pragma once

#include "base/result.h"
#include "dialect/dialect.h"
#include "exchange/client_settings.h"
#include "http/message.h"
#include "provider/endpoint.h"
#include "routing/keys.h"
#include "routing/session_keys.h"

#include <optional>
#include <string>
#include <string_view>

namespace bifrost::exchange {

// Required headers are there, and the caller is somebody where that is demanded.
[[nodiscard]] Result<void> check_caller(const ClientSettings& settings,
                                        const http::RequestHead& head, std::string_view path);

// The key that the caller pins by `x-bf-api-key-id` or `x-bf-api-key`; views into the headers.
[[nodiscard]] routing::KeyPin pinned_key(const http::Headers& headers);

// What the caller calls this conversation: `x-bf-session-id` and `x-bf-session-ttl`, or what coding
// agents send by themselves. Nothing with `x-bf-session-affinity: off`. Views into the headers.
[[nodiscard]] Result<routing::Session> session_of(const http::Headers& headers);

// The caller's own provider key, when it brought one and may.
[[nodiscard]] std::optional<provider::Key> direct_key(const ClientSettings& settings,
                                                      const http::Headers& headers);

// The token of a caller who has logged in with Anthropic, as Claude Code does, on a route in
// Anthropic's format. It stands in place of a key at Anthropic, and nobody else may see it.
[[nodiscard]] std::optional<provider::Key> anthropic_login(const dialect::Dialect& inbound,
                                                           const http::Headers& headers);

// The request's id: the caller's when it is usable.
[[nodiscard]] std::optional<std::string_view> given_request_id(const http::Headers& headers);

// CORS headers for an answer to this origin; empty when it may not ask, or is no browser.
[[nodiscard]] http::Headers cors_headers(const CorsSettings& settings,
                                         const http::Headers& request);
// Those of the answer to a preflight.
[[nodiscard]] http::Headers preflight_headers(const CorsSettings& settings,
                                              const http::Headers& request);

}  // namespace bifrost::exchange
