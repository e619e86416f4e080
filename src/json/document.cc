#include "json/document.h"

#include "base/assert.h"
#include "base/limits.h"

#include <simdjson.h>

#include <charconv>
#include <cmath>
#include <cstring>
#include <limits>
#include <utility>

namespace bifrost::json {
namespace {

using internal::Node;
using simdjson::ondemand::json_type;

bool is_space(char c) { return c == ' ' || c == '\n' || c == '\r' || c == '\t'; }

std::optional<unsigned> four_hex(std::string_view text) {
  if (text.size() < 4) return std::nullopt;
  unsigned value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + 4, value, 16);
  if (error != std::errc{} || end != text.data() + 4) return std::nullopt;
  return value;
}

void append_utf8(std::string& out, unsigned code) {
  const auto put = [&](unsigned byte) { out += static_cast<char>(byte); };
  if (code < 0x80) {
    put(code);
  } else if (code < 0x800) {
    put(0xC0U | (code >> 6U));
    put(0x80U | (code & 0x3FU));
  } else if (code < 0x10000) {
    put(0xE0U | (code >> 12U));
    put(0x80U | ((code >> 6U) & 0x3FU));
    put(0x80U | (code & 0x3FU));
  } else {
    put(0xF0U | (code >> 18U));
    put(0x80U | ((code >> 12U) & 0x3FU));
    put(0x80U | ((code >> 6U) & 0x3FU));
    put(0x80U | (code & 0x3FU));
  }
}

// Reads what follows "\u"; `at` stands behind it and is moved on.
bool append_unicode_escape(std::string& out, std::string_view text, std::size_t& at) {
  const auto first = four_hex(text.substr(at));
  if (!first) return false;
  at += 4;
  if (*first < 0xD800 || *first > 0xDFFF) {
    append_utf8(out, *first);
    return true;
  }
  if (*first <= 0xDBFF && text.substr(at, 2) == "\\u") {
    const auto second = four_hex(text.substr(at + 2));
    if (second && *second >= 0xDC00 && *second <= 0xDFFF) {
      at += 6;
      append_utf8(out, 0x10000U + ((*first - 0xD800U) << 10U) + (*second - 0xDC00U));
      return true;
    }
  }
  append_utf8(out, 0xFFFD);
  return true;
}

// The text between two quotes without them.
std::string_view inside_quotes(std::string_view literal) {
  return literal.size() >= 2 ? literal.substr(1, literal.size() - 2) : std::string_view{};
}

Error syntax_error(std::string_view text, std::size_t at, std::string_view what) {
  std::size_t line = 1;
  std::size_t column = 1;
  for (std::size_t i = 0; i < at && i < text.size(); ++i) {
    ++column;
    if (text[i] == '\n') {
      ++line;
      column = 1;
    }
  }
  return client_error(ErrorCode::kInvalidRequest, "invalid JSON at line " + std::to_string(line) +
                                                      ", column " + std::to_string(column) + ": " +
                                                      std::string(what));
}

bool valid_number(std::string_view text) {
  // RFC 8259: no leading zeros, no plus, digits on both sides of the point.
  std::size_t i = 0;
  const auto digits = [&] {
    const std::size_t start = i;
    while (i < text.size() && text[i] >= '0' && text[i] <= '9') ++i;
    return i - start;
  };
  if (i < text.size() && text[i] == '-') ++i;
  const std::size_t integer_start = i;
  const std::size_t integer_digits = digits();
  if (integer_digits == 0 || (integer_digits > 1 && text[integer_start] == '0')) return false;
  if (i < text.size() && text[i] == '.') {
    ++i;
    if (digits() == 0) return false;
  }
  if (i < text.size() && (text[i] == 'e' || text[i] == 'E')) {
    ++i;
    if (i < text.size() && (text[i] == '+' || text[i] == '-')) ++i;
    if (digits() == 0) return false;
  }
  return i == text.size();
}

}  // namespace

// Walks the text once and writes one node per value.
class Builder {
 public:
  explicit Builder(Document& document) : document_(document) {}

