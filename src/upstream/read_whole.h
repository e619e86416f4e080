// A whole body in memory, bounded.
#pragma once

#include "base/result.h"
#include "client/byte_source.h"
#include "net/task.h"
#include "overload/byte_budget.h"

#include <cstddef>
#include <string>

namespace bifrost::upstream {

struct WholeOptions {
  std::size_t bytes_max;
  bool cut = false;                       // beyond, what came so far counts
  overload::ByteLease* memory = nullptr;  // grows with the body; null: it is not counted
};

// Reads to the end. Fails with kUpstreamProtocol beyond `bytes_max`, unless it may be cut, and as
// the lease does. The caller bounds the wait.
net::Task<Result<std::string>> read_whole(net::CallScope& scope, client::ByteSource& source,
                                          WholeOptions options);

// What a refused lease says of an answer: one for which there will never be room is the provider's,
// not the caller's, and another one may answer more briefly.
[[nodiscard]] Error too_large_an_answer(Error refused);

}  // namespace bifrost::upstream
