#include "cel/lexer.h"

#include "base/strings.h"
#include "base/try.h"
#include "base/utf8.h"
#include "cel/literal.h"

#include <algorithm>
#include <array>
#include <utility>

namespace bifrost::cel {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_hex(char c) { return is_digit(c) || (ascii_lower(c) >= 'a' && ascii_lower(c) <= 'f'); }
bool begins_name(char c) { return c == '_' || (ascii_lower(c) >= 'a' && ascii_lower(c) <= 'z'); }
bool continues_name(char c) { return begins_name(c) || is_digit(c); }

// The longer ones first.
constexpr std::array<std::string_view, 24> kSigns = {"&&", "||", "==", "!=", "<=", ">=", "<", ">",
                                                     "+",  "-",  "*",  "/",  "%",  "!",  "?", ":",
                                                     ".",  ",",  "(",  ")",  "[",  "]",  "{", "}"};

// How many bytes of a text or bytes literal stand before its first quote: r, b, or both.
std::size_t prefix_of(std::string_view text) {
  std::size_t length = 0;
  while (length < 2 && length < text.size() &&
         (ascii_lower(text[length]) == 'r' || ascii_lower(text[length]) == 'b')) {
    ++length;
  }
  const bool quote = length < text.size() && (text[length] == '"' || text[length] == '\'');
  const bool twice = length == 2 && ascii_lower(text[0]) == ascii_lower(text[1]);
  return quote && !twice ? length : std::string_view::npos;
}

}  // namespace

Error fault_at(std::string_view text, std::size_t place, std::string_view what) {
  const std::string_view before = text.substr(0, place);
  const auto lines = std::ranges::count(before, '\n');
  const std::size_t line_begin = before.rfind('\n') + 1;  // npos + 1 is 0
  const auto columns = std::ranges::count_if(before.substr(line_begin), [](char c) {
    return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U;
  });
  return client_error(ErrorCode::kInvalidRequest, "line " + std::to_string(lines + 1) +
                                                      ", column " + std::to_string(columns + 1) +
                                                      ": " + std::string(what));
}

void Lexer::skip_space() {
  for (;;) {
    while (at_ < text_.size() && std::string_view(" \t\r\n\f").contains(text_[at_])) ++at_;
    if (!text_.substr(at_).starts_with("//")) return;
    at_ = std::min(text_.find('\n', at_), text_.size());
  }
}

Result<Token> Lexer::next() {
  skip_space();
  if (at_ == text_.size()) return Token{.word = Word::kEnd, .place = at_};
  const char first = text_[at_];
  if (prefix_of(text_.substr(at_)) != std::string_view::npos) return literal();
  if (begins_name(first)) return name();
  if (first == '`') return quoted_name();
  const bool fraction = first == '.' && at_ + 1 < text_.size() && is_digit(text_[at_ + 1]);
  if (is_digit(first) || fraction) return number();
  return sign();
}

Token Lexer::name() {
  const std::size_t begin = at_;
  while (at_ < text_.size() && continues_name(text_[at_])) ++at_;
  return {.word = Word::kName, .place = begin, .text = text_.substr(begin, at_ - begin)};
}

// Of fields that are no plain words: headers.`x-tier`.
Result<Token> Lexer::quoted_name() {
  const std::size_t begin = at_;
  const std::size_t end = text_.find('`', begin + 1);
  const auto belongs = [](char c) {
    return continues_name(c) || std::string_view(".-/ ").contains(c);
  };
  const std::string_view inside =
      text_.substr(begin + 1, end - begin - 1);  // npos: all that is left
  if (end == std::string_view::npos || inside.empty() || !std::ranges::all_of(inside, belongs)) {
    return fault_at(text_, begin, "no name stands between two ` here");
  }
  at_ = end + 1;
  return Token{.word = Word::kQuotedName, .place = begin, .text = inside};
}

std::size_t Lexer::digits(std::size_t from) const {
  std::size_t end = from;
  while (end < text_.size() && is_digit(text_[end])) ++end;
  return end;
}

Token Lexer::number() {
  const std::size_t begin = at_;
  const auto ahead = [&](std::size_t at) { return at < text_.size() ? text_[at] : '\0'; };
  Token token{.word = Word::kInt, .place = begin};
  if (text_[begin] == '0' && ascii_lower(ahead(begin + 1)) == 'x' && is_hex(ahead(begin + 2))) {
    at_ = begin + 2;
    while (is_hex(ahead(at_))) ++at_;
  } else {
    at_ = digits(begin);
    if (ahead(at_) == '.' && is_digit(ahead(at_ + 1))) {
      token.word = Word::kDouble;
      at_ = digits(at_ + 1);
    }
    if (ascii_lower(ahead(at_)) == 'e') {
      const std::size_t sign = ahead(at_ + 1) == '+' || ahead(at_ + 1) == '-' ? 1 : 0;
      if (is_digit(ahead(at_ + 1 + sign))) {
        token.word = Word::kDouble;
        at_ = digits(at_ + 1 + sign);
      }
    }
  }
  token.text = text_.substr(begin, at_ - begin);
  if (token.word == Word::kInt && ascii_lower(ahead(at_)) == 'u') {
    token.word = Word::kUint;
    ++at_;
  }
  return token;
}

Result<Token> Lexer::literal() {
  const std::size_t begin = at_;
  const std::string prefix = ascii_lower(text_.substr(at_, prefix_of(text_.substr(at_))));
  const bool raw = prefix.contains('r');
  at_ += prefix.size();
  const std::string_view rest = text_.substr(at_);
  const char quote = rest.front();
  const std::string three(3, quote);
  const std::string_view end =
      rest.starts_with(three) ? std::string_view(three) : std::string_view(three).substr(0, 1);
  at_ += end.size();
  const std::size_t body = at_;
  while (!text_.substr(at_).starts_with(end)) {
    if (!raw && at_ < text_.size() && text_[at_] == '\\') ++at_;
    const bool over = at_ >= text_.size();
    if (over || (end.size() == 1 && (text_[at_] == '\n' || text_[at_] == '\r'))) {
      return fault_at(text_, begin, "the text has no end: a " + std::string(end) + " is missing");
    }
    ++at_;
  }
  const std::string_view written = text_.substr(body, at_ - body);
  at_ += end.size();
  Token token{.word = prefix.contains('b') ? Word::kBytes : Word::kString,
              .place = begin,
              .text = text_.substr(begin, at_ - begin)};
  if (raw) {
    token.decoded = written;
    return token;
  }
  auto decoded = decode_escapes(written, token.word == Word::kBytes);
  if (!decoded) return fault_at(text_, body + decoded.error().place, decoded.error().what);
  token.decoded = *std::move(decoded);
  return token;
}

Result<Token> Lexer::sign() {
  const std::string_view rest = text_.substr(at_);
  const auto* found =
      std::ranges::find_if(kSigns, [&](std::string_view sign) { return rest.starts_with(sign); });
  if (found == kSigns.end()) {
    const std::size_t length = std::max<std::size_t>(1, utf8_sequence(rest));
    return fault_at(text_, at_, quoted(rest.substr(0, length)) + " does not belong here");
  }
  Token token{.word = Word::kSign, .place = at_, .text = text_.substr(at_, found->size())};
  at_ += found->size();
  return token;
}

}  // namespace bifrost::cel
