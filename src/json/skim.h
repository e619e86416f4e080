// One pass over the strings of a text, for deciding whether it is worth a parse.
//
// Nothing is validated: of what is no JSON the result is some strings or none, never a fault.
// Names and values are not told apart; what stands behind a string tells.
#pragma once

#include "json/block.h"

#include <bit>
#include <cstddef>
#include <string_view>

namespace bifrost::json {

namespace internal {

// Where the string ends whose first byte stands at `at`: at its quote, or at the end of the text.
inline std::size_t end_of_string(std::string_view text, std::size_t at) {
  while (at < text.size()) {
    if (text.size() - at >= sizeof(Block)) {
      const Block block = load_block(text.data() + at);
      const unsigned bits = lane_bits((block == '"') | (block == '\\'));
      at += bits == 0 ? sizeof(block) : static_cast<std::size_t>(std::countr_zero(bits));
      if (bits == 0) continue;
    }
    if (text[at] == '"') return at;
    at += text[at] == '\\' ? 2 : 1;
  }
  return text.size();
}

}  // namespace internal

// Calls `see(string, rest)` for each string, with the bytes between its quotes, escapes as they
// stand, and with all that follows it.
template <class See>
void each_string(std::string_view text, See see) {
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] != '"') continue;
    const std::size_t begin = at + 1;
    at = internal::end_of_string(text, begin);
    if (at == text.size()) return;
    see(text.substr(begin, at - begin), text.substr(at + 1));
  }
}

// The text without the white space that it begins with.
inline std::string_view skip_space(std::string_view text) {
  std::size_t at = 0;
  while (at < text.size() &&
         (text[at] == ' ' || text[at] == '\t' || text[at] == '\r' || text[at] == '\n')) {
    ++at;
  }
  return text.substr(at);
}

}  // namespace bifrost::json
