// HTTP/1.x heads: bytes to values and back.
//
// Source: RFC 9110 and RFC 9112. Strict where leniency is a security hole: lines end with CRLF, no
// white space before a colon, no folded lines, no Content-Length together with Transfer-Encoding,
// no two different lengths, nothing after "chunked". Names are tokens, values hold no control
// characters.
#pragma once

#include "base/result.h"
#include "http/message.h"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace bifrost::http::h1 {

// Where the head ends (behind its blank line) in bytes that begin with one; nothing when more
// bytes are needed. `from` skips what was searched before.
[[nodiscard]] std::optional<std::size_t> find_head_end(std::string_view bytes,
                                                       std::size_t from = 0);

// `head` runs to the end that find_head_end gave. Fails with kInvalidRequest.
Result<RequestHead> parse_request_head(std::string_view head);
// Fails with kUpstreamProtocol.
Result<ResponseHead> parse_response_head(std::string_view head);

// How the body behind the head is framed. Fails as the parsers do.
Result<Framing> request_framing(const RequestHead& head);
// `request_method` matters: HEAD has no body.
Result<Framing> response_framing(const ResponseHead& head, std::string_view request_method);

// Does the connection stay open after this message?
[[nodiscard]] bool keeps_alive(int minor_version, const Headers& headers);

// The parts of a head; `kLineEnd` once more ends it. Values must hold no line breaks: see
// `valid_value`.
inline constexpr std::string_view kLineEnd = "\r\n";
void append_request_line(std::string& out, std::string_view method, std::string_view target);
void append_status_line(std::string& out, int status);
void append_field(std::string& out, std::string_view name, std::string_view value);
void append_fields(std::string& out, const Headers& headers);

[[nodiscard]] bool valid_token(std::string_view text);
[[nodiscard]] bool valid_value(std::string_view text);

}  // namespace bifrost::http::h1
