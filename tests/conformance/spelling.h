// The same JSON and the same events in other spellings, as other servers and clients write them.
#pragma once

#include <string>
#include <string_view>

namespace bifrost::test {

// Members in reverse order, white space everywhere, and all but ASCII as \u escapes. What is no
// JSON comes back as it is.
[[nodiscard]] std::string respelled_json(std::string_view json);

// The same events with CRLF, without a space behind the colon, with comments between them, without
// names of events, and with their data respelled.
[[nodiscard]] std::string respelled_stream(std::string_view stream);

}  // namespace bifrost::test
