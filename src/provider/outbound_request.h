// A request to a provider, ready to be sent but for what the connection adds: Host
// (OutboundRequest::url says it) and Content-Length.
#pragma once

#include "http/headers.h"
#include "http/url.h"

#include <string>

namespace bifrost::provider {

struct OutboundRequest {
  std::string method = "POST";
  http::Url url;       // where to connect; no host for a built-in provider
  std::string target;  // path and query, for the request line
  http::Headers headers;
  std::string body;
};

}  // namespace bifrost::provider
