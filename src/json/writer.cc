#include "json/writer.h"

#include "base/utf8.h"
#include "json/block.h"

#include <array>
#include <bit>
#include <charconv>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>

namespace bifrost::json {
namespace {

void append_escape(std::string& out, char c) {
  constexpr std::string_view kHex = "0123456789abcdef";
  switch (c) {
    case '"':
      out += "\\\"";
      return;
    case '\\':
      out += "\\\\";
      return;
    case '\n':
      out += "\\n";
      return;
    case '\r':
      out += "\\r";
      return;
    case '\t':
      out += "\\t";
      return;
    case '\b':
      out += "\\b";
      return;
    case '\f':
      out += "\\f";
      return;
    default: {
      const auto byte = static_cast<unsigned char>(c);
      out += "\\u00";
      out += kHex[byte >> 4U];
      out += kHex[byte & 0xFU];
    }
  }
}

bool is_plain(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte >= 0x20 && byte < 0x80 && byte != '"' && byte != '\\';
}

// Do eight bytes stand for themselves? No is only a guess.
bool is_plain_word(std::uint64_t word) {
  constexpr std::uint64_t kOnes = 0x0101010101010101U;
  constexpr std::uint64_t kHigh = 0x8080808080808080U;
  const std::uint64_t quote = word ^ (kOnes * '"');
  const std::uint64_t backslash = word ^ (kOnes * '\\');
  const std::uint64_t signs = word | ((word - kOnes * 0x20) & ~word) | ((quote - kOnes) & ~quote) |
                              ((backslash - kOnes) & ~backslash);
  return (signs & kHigh) == 0;
}

// How many bytes at the front of `text` stand for themselves.
std::size_t plain_prefix(std::string_view text) {
  using internal::Block;
  std::size_t at = 0;
  while (text.size() - at >= sizeof(Block)) {
    const Block block = internal::load_block(text.data() + at);
    const unsigned bits =
        internal::lane_bits((block < 0x20) | (block >= 0x80) | (block == '"') | (block == '\\'));
    if (bits != 0) return at + static_cast<std::size_t>(std::countr_zero(bits));
    at += sizeof(block);
  }
  if (std::uint64_t word = 0; text.size() - at >= sizeof(word)) {
    std::memcpy(&word, text.data() + at, sizeof(word));
    if (is_plain_word(word)) at += sizeof(word);
  }
  while (at < text.size() && is_plain(text[at])) ++at;
  return at;
}

// Appends plain text in quotes and `behind` in one step.
void append_quoted(std::string& out, std::string_view text, std::string_view behind) {
  const std::size_t at = out.size();
  const std::size_t size = at + text.size() + 2 + behind.size();
  out.resize_and_overwrite(size, [&](char* bytes, std::size_t) {
    char* to = bytes + at;
    *to++ = '"';
    to += text.copy(to, text.size());
    *to++ = '"';
    behind.copy(to, behind.size());
    return size;
  });
}

}  // namespace

void append_string(std::string& out, std::string_view text) {
  if (plain_prefix(text) == text.size()) {
    append_quoted(out, text, {});
    return;
  }
  out += '"';
  std::size_t plain = 0;  // start of the run that needs no change
  std::size_t i = 0;
  while (i < text.size()) {
    i += plain_prefix(text.substr(i));
    if (i == text.size()) break;
    if (static_cast<unsigned char>(text[i]) >= 0x80) {
      const std::size_t length = utf8_sequence(text.substr(i));
      if (length != 0) {
        i += length;
        continue;
      }
      out.append(text, plain, i - plain);
      out += "\xEF\xBF\xBD";
    } else {
      out.append(text, plain, i - plain);
      append_escape(out, text[i]);
    }
    plain = ++i;
  }
  out.append(text, plain, std::string_view::npos);
  out += '"';
}

std::string quoted(std::string_view text) {
  std::string out;
  out.reserve(text.size() + 2);
  append_string(out, text);
  return out;
}

void Writer::separate() {
  if (comma_) out_ += ',';
  comma_ = true;
}

void Writer::open(char bracket) {
  separate();
  out_ += bracket;
  comma_ = false;
}

void Writer::close(char bracket) {
  out_ += bracket;
  comma_ = true;
}

Writer& Writer::begin_object() {
  open('{');
  return *this;
}

Writer& Writer::end_object() {
  close('}');
  return *this;
}

Writer& Writer::begin_array() {
  open('[');
  return *this;
}

Writer& Writer::end_array() {
  close(']');
  return *this;
}

Writer& Writer::key(std::string_view name) {
  separate();
  if (plain_prefix(name) == name.size()) {
    append_quoted(out_, name, ":");
  } else {
    append_string(out_, name);
    out_ += ':';
  }
  comma_ = false;
  return *this;
}

Writer& Writer::string(std::string_view text) {
  separate();
  append_string(out_, text);
  return *this;
}

Writer& Writer::integer(std::int64_t value) {
  separate();
  std::array<char, 24> digits{};
  const auto [end, error] = std::to_chars(digits.data(), digits.data() + digits.size(), value);
  out_.append(digits.data(), static_cast<std::size_t>(end - digits.data()));
  return *this;
}

Writer& Writer::number(double value) {
  if (!std::isfinite(value)) return null();
  separate();
  std::array<char, 32> digits{};
  const auto [end, error] = std::to_chars(digits.data(), digits.data() + digits.size(), value);
  out_.append(digits.data(), static_cast<std::size_t>(end - digits.data()));
  return *this;
}

Writer& Writer::boolean(bool value) {
  separate();
  out_ += value ? "true" : "false";
  return *this;
}

Writer& Writer::null() {
  separate();
  out_ += "null";
  return *this;
}

Writer& Writer::raw(std::string_view json) {
  if (json.empty()) return null();
  separate();
  out_ += json;
  return *this;
}

}  // namespace bifrost::json