  Result<void> build() {
    const std::size_t capacity = document_.text_.size();
    if (const auto error =
            parser_.iterate(document_.text_.data(), document_.size_, capacity).get(json_)) {
      return fail(error, 0);
    }
    json_type type{};
    if (const auto error = json_.type().get(type)) return fail(error, 0);
    if (type == json_type::object || type == json_type::array) {
      simdjson::ondemand::value value;
      if (const auto error = json_.get_value().get(value)) return fail(error, 0);
      auto walked = walk(value, 0, 0, 0);
      if (!walked) return walked;
      if (here() != document_.size_) return fail(simdjson::TRAILING_CONTENT, here());
      return {};
    }
    return root_scalar();
  }

 private:
  // on-demand treats a document that is one scalar apart; here the text itself is the token.
  Result<void> root_scalar() {
    const std::string_view all = document_.text();
    std::size_t begin = 0;
    std::size_t end = all.size();
    while (begin < end && is_space(all[begin])) ++begin;
    while (end > begin && is_space(all[end - 1])) --end;
    const std::string_view token = all.substr(begin, end - begin);
    if (token.starts_with('"') && key_length(token.data() + 1) + 2 != token.size()) {
      return fail(simdjson::TRAILING_CONTENT, begin);
    }
    return scalar(token, 0, 0);
  }

  Result<void> walk(simdjson::ondemand::value value, std::uint32_t key_begin, std::uint32_t key_end,
                    std::size_t depth) {
    json_type type{};
    if (const auto error = value.type().get(type)) return fail(error, here());
    if (type == json_type::object || type == json_type::array) {
      if (depth >= limits::kJsonDepthMax) {
        return syntax_error(
            document_.text(), here(),
            "more than " + std::to_string(limits::kJsonDepthMax) + " containers inside each other");
      }
      return container(value, type, key_begin, key_end, depth);
    }
    std::string_view token = value.raw_json_token();
    while (!token.empty() && is_space(token.back())) token.remove_suffix(1);
    auto added = scalar(token, key_begin, key_end);
    if (!added) return added;
    // Consumes the token, and checks what on-demand checks only now.
    if (type == json_type::string) {
      if (const auto error = value.get_raw_json_string().error()) return fail(error, offset(token));
    } else if (type == json_type::boolean) {
      if (const auto error = value.get_bool().error()) return fail(error, offset(token));
    } else if (type == json_type::null) {
      if (const auto error = value.is_null().error()) return fail(error, offset(token));
    }
    return {};
  }

  Result<void> container(simdjson::ondemand::value value, json_type type, std::uint32_t key_begin,
                         std::uint32_t key_end, std::size_t depth) {
    const auto index = static_cast<std::uint32_t>(document_.nodes_.size());
    const std::string_view token = value.raw_json_token();
    document_.nodes_.push_back({.begin = static_cast<std::uint32_t>(offset(token)),
                                .key_begin = key_begin,
                                .key_end = key_end,
                                .type = type == json_type::object ? Type::kObject : Type::kArray});
    std::uint32_t count = 0;
    if (type == json_type::object) {
      simdjson::ondemand::object object;
      if (const auto error = value.get_object().get(object)) return fail(error, offset(token));
      for (auto field_result : object) {
        simdjson::ondemand::field field;
        if (const auto error = std::move(field_result).get(field)) return fail(error, here());
        const char* key = field.key().raw();
        const auto begin = static_cast<std::uint32_t>(key - document_.text_.data());
        const std::uint32_t end = begin + key_length(key);
        if (!good_escapes({key, end - begin})) {
          return syntax_error(document_.text(), begin, "a name with a broken escape");
        }
        auto walked = walk(field.value(), begin, end, depth + 1);
        if (!walked) return walked;
        ++count;
      }
    } else {
      simdjson::ondemand::array array;
      if (const auto error = value.get_array().get(array)) return fail(error, offset(token));
      for (auto element_result : array) {
        simdjson::ondemand::value element;
        if (const auto error = std::move(element_result).get(element)) return fail(error, here());
        auto walked = walk(element, 0, 0, depth + 1);
        if (!walked) return walked;
        ++count;
      }
    }
    Node& node = document_.nodes_[index];
    node.end = static_cast<std::uint32_t>(end_of_container());
    node.count = count;
    node.next = static_cast<std::uint32_t>(document_.nodes_.size());
    return {};
  }

