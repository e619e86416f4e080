// A request that is asked about, as it would be sent.
#pragma once

#include "base/result.h"
#include "http/message.h"

#include <string>
#include <string_view>

namespace bifrost::explain {

struct AskedRequest {
  http::RequestHead head;
  std::string body;
};

// {"method": "POST", "path": "/v1/chat/completions", "headers": {"x-bf-vk": "..."}, "body": {...}}
// The body may be a text too. Fails with kInvalidRequest, which names the field.
[[nodiscard]] Result<AskedRequest> read_asked_request(std::string_view text);

// What stands in a line "name: value". Fails with kInvalidRequest.
[[nodiscard]] Result<void> add_header(std::string_view line, http::Headers& headers);

}  // namespace bifrost::explain
