// A text that grows under a lease: a body as it arrives.
#pragma once

#include "base/result.h"
#include "overload/byte_budget.h"

#include <cstddef>
#include <string>

namespace bifrost::overload {

// Room for `bytes` in all, and for more where that saves a copy later, but never for more than
// `bytes_max` without need. The lease covers it, or it fails as the lease does and nothing changes.
Result<void> make_room(std::string& text, std::size_t bytes, std::size_t bytes_max,
                       ByteLease& lease);

}  // namespace bifrost::overload
