// An absolute http or https URL, taken apart.
//
// Written for the addresses that an operator configures, so it is strict: no user information, no
// fragment, no control characters, no spaces. What it accepts can be put into a request line and a
// Host field as it is.
#pragma once

#include "base/result.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace bifrost::http {

inline constexpr std::size_t kUrlBytesMax = 8 * 1024;

struct Url {
  bool tls = true;
  std::string host;  // lower case; an IPv6 address without its brackets
  std::uint16_t port = 443;
  std::string path;   // empty, or from its first slash on, as written
  std::string query;  // without its question mark

  // Host and, when it is not the scheme's own, port: the value of a Host field.
  [[nodiscard]] std::string authority() const;
  // "https://api.openai.com", the part that a connection pool is keyed by.
  [[nodiscard]] std::string origin() const;
  // What stands in a request line: path and query, at least "/".
  [[nodiscard]] std::string target() const;

  bool operator==(const Url&) const = default;
};

// Fails with kInvalidRequest and a message that says what is wrong.
[[nodiscard]] Result<Url> parse_url(std::string_view text);

// The decoded value of the first parameter of that name in a query ("limit=2&after=x%2Fy"), with
// neither its question mark nor a fragment. Nothing when there is none of that name.
[[nodiscard]] std::optional<std::string> query_value(std::string_view query, std::string_view name);

// May the text stand in a request line as a target: a leading slash, visible ASCII, no fragment?
[[nodiscard]] bool is_request_target(std::string_view text);
// The path of a request target. Of a whole URL only the path counts (RFC 9112, section 3.2.2).
[[nodiscard]] std::string_view path_of(std::string_view target);
// Its query, without the question mark; empty when there is none.
[[nodiscard]] std::string_view query_of(std::string_view target);

}  // namespace bifrost::http
