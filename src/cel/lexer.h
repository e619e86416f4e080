// From the text of an expression to its words.
#pragma once

#include "base/result.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace bifrost::cel {

enum class Word : std::uint8_t {
  kEnd,
  kName,
  kInt,
  kUint,
  kDouble,
  kString,
  kBytes,
  kQuotedName,
  kSign
};

struct Token {
  Word word = Word::kEnd;
  std::size_t place = 0;       // of its first byte in the text
  std::string_view text = {};  // as written; of numbers without the u, of names without quotes
  std::string decoded = {};    // of kString and kBytes

  [[nodiscard]] bool is(std::string_view sign) const { return word == Word::kSign && text == sign; }
};

// "line 1, column 7: <what>"; columns count characters.
[[nodiscard]] Error fault_at(std::string_view text, std::size_t place, std::string_view what);

class Lexer {
 public:
  explicit Lexer(std::string_view text) : text_(text) {}  // outlives the lexer and its tokens

  // kEnd at the end, again and again. Fails with kInvalidRequest and the place.
  Result<Token> next();

 private:
  void skip_space();
  Token number();
  [[nodiscard]] std::size_t digits(std::size_t from) const;
  Token name();
  Result<Token> quoted_name();
  Result<Token> literal();
  Result<Token> sign();

  std::string_view text_;
  std::size_t at_ = 0;
};

}  // namespace bifrost::cel
