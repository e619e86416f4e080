// The built-in provider's answer, piece by piece at its own pace, as if it came from a network.
#pragma once

#include "client/transport.h"
#include "provider/demo/demo.h"

namespace bifrost::upstream {

[[nodiscard]] client::Response demo_response(provider::demo::Reply reply);

}  // namespace bifrost::upstream
