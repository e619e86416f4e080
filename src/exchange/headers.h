// The headers of answers: what we say about a request, and what is passed on from the provider.
#pragma once

#include "exchange/exchange.h"
#include "http/headers.h"

#include <optional>
#include <string_view>

namespace bifrost::exchange {

// The request's id: the caller's when it is usable. A view into the headers.
[[nodiscard]] std::optional<std::string_view> given_request_id(const http::Headers& headers);

// The request id and CORS: on every answer to a request whose head could be read. What the session
// itself answers to a broken one has neither.
[[nodiscard]] http::Headers base_headers(const Exchange& exchange);

// Of a good answer: who served it, what was dropped (on native routes), and what the provider says
// of the caller's limits and of its own request id. Where the caller falls under limits of ours,
// those are told, and what the provider says of its own has `x-bifrost-provider-` before its name:
// nobody takes one for the other.
[[nodiscard]] http::Headers served_headers(const Exchange& exchange);

// Of an error answer: its content type, Retry-After, what is left of the limits that refuse it,
// Allow, WWW-Authenticate (of operators).
[[nodiscard]] http::Headers error_headers(const Exchange& exchange, const Error& error);

}  // namespace bifrost::exchange
