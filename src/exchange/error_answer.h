// The one place where an error becomes an answer.
#pragma once

#include "exchange/exchange.h"

namespace bifrost::exchange {

// In the caller's own format: as a whole answer, or inside the stream that has begun. Writes
// nothing where there is no place left for it.
net::Task<void> write_error(Exchange& exchange, const Error& error);

// The body for a request that could not even be parsed.
[[nodiscard]] std::string protocol_error_body(const Error& error);

}  // namespace bifrost::exchange
