// A text into the nodes of a Document, in one pass and without a tree of calls: the open containers
// are chained through the nodes themselves. The bytes of a string, most of any text here, are
// looked at sixteen at a time.
#include "base/limits.h"
#include "json/block.h"
#include "json/count_values.h"
#include "json/document.h"

#include <simdjson.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <limits>
#include <memory>
#include <string>
#include <utility>

namespace bifrost::json {
namespace {

using internal::Block;
using internal::Node;

// Zeros behind the text: a block may be read at its last byte, and no loop needs to ask for the
// end, for a zero is legal nowhere.
constexpr std::size_t kPadding = sizeof(Block);

// What a text of its size is likely to hold. Of a long one, which may be mostly long strings or
// nothing but brackets, they are counted: growing would take half as much again.
constexpr std::size_t kNodesReservedMax = 256;
constexpr std::size_t kLongBytes = std::size_t{64} * 1024;

constexpr std::uint32_t kNoNode = std::numeric_limits<std::uint32_t>::max();

bool is_digit(char c) { return c >= '0' && c <= '9'; }

bool is_hex(char c) { return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }

Error syntax_error(std::string_view text, std::size_t at, std::string_view what) {
  std::size_t line = 1;
  std::size_t column = 1;
  for (const char c : text.substr(0, at)) {
    ++column;
    if (c == '\n') {
      ++line;
      column = 1;
    }
  }
  return client_error(ErrorCode::kInvalidRequest, "invalid JSON at line " + std::to_string(line) +
                                                      ", column " + std::to_string(column) + ": " +
                                                      std::string(what));
}

}  // namespace

class Builder {
 public:
  explicit Builder(Document& document)
      : text_(document.text_.get()),
        end_(text_ + document.size_),
        at_(text_),
        nodes_(document.nodes_) {}

  Result<void> build() {
    const bool built = values() && nothing_behind();
    if (built && all_utf8()) return {};
    const std::string_view all(text_, static_cast<std::size_t>(end_ - text_));
    if (built) return syntax_error(all, 0, "the text is not valid UTF-8");
    return syntax_error(all, here(), fault_);
  }

 private:
  // The root and all that is inside of it.
  bool values() {
    while (true) {
      skip_space();
      const char c = *at_;
      const bool opens = c == '{' || c == '[';
      if (!(opens ? open(c) : scalar(c))) return false;
      skip_space();
      if (opens && *at_ != closing(innermost())) {
        if (c == '{' && !name()) return false;
        continue;
      }
      if (opens) close();
      bool through = false;
      if (!behind_value(through)) return false;
      if (through) return true;
    }
  }

  // Closes what ends here and stands at the next value, if there is one.
  bool behind_value(bool& through) {
    while (open_ != kNoNode) {
      skip_space();
      Node& container = innermost();
      ++container.count;
      if (*at_ == ',') {
        ++at_;
        skip_space();
        return container.type == Type::kArray || name();
      }
      if (*at_ != closing(container)) {
        return fail(container.type == Type::kObject ? "a comma or '}' is missing"
                                                    : "a comma or ']' is missing");
      }
      close();
    }
    through = true;
    return true;
  }

  bool nothing_behind() {
    skip_space();
    return at_ == end_ || fail("something stands behind the value");
  }

  // An open container has its parent in `next`.
  bool open(char bracket) {
    if (depth_ == limits::kJsonDepthMax) {
      return fail("more than " + std::to_string(limits::kJsonDepthMax) +
                  " containers inside each other");
    }
    ++depth_;
    Node& node = add(bracket == '{' ? Type::kObject : Type::kArray);
    node.next = std::exchange(open_, static_cast<std::uint32_t>(nodes_.size() - 1));
    ++at_;
    return true;
  }

  void close() {
    ++at_;
    --depth_;
    Node& node = innermost();
    node.end = here();
    open_ = std::exchange(node.next, static_cast<std::uint32_t>(nodes_.size()));
  }

  bool scalar(char first) {
    Node& node = add(Type::kMissing);
    if (first == '"') {
      node.type = Type::kString;
      if (!string(node.escaped)) return false;
    } else if (first == '-' || is_digit(first)) {
      node.type = Type::kNumber;
      if (!number()) return false;
    } else if (word("true") || word("false")) {
      node.type = Type::kBool;
    } else if (word("null")) {
      node.type = Type::kNull;
    } else {
      return fail("a value is missing");
    }
    node.end = here();
    node.next = static_cast<std::uint32_t>(nodes_.size());
    return true;
  }

  // The name of a member and the colon behind it.
  bool name() {
    if (*at_ != '"') return fail("a name in quotes is missing");
    key_begin_ = here() + 1;
    key_escaped_ = false;
    if (!string(key_escaped_)) return false;
    key_end_ = here() - 1;
    skip_space();
    if (*at_ != ':') return fail("a colon is missing");
    ++at_;
    return true;
  }

