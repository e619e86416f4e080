// Small functions on text that the standard library lacks.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace bifrost {

// ASCII only; other bytes are left alone.
[[nodiscard]] char ascii_lower(char c);
[[nodiscard]] std::string ascii_lower(std::string_view text);
[[nodiscard]] bool iequals(std::string_view a, std::string_view b);
[[nodiscard]] bool istarts_with(std::string_view text, std::string_view prefix);

[[nodiscard]] bool is_ascii_alnum(char c);

// Removes spaces, tabs, CR and LF at both ends.
[[nodiscard]] std::string_view trim(std::string_view text);

// Parts between separators, empty ones included; "" gives one empty part.
[[nodiscard]] std::vector<std::string_view> split(std::string_view text, char separator);

// Text before and after the first separator; nothing when there is none.
[[nodiscard]] std::optional<std::pair<std::string_view, std::string_view>> split_once(
    std::string_view text, char separator);

// The whole text as a number, or nothing.
[[nodiscard]] std::optional<std::int64_t> parse_int(std::string_view text);
[[nodiscard]] std::optional<double> parse_double(std::string_view text);

// Undoes %XX; '+' stays. Nothing when an escape is broken.
[[nodiscard]] std::optional<std::string> percent_decode(std::string_view text);
// Escapes all but RFC 3986 unreserved characters and those in `keep`.
[[nodiscard]] std::string percent_encode(std::string_view text, std::string_view keep = {});

// Standard alphabet with padding (RFC 4648 section 4). Decoding takes the URL alphabet too.
[[nodiscard]] std::string base64_encode(std::string_view bytes);
[[nodiscard]] std::optional<std::string> base64_decode(std::string_view text);

// The candidate with the fewest edits from `word`, when it is near enough to be a typing error.
[[nodiscard]] std::optional<std::string_view> nearest(std::string_view word,
                                                      std::span<const std::string_view> candidates);

// The longest prefix of at most `bytes_max` bytes that does not cut a UTF-8 sequence.
[[nodiscard]] std::string_view utf8_prefix(std::string_view text, std::size_t bytes_max);

// An outsider's text for a message: in double quotes, and no longer than a reader wants.
[[nodiscard]] std::string quoted(std::string_view text, std::size_t bytes_max = 200);

}  // namespace bifrost
