#include "cel/literal.h"

#include "base/strings.h"

#include <charconv>
#include <limits>
#include <system_error>
#include <utility>

namespace bifrost::cel {
namespace {

constexpr std::uint32_t kCodePointMax = 0x10FFFF;

bool is_character(std::uint32_t code_point) {
  const bool surrogate = code_point >= 0xD800 && code_point <= 0xDFFF;
  return code_point <= kCodePointMax && !surrogate;
}

// An escape that is one byte by its letter.
std::optional<char> simple_escape(char letter) {
  switch (letter) {
    case 'a':
      return '\a';
    case 'b':
      return '\b';
    case 'f':
      return '\f';
    case 'n':
      return '\n';
    case 'r':
      return '\r';
    case 't':
      return '\t';
    case 'v':
      return '\v';
    case '\\':
    case '?':
    case '"':
    case '\'':
    case '`':
      return letter;
    default:
      return std::nullopt;
  }
}

// Of one with digits: how many, and to which base. No digits: there is no such escape.
struct Digits {
  std::size_t begin = 1;  // after the backslash
  std::size_t count = 0;
  int base = 16;
};

Digits digits_of(char letter) {
  if (letter == 'x' || letter == 'X') return {.count = 2};
  if (letter == 'u') return {.count = 4};
  if (letter == 'U') return {.count = 8};
  if (letter >= '0' && letter <= '3') return {.begin = 0, .count = 3, .base = 8};
  return {};
}

std::optional<std::uint32_t> parse_digits(std::string_view text, int base) {
  std::uint32_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, base);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

}  // namespace

void append_utf8(std::string& out, std::uint32_t code_point) {
  const auto push = [&](std::uint32_t byte) { out += static_cast<char>(byte); };
  const auto tail = [&](int shift) { push(0x80U | ((code_point >> shift) & 0x3FU)); };
  if (code_point < 0x80) {
    push(code_point);
  } else if (code_point < 0x800) {
    push(0xC0U | (code_point >> 6));
    tail(0);
  } else if (code_point < 0x10000) {
    push(0xE0U | (code_point >> 12));
    tail(6);
    tail(0);
  } else {
    push(0xF0U | (code_point >> 18));
    tail(12);
    tail(6);
    tail(0);
  }
}

std::expected<std::string, BadEscape> decode_escapes(std::string_view written, bool bytes) {
  std::string out;
  out.reserve(written.size());
  for (std::size_t at = 0; at < written.size();) {
    if (written[at] != '\\') {
      out += written[at++];
      continue;
    }
    const std::string_view rest = written.substr(at + 1);  // the lexer has seen that there is one
    const char letter = rest.empty() ? '\0' : rest.front();
    if (const auto simple = simple_escape(letter)) {
      out += *simple;
      at += 2;
      continue;
    }
    const Digits digits = digits_of(letter);
    if (digits.count == 0) {
      return std::unexpected(BadEscape{at, "there is no such escape; for a backslash write \\\\"});
    }
    const bool named = digits.count > 3;
    const std::string_view text = rest.substr(digits.begin, digits.count);
    const auto value = text.size() == digits.count ? parse_digits(text, digits.base) : std::nullopt;
    if (!value || !is_character(*value) || (named && bytes)) {
      return std::unexpected(BadEscape{at, "this escape means no character"});
    }
    if (bytes) {
      out += static_cast<char>(*value);
    } else {
      append_utf8(out, *value);
    }
    at += 1 + digits.begin + digits.count;
  }
  return out;
}

std::optional<std::uint64_t> parse_magnitude(std::string_view digits) {
  const bool hex = digits.starts_with("0x") || digits.starts_with("0X");
  if (hex) digits.remove_prefix(2);
  std::uint64_t value = 0;
  const char* end = digits.data() + digits.size();
  const auto [read, error] = std::from_chars(digits.data(), end, value, hex ? 16 : 10);
  if (error != std::errc() || read != end) return std::nullopt;
  return value;
}

std::optional<std::int64_t> parse_signed(std::string_view digits, bool negative) {
  const auto magnitude = parse_magnitude(digits);
  if (!magnitude) return std::nullopt;
  constexpr auto kMax = std::numeric_limits<std::int64_t>::max();
  if (std::cmp_less_equal(*magnitude, kMax)) {
    const auto value = static_cast<std::int64_t>(*magnitude);
    return negative ? -value : value;
  }
  if (!negative || *magnitude != static_cast<std::uint64_t>(kMax) + 1) return std::nullopt;
  return std::numeric_limits<std::int64_t>::min();
}

}  // namespace bifrost::cel
