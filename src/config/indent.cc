#include "config/indent.h"

#include <cstddef>

namespace bifrost::config {
namespace {

// The length of the string literal at the front of `json`, quotes included.
std::size_t literal_length(std::string_view json) {
  std::size_t end = 1;
  while (end < json.size() && json[end] != '"') end += json[end] == '\\' ? 2 : 1;
  return end + 1;
}

bool is_space(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

}  // namespace

std::string indented(std::string_view json) {
  std::string out;
  std::size_t level = 0;
  const auto new_line = [&] { out.append(1, '\n').append(2 * level, ' '); };
  for (std::size_t at = 0; at < json.size(); ++at) {
    const char c = json[at];
    if (is_space(c)) continue;
    if (c == '"') {
      const std::size_t length = literal_length(json.substr(at));
      out += json.substr(at, length);
      at += length - 1;
    } else if (c == '{' || c == '[') {
      out += c;
      ++level;
      if (at + 1 < json.size() && json[at + 1] != '}' && json[at + 1] != ']') new_line();
    } else if (c == '}' || c == ']') {
      if (level > 0) --level;
      if (out.back() != '{' && out.back() != '[') new_line();
      out += c;
    } else {
      out += c;
      if (c == ',') new_line();
      if (c == ':') out += ' ';
    }
  }
  return out + '\n';
}

}  // namespace bifrost::config