  bool string(bool& escaped) {
    ++at_;
    while (true) {
      to_special();
      if (*at_ == '"') {
        ++at_;
        return true;
      }
      if (*at_ != '\\') return fail("a control character in a string");
      escaped = true;
      if (!escape()) return fail("a string with a broken escape");
    }
  }

  // Moves to the next quote, backslash or control character.
  void to_special() {
    const char* at = at_;
    Block high = high_;
    unsigned bits = 0;
    while (true) {
      const Block block = internal::load_block(at);
      high |= block;
      bits = internal::lane_bits((block == '"') | (block == '\\') | (block < 0x20));
      if (bits != 0) break;
      at += sizeof(block);
    }
    at_ = at + std::countr_zero(bits);
    high_ = high;
  }

  bool escape() {
    switch (at_[1]) {
      case '"':
      case '\\':
      case '/':
      case 'b':
      case 'f':
      case 'n':
      case 'r':
      case 't':
        at_ += 2;
        return true;
      case 'u':
        if (!is_hex(at_[2]) || !is_hex(at_[3]) || !is_hex(at_[4]) || !is_hex(at_[5])) return false;
        at_ += 6;
        return true;
      default:
        return false;
    }
  }

  // RFC 8259: no leading zeros, no plus, digits on both sides of the point.
  bool number() {
    if (*at_ == '-') ++at_;
    if (*at_ == '0') {
      ++at_;
    } else if (!digits()) {
      return fail("a broken number");
    }
    if (*at_ == '.') {
      ++at_;
      if (!digits()) return fail("a broken number");
    }
    if (*at_ == 'e' || *at_ == 'E') {
      ++at_;
      if (*at_ == '+' || *at_ == '-') ++at_;
      if (!digits()) return fail("a broken number");
    }
    return true;
  }

  bool digits() {
    const char* first = at_;
    while (is_digit(*at_)) ++at_;
    return at_ != first;
  }

  bool word(std::string_view text) {
    if (std::memcmp(at_, text.data(), text.size()) != 0) return false;
    at_ += text.size();
    return true;
  }

  void skip_space() {
    while (*at_ == ' ' || *at_ == '\n' || *at_ == '\r' || *at_ == '\t') ++at_;
  }

  Node& add(Type type) {
    return nodes_.emplace_back(Node{.begin = here(),
                                    .key_begin = std::exchange(key_begin_, 0),
                                    .key_end = std::exchange(key_end_, 0),
                                    .type = type,
                                    .key_escaped = std::exchange(key_escaped_, false)});
  }

  // Outside of strings every byte was looked at: what is not ASCII is in `high_`.
  [[nodiscard]] bool all_utf8() const {
    const auto halves = std::bit_cast<std::array<std::uint64_t, 2>>(high_);
    if (((halves[0] | halves[1]) & 0x8080808080808080U) == 0) return true;
    return simdjson::validate_utf8(text_, static_cast<std::size_t>(end_ - text_));
  }

  bool fail(std::string what) {
    fault_ = at_ == end_ ? "the text ends too early" : std::move(what);
    return false;
  }

  Node& innermost() { return nodes_[open_]; }
  static char closing(const Node& node) { return node.type == Type::kObject ? '}' : ']'; }
  [[nodiscard]] std::uint32_t here() const { return static_cast<std::uint32_t>(at_ - text_); }

  const char* text_;
  const char* end_;
  const char* at_;
  std::vector<Node>& nodes_;
  std::uint32_t open_ = kNoNode;  // the innermost open container
  std::size_t depth_ = 0;
  std::uint32_t key_begin_ = 0;  // of the name that was read last, until its value takes it
  std::uint32_t key_end_ = 0;
  bool key_escaped_ = false;
  Block high_{};  // all bytes of strings, or-ed
  std::string fault_;
};

Result<Document> Document::parse(std::string_view text) {
  if (text.size() > std::numeric_limits<std::uint32_t>::max() - kPadding) {
    return client_error(ErrorCode::kInvalidRequest, "the JSON text is larger than 4 GiB");
  }
  Document document;
  document.size_ = text.size();
  document.text_ = std::make_unique_for_overwrite<char[]>(text.size() + kPadding);
  std::ranges::copy(text, document.text_.get());
  std::memset(document.text_.get() + text.size(), 0, kPadding);
  document.nodes_.reserve(text.size() > kLongBytes
                              ? count_values(text)
                              : std::min(text.size() / 24 + 4, kNodesReservedMax));
  auto built = Builder(document).build();
  if (!built) return std::move(built).error();
  return document;
}

}  // namespace bifrost::json