  Result<void> scalar(std::string_view token, std::uint32_t key_begin, std::uint32_t key_end) {
    const auto begin = static_cast<std::uint32_t>(offset(token));
    Type type = Type::kMissing;
    if (token == "null") {
      type = Type::kNull;
    } else if (token == "true" || token == "false") {
      type = Type::kBool;
    } else if (valid_number(token)) {
      type = Type::kNumber;
    } else if (token.size() >= 2 && token.front() == '"' && token.back() == '"') {
      if (!good_escapes(token)) {
        return syntax_error(document_.text(), begin, "a string with a broken escape");
      }
      type = Type::kString;
    } else {
      return syntax_error(document_.text(), begin, "not a JSON value");
    }
    const auto index = static_cast<std::uint32_t>(document_.nodes_.size());
    document_.nodes_.push_back({.begin = begin,
                                .end = begin + static_cast<std::uint32_t>(token.size()),
                                .key_begin = key_begin,
                                .key_end = key_end,
                                .next = index + 1,
                                .type = type});
    return {};
  }

  static bool good_escapes(std::string_view literal) {
    return literal.find('\\') == std::string_view::npos || unescape(literal).has_value();
  }

  static std::uint32_t key_length(const char* key) {
    const char* end = key;
    while (*end != '"') end += *end == '\\' ? 2 : 1;
    return static_cast<std::uint32_t>(end - key);
  }

  std::size_t offset(std::string_view slice) const {
    return static_cast<std::size_t>(slice.data() - document_.text_.data());
  }

  // Where the parser stands; the end of the text when it is through.
  std::size_t here() {
    const char* place = nullptr;
    if (json_.current_location().get(place) != simdjson::SUCCESS) return document_.size_;
    return static_cast<std::size_t>(place - document_.text_.data());
  }

  // The parser stands at the token behind the bracket: go back over the white space.
  std::size_t end_of_container() {
    std::size_t end = here();
    while (end > 0 && is_space(document_.text_[end - 1])) --end;
    return end;
  }

  Error fail(simdjson::error_code error, std::size_t at) const {
    return syntax_error(document_.text(), at, simdjson::error_message(error));
  }

  Document& document_;
  simdjson::ondemand::parser parser_;
  simdjson::ondemand::document json_;
};

std::string_view type_name(Type type) {
  switch (type) {
    case Type::kMissing:
      return "nothing";
    case Type::kNull:
      return "null";
    case Type::kBool:
      return "a boolean";
    case Type::kNumber:
      return "a number";
    case Type::kString:
      return "a string";
    case Type::kArray:
      return "an array";
    case Type::kObject:
      return "an object";
  }
  return "nothing";
}

Result<Document> Document::parse(std::string_view text) {
  if (text.size() > std::numeric_limits<std::uint32_t>::max() - simdjson::SIMDJSON_PADDING) {
    return client_error(ErrorCode::kInvalidRequest, "the JSON text is larger than 4 GiB");
  }
  Document document;
  document.size_ = text.size();
  document.text_.resize(text.size() + simdjson::SIMDJSON_PADDING);
  if (!text.empty()) std::memcpy(document.text_.data(), text.data(), text.size());
  document.nodes_.reserve(text.size() / 24 + 8);
  auto built = Builder(document).build();
  if (!built) return std::move(built).error();
  return document;
}

