// What literals mean.
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>

namespace bifrost::cel {

struct BadEscape {
  std::size_t place;  // of its backslash in the text
  std::string_view what;
};

// The text between quotes. In bytes, \x and \ooo are octets, else characters.
[[nodiscard]] std::expected<std::string, BadEscape> decode_escapes(std::string_view written,
                                                                   bool bytes);

// Decimal, or hexadecimal after 0x. Nothing: it is none, or too large.
[[nodiscard]] std::optional<std::uint64_t> parse_magnitude(std::string_view digits);

// With a minus before them, where `negative`. Nothing: no int64 has room for it.
[[nodiscard]] std::optional<std::int64_t> parse_signed(std::string_view digits, bool negative);

void append_utf8(std::string& out, std::uint32_t code_point);

}  // namespace bifrost::cel
