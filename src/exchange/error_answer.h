// The one place where an error becomes an answer.
#pragma once

#include "dialect/openai_chat/errors.h"
#include "exchange/exchange.h"

namespace bifrost::exchange {

// In the caller's own format: as a whole answer, or inside the stream that has begun. Writes
// nothing where there is no place left for it.
net::Task<void> write_error(Exchange& exchange, const Error& error);

// In the format of that surface (Match::spoken); null: in the gateway's own.
[[nodiscard]] std::string error_body(const Surface* spoken, const Error& error,
                                     const dialect::openai_chat::UnifiedErrorContext& context);

// The body for a request that could not even be parsed.
[[nodiscard]] std::string protocol_error_body(const Error& error);

}  // namespace bifrost::exchange
