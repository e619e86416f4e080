// Bodies of those who have not shown yet who they are.
#pragma once

#include "base/result.h"
#include "http/message.h"

namespace bifrost::admin {

// Is the body as small as a password or a token needs it? It must say so before it comes. Fails
// with kInvalidRequest.
[[nodiscard]] Result<void> check_small_body(const http::RequestHead& head);

}  // namespace bifrost::admin
