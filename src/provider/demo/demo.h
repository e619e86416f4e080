// The built-in provider: answers offline, in OpenAI's chat format, at the pace of a model.
//
// It lets a person try the gateway before there is a key: text that echoes the question, tool
// calls whose arguments satisfy the tool's schema, JSON that fits a response format, reasoning,
// usage, streams, and errors on demand. Models:
//
//   demo/chat            answers
//   demo/reasoner        thinks first; so does demo/chat when the request asks for reasoning
//   demo/error-<status>  fails with that status, 400 to 599; error-429 with a Retry-After
//
// A pure function: the caller waits for each piece's delay and sends its bytes.
#pragma once

#include "base/clock.h"
#include "base/random.h"
#include "http/headers.h"
#include "provider/outbound_request.h"

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

namespace bifrost::provider::demo {

struct Piece {
  std::chrono::milliseconds delay{};  // to wait before sending it
  std::string bytes;
};

struct Reply {
  int status = 200;
  http::Headers headers;
  std::vector<Piece> pieces;  // at least one
};

// To any request; `request.target` says what is asked for.
[[nodiscard]] Reply serve(const OutboundRequest& request, Random& random, WallTime now);

// To POST /v1/chat/completions.
[[nodiscard]] Reply reply(std::string_view request_body, Random& random, WallTime now);

// To GET /v1/models.
[[nodiscard]] Reply models();

}  // namespace bifrost::provider::demo
