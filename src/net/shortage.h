// What this machine is short of, descriptors and memory for sockets, is nobody else's fault.
#pragma once

#include "base/error.h"

#include <string>

namespace bifrost::net {

// Is it for want of those that a call failed with this `errno`?
[[nodiscard]] bool is_shortage(int code);

// kBusy of the gateway: another target may have what it needs, and in a second this one too. `what`
// could not be done, a sentence without its end; `why` is the system's word for it.
[[nodiscard]] Error shortage_error(std::string what, const std::string& why);

}  // namespace bifrost::net
