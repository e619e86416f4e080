#include "tests/conformance/spelling.h"

#include "http/sse/parser.h"
#include "json/document.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <utility>
#include <vector>

namespace bifrost::test {
namespace {

// The code point at the front of valid UTF-8, and how many bytes it has.
std::pair<std::uint32_t, std::size_t> code_point(std::string_view text) {
  const auto byte = [&](std::size_t at) {
    return static_cast<std::uint32_t>(static_cast<unsigned char>(text[at]));
  };
  if (byte(0) < 0x80) return {byte(0), 1};
  const std::size_t length = byte(0) >= 0xF0 ? 4 : byte(0) >= 0xE0 ? 3 : 2;
  std::uint32_t code = byte(0) & (0x7FU >> length);
  for (std::size_t i = 1; i < length; ++i) code = (code << 6U) | (byte(i) & 0x3FU);
  return {code, length};
}

std::string escaped(std::string_view text) {
  std::string out = "\"";
  while (!text.empty()) {
    const auto [code, length] = code_point(text);
    if (code >= 0x10000) {
      const std::uint32_t rest = code - 0x10000;
      out += fmt::format("\\u{:04X}\\u{:04x}", 0xD800 + (rest >> 10U), 0xDC00 + (rest & 0x3FFU));
    } else if (code >= 0x7F || code < 0x20 || code == '"' || code == '\\' || code == '/') {
      out += fmt::format("\\u{:04x}", code);
    } else {
      out += text.front();
    }
    text.remove_prefix(length);
  }
  return out + '"';
}

// Between its quotes, as it stands.
std::string_view raw_key(json::Value object, json::Value member) {
  const std::size_t begin = member.key_offset() - object.offset();
  const std::string_view text = object.raw().substr(begin + 1);
  std::size_t end = 0;
  while (text[end] != '"') end += text[end] == '\\' ? 2 : 1;
  return text.substr(0, end);
}

std::string respelled(json::Value value) {
  if (value.is_string()) return escaped(value.string_or(""));
  if (!value.is_object() && !value.is_array()) return std::string(value.raw());
  std::vector<json::Value> children;
  for (const json::Value child : value.children()) children.push_back(child);
  std::string out(1, value.is_object() ? '{' : '[');
  if (value.is_object()) std::ranges::reverse(children);
  std::string_view separator = "\n  ";
  for (const json::Value child : children) {
    out += separator;
    // Names stay as they are: a gateway may refuse escapes there.
    if (value.is_object()) out += '"' + std::string(raw_key(value, child)) + "\" :\t";
    out += respelled(child);
    separator = " ,\r\n  ";
  }
  return out + (value.is_object() ? " }" : " ]");
}

}  // namespace

std::string respelled_json(std::string_view json) {
  const auto document = json::Document::parse(json);
  return document ? " " + respelled(document->root()) + "\n" : std::string(json);
}

std::string respelled_stream(std::string_view stream) {
  http::sse::Parser parser;
  std::vector<http::sse::Event> events;
  ignore(parser.feed(stream, events), "recorded streams are well formed");
  parser.flush(events);
  std::string out = ":a server\r\n\r\n";
  for (const http::sse::Event& event : events) {
    std::string data = respelled_json(event.data);
    std::erase(data, '\n');  // white space only: strings have it escaped
    std::erase(data, '\r');
    out += "id:7\r\ndata:" + data + "\r\n\r\n: still here\r\n\r\n";
  }
  return out;
}

}  // namespace bifrost::test
