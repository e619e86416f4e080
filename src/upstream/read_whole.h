// A whole body in memory, bounded.
#pragma once

#include "base/result.h"
#include "client/byte_source.h"
#include "net/task.h"

#include <cstddef>
#include <string>

namespace bifrost::upstream {

// Reads to the end, at most `bytes_max`. Beyond, what came so far counts when it may be `cut`, else
// it fails with kUpstreamProtocol. The caller bounds the wait.
net::Task<Result<std::string>> read_whole(net::CallScope& scope, client::ByteSource& source,
                                          std::size_t bytes_max, bool cut);

}  // namespace bifrost::upstream
