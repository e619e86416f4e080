// Names to addresses, without blocking a loop.
//
// The system's resolver blocks, so it runs on a thread of its own; answers are kept for a short
// while. One per process, callable from any loop; it outlives the waits made on it and dies
// before the loops do.
#pragma once

#include "base/result.h"
#include "net/address.h"
#include "net/call_scope.h"
#include "net/task.h"

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace bifrost::net {

class Resolver {
 public:
  Resolver();
  ~Resolver();
  Resolver(const Resolver&) = delete;
  Resolver& operator=(const Resolver&) = delete;

  // At least one address. Literals are answered at once. Fails with kUpstreamConnect.
  Task<Result<std::vector<Address>>> resolve(CallScope& scope, std::string host,
                                             std::uint16_t port);

 private:
  class Worker;
  std::unique_ptr<Worker> worker_;
};

}  // namespace bifrost::net
