// How requests reach providers: over real connections (Pool), or without any in a simulation.
#pragma once

#include "client/byte_source.h"
#include "client/origin.h"
#include "http/message.h"

#include <memory>
#include <string_view>

namespace bifrost::client {

// A response head with the source of its body.
struct Response {
  http::ResponseHead head;
  std::unique_ptr<ByteSource> body;
};

// Views of what outlives the call up to the response head.
struct Request {
  std::string_view method = "POST";
  std::string_view target;       // path and query
  const http::Headers& headers;  // without Host and framing, which are ours
  std::string_view body;
};

// Belongs to one loop's thread.
class Transport {
 public:
  virtual ~Transport() = default;
  // Sends a request and waits for the head of its answer. The caller bounds the wait with
  // deadlines; the origin's connect timeout is applied here. Destroying the body before its end
  // cancels the call.
  virtual net::Task<Result<Response>> send(net::CallScope& scope,
                                           std::shared_ptr<const Origin> origin,
                                           const Request& request) = 0;
};

}  // namespace bifrost::client