std::optional<std::string> unescape(std::string_view literal) {
  if (!literal.empty() && literal.front() == '"') literal = inside_quotes(literal);
  std::string out;
  out.reserve(literal.size());
  std::size_t at = 0;
  while (at < literal.size()) {
    const auto backslash = literal.find('\\', at);
    out.append(literal, at, backslash - at);
    if (backslash == std::string_view::npos) break;
    if (backslash + 1 >= literal.size()) return std::nullopt;
    at = backslash + 2;
    switch (literal[backslash + 1]) {
      case '"':
        out += '"';
        break;
      case '\\':
        out += '\\';
        break;
      case '/':
        out += '/';
        break;
      case 'b':
        out += '\b';
        break;
      case 'f':
        out += '\f';
        break;
      case 'n':
        out += '\n';
        break;
      case 'r':
        out += '\r';
        break;
      case 't':
        out += '\t';
        break;
      case 'u':
        if (!append_unicode_escape(out, literal, at)) return std::nullopt;
        break;
      default:
        return std::nullopt;
    }
  }
  return out;
}

const Node& Value::node() const { return document_->nodes_[index_]; }

Type Value::type() const { return exists() ? node().type : Type::kMissing; }

std::string_view Value::raw() const {
  if (!exists()) return {};
  return document_->text().substr(node().begin, node().end - node().begin);
}

std::size_t Value::offset() const { return exists() ? node().begin : 0; }

std::optional<bool> Value::boolean() const {
  if (!is_bool()) return std::nullopt;
  return raw() == "true";
}

std::optional<double> Value::number() const {
  if (!is_number()) return std::nullopt;
  const std::string_view text = raw();
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{}) return std::nullopt;
  return value;
}

std::optional<std::int64_t> Value::integer() const {
  if (!is_number()) return std::nullopt;
  const std::string_view text = raw();
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error == std::errc{} && end == text.data() + text.size()) return value;
  const auto real = number();
  constexpr double kExact = 9007199254740992.0;  // 2^53: whole numbers below are exact
  if (!real || std::trunc(*real) != *real || std::abs(*real) > kExact) return std::nullopt;
  return static_cast<std::int64_t>(*real);
}

std::optional<std::string> Value::string() const {
  if (!is_string()) return std::nullopt;
  const std::string_view inside = inside_quotes(raw());
  if (inside.find('\\') == std::string_view::npos) return std::string(inside);
  return unescape(raw());
}

std::string Value::string_or(std::string_view fallback) const {
  auto text = string();
  return text ? *std::move(text) : std::string(fallback);
}

bool Value::equals(std::string_view text) const {
  if (!is_string()) return false;
  const std::string_view inside = inside_quotes(raw());
  if (inside.find('\\') == std::string_view::npos) return inside == text;
  return unescape(raw()) == text;
}

std::string Value::key() const {
  if (!exists()) return {};
  const std::string_view bytes =
      document_->text().substr(node().key_begin, node().key_end - node().key_begin);
  if (bytes.find('\\') == std::string_view::npos) return std::string(bytes);
  return unescape(bytes).value_or(std::string(bytes));
}

std::size_t Value::key_offset() const {
  return exists() && node().key_begin > 0 ? node().key_begin - 1 : 0;
}

Value Value::operator[](std::string_view key) const {
  if (!is_object()) return {};
  const std::string_view text = document_->text();
  for (const Value child : children()) {
    const Node& node = child.node();
    const std::string_view bytes = text.substr(node.key_begin, node.key_end - node.key_begin);
    if (bytes == key) return child;
    if (bytes.find('\\') != std::string_view::npos && unescape(bytes) == key) return child;
  }
  return {};
}

Value Value::at(std::size_t index) const {
  if (!is_array()) return {};
  for (const Value child : children()) {
    if (index-- == 0) return child;
  }
  return {};
}

std::size_t Value::size() const { return exists() ? node().count : 0; }

Value::Range Value::children() const {
  if (!is_object() && !is_array()) return {};
  return {Iterator(document_, index_ + 1), Iterator(document_, node().next)};
}

Value::Iterator& Value::Iterator::operator++() {
  index_ = document_->nodes_[index_].next;
  return *this;
}

}  // namespace bifrost::json
