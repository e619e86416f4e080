// What a caller calls its conversation, so that the next request of it goes to the same key.
#pragma once

#include "base/result.h"
#include "http/headers.h"
#include "routing/session_keys.h"

namespace bifrost::exchange {

// `x-bf-session-id` and `x-bf-session-ttl`, or what coding agents send by themselves. Nothing with
// `x-bf-session-affinity: off`. Views into the headers. Fails with kInvalidRequest when the
// gateway's own headers make no sense.
[[nodiscard]] Result<routing::Session> session_of(const http::Headers& headers);

}  // namespace bifrost::exchange
