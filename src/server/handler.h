// What the server gives to whoever answers requests.
#pragma once

#include "http/message.h"
#include "net/address.h"
#include "net/call_scope.h"
#include "server/address_limits.h"
#include "server/body.h"
#include "server/responder.h"

#include <string>
#include <string_view>

namespace bifrost::server {

struct Request {
  const http::RequestHead& head;
  Body& body;
  Responder& out;
  net::CallScope& scope;          // cancelled with kClientGone when the caller leaves
  SteadyTime arrived;             // the loop's time when the head was complete
  std::string_view network;       // of the caller (CallerNetwork), as a text; empty: unknown
  AddressShare* share = nullptr;  // of what that address may have; null: no limits
};

class Handler {
 public:
  virtual ~Handler() = default;
  // Answers through `request.out`; an answer that is left incomplete closes the connection.
  virtual net::Task<void> handle(Request& request) = 0;
  // Told when `handle` ended with an exception: a bug, or no memory. The session answers 500 if
  // nothing has been written, and the connection ends.
  virtual void exception_escaped(Request& request, std::string_view what) = 0;
  // The body of the answer to a request that could not even be parsed.
  [[nodiscard]] virtual std::string protocol_error_body(const Error& error) const = 0;
};

}  // namespace bifrost::server
