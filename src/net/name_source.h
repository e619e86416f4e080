// Where the addresses of a name come from: the DNS, or a test.
#pragma once

#include "net/address.h"
#include "net/call_scope.h"
#include "net/task.h"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace bifrost::net {

struct NameAnswer {
  enum class Outcome : std::uint8_t {
    kFound,
    kNoSuchName,  // said by who must know: there is no such name, or it has no address
    kFailed,      // the servers answered, but not to the question
    kTimeout,     // no server answered
    kShortage,    // this machine had no descriptor or memory to ask with
  };

  Outcome outcome = Outcome::kFailed;
  std::vector<Address> addresses = {};                // with port 0, best first; of kFound only
  std::optional<std::chrono::seconds> keep_for = {};  // as the source says; none: it did not
  std::string why = {};                               // not found: for people, and what to check
};

class NameSource {
 public:
  virtual ~NameSource() = default;

  // Ends in bounded time, and soon when the scope is interrupted; what it says then counts not.
  virtual Task<NameAnswer> look_up(CallScope& scope, std::string name) = 0;
};

}  // namespace bifrost::net
