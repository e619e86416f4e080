#include "net/shortage.h"

#include <cerrno>
#include <chrono>
#include <utility>

namespace bifrost::net {

bool is_shortage(int code) {
  return code == EMFILE || code == ENFILE || code == ENOBUFS || code == ENOMEM;
}

Error shortage_error(std::string what, const std::string& why) {
  Error error = gateway_error(ErrorCode::kBusy, std::move(what) + ": " + why + "; try again");
  error.retry = Retry::kOtherTarget;  // a connection to it may be open
  error.retry_after = std::chrono::seconds(1);
  return error;
}

}  // namespace bifrost::net
