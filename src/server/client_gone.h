// Whose fault a broken connection is. Streams blame the other end as if it were a provider
// (net/stream.h); here it is a caller, and one that is gone.
#pragma once

#include "base/error.h"

#include <utility>

namespace bifrost::server {

// What a read or a write of a caller's connection failed with, as the caller's own doing. What came
// from elsewhere, a deadline or the end of the process, stays what it is.
[[nodiscard]] inline Error as_client_gone(Error error) {
  if (error.origin != Origin::kUpstream) return error;
  return client_error(ErrorCode::kClientGone, std::move(error.message));
}

}  // namespace bifrost::server
