// Request and response heads as values, whichever version of HTTP carried them.
#pragma once

#include "http/headers.h"

#include <cstdint>
#include <string>

namespace bifrost::http {

struct RequestHead {
  std::string method;
  std::string target;     // path and query, as sent
  int minor_version = 1;  // of HTTP/1.x
  Headers headers;
};

struct ResponseHead {
  int status = 0;
  std::string reason;
  int minor_version = 1;
  Headers headers;
};

// How the end of a body is known.
struct Framing {
  enum class Kind : std::uint8_t { kNone, kLength, kChunked, kUntilClose };
  Kind kind = Kind::kNone;
  std::uint64_t length = 0;  // of kLength

  bool operator==(const Framing&) const = default;
};

// The usual words for a status; empty when there are none.
[[nodiscard]] std::string_view reason_phrase(int status);

}  // namespace bifrost::http
