// The body of an answer as it arrives.
#pragma once

#include "base/result.h"
#include "net/call_scope.h"
#include "net/task.h"

#include <string_view>

namespace bifrost::client {

class ByteSource {
 public:
  virtual ~ByteSource() = default;
  // Waits for the next bytes. The view is valid until the next wait of anyone on this loop: use
  // or copy it first. Empty: the body is complete.
  virtual net::Task<Result<std::string_view>> read(net::CallScope& scope) = 0;
};

}  // namespace bifrost::client
